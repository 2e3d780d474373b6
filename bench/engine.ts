import { createEngineWorld, defineScripted } from '../test/support/engine-world.ts';
import type { Bench } from './support/bench.ts';
import { medianOf } from './support/numbers.ts';

const steps = 50;
const runs = 40;

/** What the step engine itself costs: steps that do nothing, with a small configuration each. */
export const engineBench: Bench = {
  name: 'engine',
  about: `a promotion of ${steps} steps that do nothing, each with two expressions`,
  async run() {
    const definitions = [
      defineScripted('noop', () => ({ kind: 'done', status: 'Succeeded', output: { ok: true } })),
    ];
    const plan = Array.from({ length: steps }, (_, index) => ({
      uses: 'noop',
      as: `s${index}`,
      config: { stage: '${{ ctx.stage }}', text: 'on ${{ ctx.project }} in step', number: index },
    }));
    const tookMs: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const world = createEngineWorld({ steps: plan, definitions });
      const startMs = performance.now();
      const result = await world.pass();
      tookMs.push(performance.now() - startMs);
      if (result.kind !== 'ended') throw new Error(`the promotion of the bench is ${result.kind}`);
    }
    const perStepUs = (medianOf(tookMs.slice(runs / 4)) / steps) * 1000;
    return [{ name: 'overhead per step', value: perStepUs, unit: 'µs' }];
  },
};
