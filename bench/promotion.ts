import { stages, warehouses } from '../src/api/v1alpha1/index.ts';
import type { Bench, BenchContext, Figure } from './support/bench.ts';
import { createStage, imageUrl, imageWarehouse, updateSteps } from './support/manifests.ts';
import { measureNativeGit } from './support/native.ts';
import { medianOf } from './support/numbers.ts';
import { mintFreight, promote, waitForStage, watchKinds } from './support/promotions.ts';
import { createFiles, fileOf, seedRepository } from './support/repositories.ts';
import { countWrites, growth, writesByKind } from './support/scrape.ts';
import { pause } from './support/wait.ts';
import type { Controller, World } from './support/world.ts';

const runs = 8;
/** For the Stage's own writes and events after the end of a Promotion. */
const settleMs = 700;

/** What one promotion cost. */
interface Cost {
  readonly tookMs: number;
  readonly cpuSeconds: number;
  readonly gitRequests: number;
  readonly gitBytes: number;
  readonly writes: number;
  readonly writesByKind: ReadonlyMap<string, number>;
}

interface Goals {
  readonly cold: Readonly<Record<string, string>>;
  readonly warm: Readonly<Record<string, string>>;
}

const smallGoals: Goals = {
  cold: { requests: '10' },
  warm: { ms: '100', cpu: '0.08', requests: '4', writes: '8' },
};
const largeGoals: Goals = {
  cold: { ms: '600', requests: '10' },
  warm: { ms: '150', cpu: '0.3', requests: '4', writes: '8' },
};

/** Promotions to a small repository. */
export const promotionBench: Bench = {
  name: 'promotion',
  about: 'one promotion (clone, update, commit, push) after the other, 300 files',
  run: (context) => measure(context, { files: 300, goals: smallGoals }),
};

/** Promotions to a large repository. */
export const largePromotionBench: Bench = {
  name: 'promotion-large',
  about: 'the same with 20,000 files',
  run: (context) => measure(context, { files: 20_000, goals: largeGoals }),
};

async function measure(
  context: BenchContext,
  { files, goals }: { readonly files: number; readonly goals: Goals },
): Promise<readonly Figure[]> {
  const { signal } = context;
  const world = await context.openWorld();
  const place = { namespace: 'bench', stage: 'dev', warehouse: 'web', image: 'web' };
  const repository = `gitops-${files}`;
  await seedRepository(world.ready, repository, createFiles(files, [place.stage]));
  await watchKinds(world, signal);
  const controller = await world.startController();
  await world.createProject(place.namespace, signal);
  const image = { repoURL: imageUrl(place.image) };
  const steps = updateSteps(repository, fileOf(place.stage), imageUrl(place.image));
  await world.client.writer.create(
    warehouses,
    imageWarehouse(place.namespace, place.warehouse, image),
    signal,
  );
  await world.client.writer.create(stages, createStage(place.namespace, place.stage, place, steps), signal);
  const costs: Cost[] = [];
  for (let run = 0; run < runs; run += 1) {
    const freight = await mintFreight(world, place, `1.0.${run}`, signal);
    await pause(settleMs);
    costs.push(
      await measureOne(world, controller, async () => {
        const { promotion, tookMs } = await promote(world, place, freight.name, signal);
        await waitForStage(world, place.stage, promotion.metadata.name);
        return tookMs;
      }),
    );
  }
  const native = await measureNativeGit(world.ready, repository, [fileOf(place.stage)]);
  const [cold, ...warm] = costs;
  if (cold === undefined) throw new Error('nothing was measured');
  context.note(describeWrites(warm.at(-1) ?? cold));
  const label = `${files} files`;
  const warmCost = toMedian(warm);
  return [
    ...toFigures(`${label}, cold`, cold, goals.cold),
    ...toFigures(`${label}, warm`, warmCost, goals.warm),
    { name: `${label}, native git, clone --depth=1 to push`, value: native, unit: 'ms' },
    { name: `${label}, warm promotion over native git`, value: warmCost.tookMs / native, unit: '×' },
    { name: `${label}, controller resident`, value: controller.usage().residentMb, unit: 'MB' },
  ];
}

async function measureOne(world: World, controller: Controller, work: () => Promise<number>): Promise<Cost> {
  const [servers, own, usage] = [await world.scrape(), await controller.scrape(), controller.usage()];
  const tookMs = await work();
  await pause(settleMs);
  const used = controller.usage();
  const [serversAfter, ownAfter] = [await world.scrape(), await controller.scrape()];
  return {
    tookMs,
    cpuSeconds: used.cpuSeconds - usage.cpuSeconds,
    gitRequests: ownAfter.sum('git_requests_total') - own.sum('git_requests_total'),
    gitBytes: ownAfter.sum('git_received_bytes_total') - own.sum('git_received_bytes_total'),
    // The creation of the Promotion is the bench's own.
    writes: countWrites(serversAfter) - countWrites(servers) - 1,
    writesByKind: growth(writesByKind(servers), writesByKind(serversAfter)),
  };
}

function toMedian(costs: readonly Cost[]): Omit<Cost, 'writesByKind'> {
  const median = (read: (cost: Cost) => number): number => medianOf(costs.map(read));
  return {
    tookMs: median((cost) => cost.tookMs),
    cpuSeconds: costs.reduce((sum, cost) => sum + cost.cpuSeconds, 0) / costs.length,
    gitRequests: median((cost) => cost.gitRequests),
    gitBytes: median((cost) => cost.gitBytes),
    writes: median((cost) => cost.writes),
  };
}

function toFigures(
  label: string,
  cost: Omit<Cost, 'writesByKind'>,
  goals: Readonly<Record<string, string>>,
): readonly Figure[] {
  const figure = (name: string, value: number, unit: string, key: string): Figure => {
    const goal = goals[key];
    return { name: `${label}, ${name}`, value, unit, ...(goal === undefined ? {} : { goal: `≤ ${goal}` }) };
  };
  return [
    figure('create → Succeeded', cost.tookMs, 'ms', 'ms'),
    figure('controller CPU', cost.cpuSeconds, 's', 'cpu'),
    figure('git requests', cost.gitRequests, '', 'requests'),
    figure('git bytes received', cost.gitBytes / 1024, 'KiB', 'bytes'),
    figure('Kubernetes writes', cost.writes, '', 'writes'),
  ];
}

function describeWrites(cost: Cost): string {
  const parts = [...cost.writesByKind].map(([text, count]) => `${count}× ${text}`);
  return `writes of the last run, with the creation: ${parts.join(', ')}`;
}
