import {
  type Freight,
  freights,
  type Promotion,
  projectConfigs,
  promotions,
  type Stage,
  stages,
  warehouses,
} from '../src/api/v1alpha1/index.ts';
import { createPromotionController, promotionIndexes } from '../src/controllers/promotion/index.ts';
import { createStageController, stageIndexes } from '../src/controllers/stage/index.ts';
import { createStageTurns } from '../src/controllers/turns/index.ts';
import { isTerminalPhase } from '../src/domain/index.ts';
import { createRunner, type Runner, type WatchedType } from '../src/kube/index.ts';
import { createEngine, createStepExpressions } from '../src/steps/engine/index.ts';
import { createSystemClock } from '../src/telemetry/index.ts';
import { defineScripted } from '../test/support/engine-world.ts';
import { createFakeCluster, type FakeCluster } from '../test/support/fake-cluster.ts';
import { createMemoryMetrics } from '../test/support/memory-metrics.ts';
import { createRecordingLog } from '../test/support/recording-log.ts';
import { createSeededRandom } from '../test/support/seeded-random.ts';
import { createWorkdir } from '../test/support/workdir.ts';
import type { Bench, Figure } from './support/bench.ts';
import { createStage, imageUrl, imageWarehouse } from './support/manifests.ts';
import { pause } from './support/wait.ts';

const stageCount = 200;
const perStage = 5;
const namespace = 'bench';
const apiVersion = 'kargo.akuity.io/v1alpha1';
const concurrency = 10;
const steps = [
  { uses: 'edit', as: 'edit', config: { text: 'for ${{ ctx.stage }}' } },
  { uses: 'push', as: 'push', config: { text: '${{ outputs.edit.text }}' } },
];
const longestMs = 60_000;
const lookMs = 20;

/** What queues, controllers and engine cost by themselves: many promotions whose steps do nothing. */
export const queueBench: Bench = {
  name: 'queue',
  about: `${stageCount * perStage} promotions queued over ${stageCount} Stages, in memory; the steps do nothing`,
  async run({ signal }) {
    const cluster = createCluster();
    const passes = { promotion: 0, stage: 0 };
    const runner = startControllers(cluster, passes);
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    runner.start();
    try {
      await waitForAll(cluster, signal);
    } finally {
      await runner.stop();
    }
    const tookMs = performance.now() - startMs;
    const used = process.cpuUsage(cpu);
    return toFigures(cluster, { passes, tookMs, cpuMs: (used.user + used.system) / 1000 });
  },
};

function createCluster(): FakeCluster {
  const indexes = { ...promotionIndexes, ...stageIndexes };
  const indexed = { type: promotions, indexes } as WatchedType;
  const others = [stages, freights, warehouses, projectConfigs].map((type): WatchedType => ({ type }));
  const cluster = createFakeCluster({ watched: [indexed, ...others], clock: createSystemClock() });
  const creationTimestamp = new Date().toISOString();
  const freight: Freight = {
    apiVersion,
    kind: 'Freight',
    metadata: { namespace, name: 'freight', creationTimestamp },
    origin: { kind: 'Warehouse', name: 'web' },
  };
  cluster.put(freights, freight);
  cluster.put(warehouses, imageWarehouse(namespace, 'web', { repoURL: imageUrl('web') }));
  for (let index = 0; index < stageCount; index += 1) {
    const stage: Stage = createStage(namespace, `s${index}`, { warehouse: 'web' }, steps);
    cluster.put(stages, stage);
    for (let turn = 0; turn < perStage; turn += 1) {
      const draft: Promotion = {
        apiVersion,
        kind: 'Promotion',
        metadata: { namespace, name: `s${index}.${turn}`, creationTimestamp },
        spec: {
          stage: `s${index}`,
          freight: 'freight',
          steps,
        },
      };
      cluster.put(promotions, draft);
    }
  }
  return cluster;
}

/** The Stage and the Promotion controller as the program runs them; their passes are counted. */
function startControllers(cluster: FakeCluster, passes: { promotion: number; stage: number }) {
  const [clock, random, log] = [createSystemClock(), createSeededRandom(), createRecordingLog()];
  const metrics = createMemoryMetrics();
  const definitions = [
    defineScripted('edit', (_, { text }) => ({ kind: 'done', status: 'Succeeded', output: { text } })),
    defineScripted(
      'push',
      async (context) => {
        await context.claim({ branch: 'main' });
        return { kind: 'done', status: 'Succeeded', output: { commit: 'c1' } };
      },
      { effect: 'outward' },
    ),
  ];
  const engine = createEngine({
    definitions: new Map(definitions.map((definition) => [definition.name, definition])),
    ports: {} as Parameters<typeof createEngine>[0]['ports'],
    createWorkdir,
    clock,
    log: createRecordingLog(),
    metrics,
  });
  const createExpressions = createStepExpressions(
    { reader: cluster.reader, clock },
    { sharedNamespace: undefined },
  );
  const turns = createStageTurns({ clock }, (key) => runner.wake('promotion', key));
  const promotion = createPromotionController(
    { ...cluster, clock, turns, engine, createExpressions },
    {
      component: 'promotion-controller',
      concurrency,
      watchesApplications: false,
      shard: { name: undefined, isDefault: true },
      uiBaseUrl: undefined,
      argocdNamespace: 'argocd',
    },
  );
  const stage = createStageController(
    {
      ...cluster,
      clock,
      random,
      turns,
      applications: { get: async () => undefined, refresh: async () => undefined },
    },
    { name: 'stage-controller', shard: undefined, argocdNamespace: 'argocd', concurrency, extraWatches: [] },
  );
  const countedPromotion = counted(promotion, () => {
    passes.promotion += 1;
  });
  const countedStage = counted(stage, () => {
    passes.stage += 1;
  });
  const events = { emit: () => undefined };
  const runner: Runner = createRunner({ ...cluster, clock, random, log, metrics, events }, [
    countedPromotion,
    countedStage,
  ]);
  return runner;
}

/** The controller, telling each look at an object. */
function counted<C extends { readonly reconciler: { observe(...asked: never[]): Promise<unknown> } }>(
  controller: C,
  count: () => void,
): C {
  const { reconciler } = controller;
  const observe: typeof reconciler.observe = (...asked) => {
    count();
    return reconciler.observe(...asked);
  };
  return { ...controller, reconciler: { ...reconciler, observe } };
}

async function waitForAll(cluster: FakeCluster, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + longestMs;
  while (performance.now() < endMs) {
    signal.throwIfAborted();
    const open = cluster.all(promotions).filter(({ status }) => !isTerminalPhase(status?.phase));
    if (open.length === 0) return;
    await pause(lookMs);
  }
  const open = cluster.all(promotions).filter(({ status }) => !isTerminalPhase(status?.phase));
  throw new Error(`${open.length} promotions have not ended: ${open[0]?.status?.message}`);
}

function toFigures(
  cluster: FakeCluster,
  cost: {
    readonly passes: { readonly promotion: number; readonly stage: number };
    readonly tookMs: number;
    readonly cpuMs: number;
  },
): readonly Figure[] {
  const count = stageCount * perStage;
  const wrong = cluster.all(promotions).filter(({ status }) => status?.phase !== 'Succeeded');
  const writesOf = (kind: string): number => cluster.writes.filter((write) => write.kind === kind).length;
  return [
    { name: 'promotions', value: (count / cost.tookMs) * 1000, unit: '/s' },
    { name: 'CPU per promotion', value: cost.cpuMs / count, unit: 'ms' },
    { name: 'passes of the Promotion per promotion', value: cost.passes.promotion / count, unit: '' },
    { name: 'passes of the Stage per promotion', value: cost.passes.stage / count, unit: '' },
    { name: 'writes to the Promotion per promotion', value: writesOf('Promotion') / count, unit: '' },
    { name: 'writes to the Stage per promotion', value: writesOf('Stage') / count, unit: '' },
    { name: 'writes to Freight per promotion', value: writesOf('Freight') / count, unit: '' },
    { name: 'promotions that did not succeed', value: wrong.length, unit: '', goal: '0' },
  ];
}
