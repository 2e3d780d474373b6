import * as z from 'zod';
import type { Bench, BenchContext, Figure } from './support/bench.ts';
import {
  type DriverReport,
  findOutsideParts,
  type OutsideWorld,
  openOutsideWorld,
} from './support/outside-world.ts';

const largeFiles = 20_000;
const warmRuns = 8;
const fanout = 50;
/** Promotions that have ended when the controllers are killed. */
const killAfter = 10;

const Spread = z.object({ p50: z.number(), max: z.number() });
const Counts = z.record(z.string(), z.number());
const Promotion = z.object({
  phases: Counts,
  createToDoneMs: Spread,
  cpuPerRun: z.number(),
  rssMB: z.number(),
});
const Fanout = z.object({
  phases: Counts,
  totalMs: z.number(),
  latencyMs: Spread,
  commitsOnce: z.number(),
  filesWithoutDigest: z.number(),
  unfinished: z.array(z.string()),
  git: Counts,
  api: Counts,
  cpuSeconds: z.number().optional(),
  peakMB: z.number(),
});

/** Whole promotions on genuine servers, by drivers that know nothing of Gantry. */
export const outsideBench: Bench = {
  name: 'outside',
  about: 'whole promotions on genuine servers, driven and measured from outside',
  async run(context) {
    const parts = findOutsideParts();
    if (typeof parts === 'string') {
      context.note(`left out: ${parts}`);
      return [];
    }
    await using world = await openOutsideWorld(parts, context.controllerNodeArgs);
    const run = runner(world, context);
    await run('seed', ['--what=small']);
    const small = Promotion.parse(await run('s-promotion', [`--runs=${warmRuns}`]));
    const together = Fanout.parse(await run('s-fanout', [`--n=${fanout}`]));
    await run('seed', ['--what=big', `--files=${largeFiles}`]);
    const large = Promotion.parse(await run('s-promotion', ['--repo=big', `--runs=${warmRuns}`]));
    const killing = ['--kill=KILL', `--killAfter=${killAfter}`, '--ns=bench-h', `--n=${fanout}`];
    const killed = Fanout.parse(await run('s-fanout', killing));
    return [
      ...promotionFigures('300 files', small, { ms: 100, cpu: 0.08 }),
      ...promotionFigures('20,000 files', large, { ms: 150, cpu: 0.3 }),
      ...fanoutFigures(together),
      { name: 'killed in between, promotions not in exactly one commit', ...lost(killed) },
      { name: 'killed in between, promotions not Succeeded', ...failed(killed) },
    ];
  },
};

function runner(world: OutsideWorld, context: BenchContext) {
  return async (driver: string, args: readonly string[]): Promise<DriverReport> => {
    const report = await world.run(driver, args);
    context.note(JSON.stringify(report));
    return report;
  };
}

function promotionFigures(
  label: string,
  measured: z.infer<typeof Promotion>,
  goals: { readonly ms: number; readonly cpu: number },
): readonly Figure[] {
  const { createToDoneMs, cpuPerRun, rssMB } = measured;
  return [
    {
      name: `${label}, create → Succeeded, median`,
      value: createToDoneMs.p50,
      unit: 'ms',
      goal: `≤ ${goals.ms}`,
    },
    { name: `${label}, the first one`, value: createToDoneMs.max, unit: 'ms' },
    // With the discovery of the image that each run begins with.
    { name: `${label}, controller CPU`, value: cpuPerRun, unit: 's', goal: `≤ ${goals.cpu}` },
    { name: `${label}, controller resident`, value: rssMB, unit: 'MB' },
  ];
}

function fanoutFigures(measured: z.infer<typeof Fanout>): readonly Figure[] {
  const { totalMs, latencyMs, git, api, cpuSeconds, peakMB } = measured;
  // The creation of the Promotions is the driver's own.
  const writes = sum(api) / fanout - 1;
  const label = `${fanout} at once`;
  return [
    { name: `${label}, first create → last Succeeded`, value: totalMs, unit: 'ms', goal: '≤ 1,500' },
    { name: `${label}, median`, value: latencyMs.p50, unit: 'ms' },
    { name: `${label}, pushes`, value: git['POST /git-receive-pack'] ?? 0, unit: '', goal: '≤ 5' },
    { name: `${label}, git requests`, value: sum(git), unit: '' },
    { name: `${label}, Kubernetes writes per promotion`, value: writes, unit: '', goal: '≤ 8' },
    { name: `${label}, not in exactly one commit`, ...lost(measured) },
    { name: `${label}, controller CPU`, value: cpuSeconds ?? Number.NaN, unit: 's' },
    { name: `${label}, controller peak`, value: peakMB, unit: 'MB' },
  ];
}

function lost({ commitsOnce, filesWithoutDigest }: z.infer<typeof Fanout>): Omit<Figure, 'name'> {
  return { value: fanout - commitsOnce + filesWithoutDigest, unit: '', goal: '0' };
}

function failed({ phases }: z.infer<typeof Fanout>): Omit<Figure, 'name'> {
  return { value: fanout - (phases['Succeeded'] ?? 0), unit: '', goal: '0' };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
