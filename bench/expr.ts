import { createLanguage } from '../src/expr/index.ts';
import type { Bench } from './support/bench.ts';
import { ratePerSecond } from './support/numbers.ts';

const source = `vars.image + "@" + (outputs.update.ok ? list[0].digest : "none") + string(len(filter(list, .n > 3)))`;

/** The expression language alone. */
export const exprBench: Bench = {
  name: 'expr',
  about: 'compile and evaluate one expression of ordinary size',
  async run() {
    const list = Array.from({ length: 10 }, (_, n) => ({ n, digest: `sha256:${n}` }));
    const variables = { vars: { image: 'ghcr.io/bench/web' }, outputs: { update: { ok: true } }, list };
    const environment = { variables, nowMs: 0 };
    // Without a cache, so that compiling is what is measured.
    const bare = createLanguage({ cacheSize: 1 });
    let count = 0;
    const compile = ratePerSecond(() => bare.compile(`${source} + "${count++}"`));
    const language = createLanguage();
    const compiled = language.compile(source);
    if (compiled.kind !== 'program') throw new Error('the expression of the bench does not compile');
    const evaluate = ratePerSecond(() => language.evaluate(compiled.program, environment));
    return [
      { name: 'compile', value: compile, unit: 'per second' },
      { name: 'evaluate', value: evaluate, unit: 'per second' },
    ];
  },
};
