import { setMaxListeners } from 'node:events';
import { benches } from './registry.ts';
import type { Bench, BenchContext, Figure } from './support/bench.ts';
import { printTable, toLine } from './support/print.ts';
import { openWorld, type World } from './support/world.ts';

/** With BENCH_PROFILE, the folder for CPU profiles of the controllers' process. */
function profiling(): readonly string[] {
  const folder = process.env['BENCH_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

/** Runs one bench with worlds of its own. */
async function runBench(bench: Bench, signal: AbortSignal): Promise<readonly Figure[]> {
  const worlds: World[] = [];
  const context: BenchContext = {
    async openWorld(options) {
      const world = await openWorld({ controllerNodeArgs: profiling(), ...options });
      worlds.push(world);
      return world;
    },
    controllerNodeArgs: profiling(),
    signal,
    note: (text) => void process.stderr.write(`${text}\n`),
  };
  try {
    return await bench.run(context);
  } finally {
    for (const world of worlds) await world.close();
  }
}

async function main(names: readonly string[]): Promise<void> {
  const chosen = names.length === 0 ? benches : benches.filter((bench) => names.includes(bench.name));
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const known = benches.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join('\n');
    throw new Error(`no bench is called ${unknown.join(', ')}; there are\n${known}`);
  }
  const stop = new AbortController();
  // A bench makes many requests at once, all of which end with it.
  setMaxListeners(0, stop.signal);
  process.once('SIGINT', () => stop.abort());
  for (const bench of chosen) {
    process.stderr.write(`${bench.name}: ${bench.about}\n`);
    const figures = await runBench(bench, stop.signal);
    printTable(bench.name, figures, (text) => process.stderr.write(text));
    for (const figure of figures) process.stdout.write(`${toLine(bench.name, figure, new Date())}\n`);
  }
}

await main(process.argv.slice(2));
