import { expect, onTestFinished, test } from 'vitest';
import { namespaces } from '../../src/api/core/index.ts';
import { keyOf } from '../../src/api/meta/index.ts';
import {
  type Freight,
  freights,
  kargoApiVersion,
  type Project,
  type ProjectConfig,
  type Promotion,
  type PromotionStatus,
  projectConfigs,
  projects,
  promotions,
  type Stage,
  type StageSpec,
  stages,
  type Warehouse,
  warehouses,
} from '../../src/api/v1alpha1/index.ts';
import { createProjectController } from '../../src/controllers/project/index.ts';
import { createStageController } from '../../src/controllers/stage/index.ts';
import { createStageTurns } from '../../src/controllers/turns/index.ts';
import { formatTime, isTerminal, nextFreightCollection, toFreightReference } from '../../src/domain/index.ts';
import { createRunner, type Runner } from '../../src/kube/index.ts';
import type { Controller, SeenObject, StageTurns } from '../../src/ports/index.ts';
import { createFakeCluster, type FakeCluster } from '../support/fake-cluster.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createMemoryMetrics } from '../support/memory-metrics.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { watchedByStages } from '../support/stage-cache.ts';

const origin = { kind: 'Warehouse', name: 'main' } as const;

interface SeenPromotion extends SeenObject<Promotion> {
  readonly stage: Stage | undefined;
  readonly freight: Freight | undefined;
}

/** Lets every Promotion whose turn it is succeed at once: the Stage's half of the bargain is what is tested. */
function createInstantPromotions(
  cluster: FakeCluster,
  clock: ManualClock,
  turns: Pick<StageTurns, 'of'>,
): Controller<Promotion, SeenPromotion, SeenPromotion, undefined, PromotionStatus> {
  return {
    name: 'promotion',
    type: promotions,
    concurrency: 1,
    deadlineMs: 1000,
    wakes: () => false,
    watches: [],
    statusOf: (promotion) => promotion.status,
    reconciler: {
      async observe(key) {
        const object = cluster.reader.get(promotions, key);
        if (object === undefined) return 'gone';
        return {
          object,
          nowMs: clock.nowMs(),
          stage: cluster.reader.get(stages, { namespace: 'demo', name: object.spec.stage }),
          freight: cluster.reader.get(freights, { namespace: 'demo', name: object.spec.freight ?? '' }),
        };
      },
      decide: (seen) => seen,
      act: async () => undefined,
      report({ object, stage, freight, nowMs }) {
        const isItsTurn = stage !== undefined && turns.of(keyOf(stage))?.promotion === object.metadata.name;
        const time = formatTime(nowMs);
        const pending = { ...object.status, phase: object.status?.phase ?? 'Pending' } as const;
        if (isTerminal(object) || !isItsTurn || freight === undefined)
          return { status: pending, events: [], wakeUp: { kind: 'none' } };
        const freightCollection = nextFreightCollection(toFreightReference(freight), undefined, [{ origin }]);
        const status = { phase: 'Succeeded', startedAt: time, finishedAt: time, freightCollection } as const;
        return { status, events: [], wakeUp: { kind: 'none' } };
      },
    },
  };
}

function setUp() {
  const clock = createManualClock();
  const cluster = createFakeCluster({ clock, watched: watchedByStages(projects, namespaces) });
  const deps = {
    ...cluster,
    clock,
    random: createSeededRandom(2),
    log: createRecordingLog(),
    metrics: createMemoryMetrics(),
    events: { emit: () => undefined },
    applications: { get: async () => undefined, refresh: async () => undefined },
  };
  const turns = createStageTurns({ clock }, (key) => runner.wake('promotion', key));
  const stageOptions = { name: 'stage-controller', shard: undefined, argocdNamespace: 'argocd' };
  const runner: Runner = createRunner(deps, [
    createProjectController(deps, { concurrency: 1 }),
    createStageController({ ...deps, turns }, { ...stageOptions, concurrency: 2, extraWatches: [] }),
    createInstantPromotions(cluster, clock, turns),
  ]);
  onTestFinished(async () => {
    const stopped = runner.stop();
    await clock.advance(20_000);
    await stopped;
  });
  const head = (kind: string, name: string) => ({
    apiVersion: kargoApiVersion,
    kind,
    metadata: { name, namespace: 'demo' },
  });
  cluster.put<Project>(projects, {
    apiVersion: kargoApiVersion,
    kind: 'Project',
    metadata: { name: 'demo' },
  });
  cluster.put<ProjectConfig>(projectConfigs, {
    ...head('ProjectConfig', 'demo'),
    spec: { promotionPolicies: [{ stageSelector: { name: 'glob:*' }, autoPromotionEnabled: true }] },
  });
  cluster.put<Warehouse>(warehouses, {
    ...head('Warehouse', 'main'),
    spec: { interval: '5m0s', freightCreationPolicy: 'Automatic', subscriptions: [{}] },
  });
  const putStage = (name: string, sources: StageSpec['requestedFreight'][number]['sources']) =>
    cluster.put<Stage>(stages, {
      ...head('Stage', name),
      spec: {
        requestedFreight: [{ origin, sources }],
        promotionTemplate: { spec: { steps: [{ uses: 'git-clone' }] } },
      },
    });
  putStage('dev', { direct: true });
  putStage('prod', { stages: ['dev'], requiredSoakTime: '2m' });
  const putFreight = (name: string) =>
    cluster.put<Freight>(freights, {
      ...head('Freight', name),
      origin,
      discoveredAt: formatTime(clock.nowMs()),
    });
  const running = (name: string) =>
    cluster.stored(stages, { namespace: 'demo', name })?.status?.freightSummary;
  return { clock, cluster, runner, putFreight, running };
}

test('Freight travels by itself, and on as soon as its soak ends', async () => {
  const { clock, cluster, runner, putFreight, running } = setUp();
  runner.start();
  await clock.settle();
  expect(cluster.stored(namespaces, { name: 'demo' })).toBeDefined();
  putFreight('f1');
  await clock.advance(1_000);
  expect([running('dev'), running('prod')]).toEqual(['f1', '0/1 Fulfilled']);
  await clock.advance(118_000);
  expect(running('prod')).toBe('0/1 Fulfilled');
  // The runner spreads wake-ups over up to two seconds.
  await clock.advance(3_500);
  expect(running('prod')).toBe('f1');
  expect(cluster.stored(freights, { namespace: 'demo', name: 'f1' })?.status?.verifiedIn).toHaveProperty(
    'prod',
  );
  expect(cluster.all(promotions)).toHaveLength(2);
});

test('at rest nothing is written for half an hour', async () => {
  const { clock, cluster, runner, putFreight } = setUp();
  runner.start();
  putFreight('f1');
  await clock.advance(5 * 60_000);
  const before = cluster.writes.length;
  await clock.advance(30 * 60_000);
  expect(cluster.writes.slice(before)).toEqual([]);
});
