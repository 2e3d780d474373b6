import { describe, expect, test } from 'vitest';
import { createDriver } from '../../../test/support/drive.ts';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { watchedByStages } from '../../../test/support/stage-cache.ts';
import type { Application } from '../../api/argocd/index.ts';
import { findCondition } from '../../api/meta/index.ts';
import {
  type Freight,
  freights,
  kargoApiVersion,
  type ProjectConfig,
  type Promotion,
  type PromotionStatus,
  projectConfigs,
  promotions,
  type Stage,
  type StageSpec,
  stages,
  type Warehouse,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import { AppError } from '../../base/index.ts';
import { formatTime } from '../../domain/index.ts';
import { createStageTurns } from '../turns/index.ts';
import { createStageController } from './index.ts';

const namespace = 'demo';
const origin = { kind: 'Warehouse', name: 'main' } as const;
const deployingTemplate = { spec: { steps: [{ uses: 'git-clone', as: 'step-1' }] } };
const live = new AbortController().signal;

function setUp(given: { readonly autoPromotion?: boolean } = {}) {
  const clock = createManualClock();
  const cluster = createFakeCluster({
    clock,
    watched: watchedByStages(),
  });
  const apps = new Map<string, Application>();
  const refreshed: string[] = [];
  const turns = createStageTurns({ clock }, () => undefined);
  const controller = createStageController(
    {
      reader: cluster.reader,
      writer: cluster.writer,
      clock,
      random: createSeededRandom(1),
      turns,
      applications: {
        get: async (_namespace, name) => apps.get(name),
        refresh: async (_namespace, name) => void refreshed.push(name),
      },
    },
    {
      name: 'stage-controller',
      shard: undefined,
      argocdNamespace: 'argocd',
      concurrency: 1,
      extraWatches: [],
    },
  );
  const driver = createDriver(cluster, controller);
  cluster.put<Warehouse>(warehouses, {
    ...head('Warehouse', 'main'),
    spec: { interval: '5m0s', freightCreationPolicy: 'Automatic', subscriptions: [{}] },
  });
  if (given.autoPromotion === true) {
    cluster.put<ProjectConfig>(projectConfigs, {
      ...head('ProjectConfig', namespace),
      spec: { promotionPolicies: [{ stageSelector: { name: 'glob:*' }, autoPromotionEnabled: true }] },
    });
  }
  const putStage = (name: string, spec: Partial<StageSpec> = {}, extra: Partial<Stage> = {}) =>
    cluster.put<Stage>(stages, {
      ...head('Stage', name),
      spec: {
        requestedFreight: [{ origin, sources: { direct: true } }],
        promotionTemplate: deployingTemplate,
        ...spec,
      },
      ...extra,
    });
  const putFreight = (name: string, extra: Partial<Freight> = {}) =>
    cluster.put<Freight>(freights, {
      ...head('Freight', name),
      origin,
      discoveredAt: formatTime(clock.nowMs()),
      ...extra,
    });
  const putPromotion = (name: string, status?: PromotionStatus, stage = 'dev', freight = 'f1') =>
    cluster.put<Promotion>(promotions, {
      ...head('Promotion', name),
      spec: { stage, freight, steps: [{ uses: 'git-clone' }] },
      ...(status === undefined ? {} : { status }),
    });
  const stageNow = (name: string) => cluster.stored(stages, { namespace, name });
  const freightNow = (name: string) => cluster.stored(freights, { namespace, name });
  const key = (name: string) => ({ namespace, name });
  /** Until a Promotion that has the turn is named, too. */
  const settleLong = async (name: string) => {
    await driver.settle(key(name));
    await clock.advance(1_000);
    await driver.settle(key(name));
  };
  return {
    clock,
    cluster,
    driver,
    settleLong,
    turns,
    apps,
    refreshed,
    putStage,
    putFreight,
    putPromotion,
    stageNow,
    freightNow,
    key,
  };
}

function head(kind: string, name: string) {
  return { apiVersion: kargoApiVersion, kind, metadata: { name, namespace, generation: 1 } };
}

function conditionOf(stage: Stage | undefined, type: string) {
  return findCondition(stage?.status?.conditions, type);
}

function succeeded(
  clock: { nowMs(): number },
  checks: PromotionStatus['healthChecks'] = [],
): PromotionStatus {
  const time = formatTime(clock.nowMs());
  return {
    phase: 'Succeeded',
    startedAt: time,
    finishedAt: time,
    freight: { name: 'f1', origin },
    freightCollection: { id: 'c1', items: { 'Warehouse/main': { name: 'f1', origin } } },
    healthChecks: [...checks],
    state: { 'gantry.io/journal': { secret: 'no' }, 'step-1': { commit: 'abc' } },
  };
}

function application(health: string): Application {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'app', namespace: 'argocd' },
    spec: { source: { repoURL: 'https://x/y' } },
    status: {
      health: { status: health },
      sync: { status: 'Synced', revision: 'abc' },
      operationState: {
        phase: 'Succeeded',
        startedAt: '2026-01-01T00:00:00Z',
        finishedAt: '2026-01-01T00:00:00Z',
        operation: {},
      },
      reconciledAt: '2026-01-01T00:00:01Z',
    },
  };
}

describe('one Promotion from start to verified', () => {
  test('is picked, taken in, judged and verified', async () => {
    const world = setUp();
    world.putStage('dev');
    world.putFreight('f1');
    world.putPromotion('dev.01.f1');
    await world.settleLong('dev');
    expect(world.stageNow('dev')?.status?.currentPromotion?.name).toBe('dev.01.f1');
    expect(conditionOf(world.stageNow('dev'), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ActivePromotion',
    });

    const check = { uses: 'argocd-update', config: { apps: [{ name: 'app', desiredRevisions: ['abc'] }] } };
    world.apps.set('app', application('Progressing'));
    world.putPromotion('dev.01.f1', succeeded(world.clock, [check]));
    await world.driver.settle(world.key('dev'));
    const deployed = world.stageNow('dev');
    expect(deployed?.status?.currentPromotion).toBeUndefined();
    expect(deployed?.status?.freightSummary).toBe('f1');
    expect(deployed?.status?.lastPromotion?.status?.state).toEqual({ 'step-1': { commit: 'abc' } });
    expect(deployed?.metadata.annotations?.['kargo.akuity.io/argocd-context']).toBe('[{"name":"app"}]');
    expect(conditionOf(deployed, 'Healthy')).toMatchObject({ status: 'Unknown', reason: 'Progressing' });
    expect(world.freightNow('f1')?.status?.currentlyIn?.['dev']?.since).toBeDefined();
    expect(world.freightNow('f1')?.status?.verifiedIn).toBeUndefined();

    world.apps.set('app', application('Healthy'));
    await world.driver.settle(world.key('dev'));
    expect(conditionOf(world.stageNow('dev'), 'Ready')).toMatchObject({ status: 'True', reason: 'Verified' });
    expect(world.freightNow('f1')?.status?.verifiedIn?.['dev']?.verifiedAt).toBeDefined();
    expect(world.driver.events.map(({ reason }) => reason)).toEqual(['FreightVerificationSucceeded']);
  });

  test('a second pass over the same world writes nothing', async () => {
    const world = setUp({ autoPromotion: true });
    world.putStage('dev');
    world.putFreight('f1');
    world.putPromotion('dev.01.f1', succeeded(world.clock));
    await world.driver.settle(world.key('dev'));
    const before = world.cluster.writes.length;
    await world.driver.pass(world.key('dev'));
    expect(world.cluster.writes.slice(before)).toEqual([]);
  });

  test('a waiting Promotion is picked as soon as what is deployed has been judged', async () => {
    const world = setUp();
    world.putStage('dev');
    world.putFreight('f1');
    world.putPromotion('dev.01.f1', succeeded(world.clock));
    world.putPromotion('dev.02.f1');
    await world.settleLong('dev');
    const stage = world.stageNow('dev');
    expect(stage?.status?.currentPromotion?.name).toBe('dev.02.f1');
    expect(stage?.status?.freightHistory?.[0]?.verificationHistory?.[0]?.phase).toBe('Successful');
  });

  test('a Promotion aborted while it waited hides nothing', async () => {
    const world = setUp();
    world.putStage('dev');
    world.putFreight('f1');
    world.putPromotion('dev.01.f1');
    await world.driver.settle(world.key('dev'));
    world.putPromotion('dev.01.f1', succeeded(world.clock));
    world.putPromotion('dev.02.f1', { phase: 'Aborted', finishedAt: formatTime(world.clock.nowMs()) });
    await world.driver.settle(world.key('dev'));
    expect(world.stageNow('dev')?.status?.lastPromotion?.name).toBe('dev.01.f1');
    expect(conditionOf(world.stageNow('dev'), 'Ready')?.status).toBe('True');
  });

  test('a failed one keeps the Stage from being ready and says why', async () => {
    const world = setUp({ autoPromotion: true });
    world.putStage('dev');
    world.putFreight('f1');
    const time = formatTime(world.clock.nowMs());
    world.putPromotion('dev.01.f1', {
      phase: 'Failed',
      message: 'no such key',
      startedAt: time,
      finishedAt: time,
    });
    await world.driver.settle(world.key('dev'));
    expect(conditionOf(world.stageNow('dev'), 'Ready')).toMatchObject({
      reason: 'LastPromotionFailed',
      message: 'no such key',
    });
    expect(world.cluster.all(promotions)).toHaveLength(1);
  });
});

describe('the turn of a Promotion', () => {
  const dev = { namespace, name: 'dev' };

  test('is given at once, and told after a second or with its end', async () => {
    const world = setUp();
    world.putStage('dev');
    world.putFreight('f1');
    await world.driver.settle(dev);
    const before = world.cluster.writes.length;
    world.putPromotion('dev.01.f1');
    const pass = await world.driver.pass(dev);
    expect(world.turns.of(dev)?.promotion).toBe('dev.01.f1');
    expect(pass?.report.wakeUp).toEqual({ kind: 'after', delayMs: 1000 });
    await world.clock.advance(400);
    expect((await world.driver.pass(dev))?.report.wakeUp).toEqual({ kind: 'after', delayMs: 600 });
    expect(world.cluster.writes.length, 'nothing is written meanwhile').toBe(before);
    world.putPromotion('dev.01.f1', succeeded(world.clock));
    await world.driver.settle(dev);
    expect(world.turns.of(dev)).toBeUndefined();
    expect(world.stageNow('dev')?.status?.lastPromotion?.name).toBe('dev.01.f1');
    expect(world.driver.events.map(({ reason }) => reason)).toEqual(['FreightVerificationSucceeded']);
  });

  test('goes on to the next when a Promotion is deleted', async () => {
    const world = setUp();
    world.putStage('dev');
    world.putFreight('f1');
    world.putPromotion('dev.01.f1');
    world.putPromotion('dev.02.f1');
    await world.driver.settle(dev);
    await world.cluster.someone.delete(promotions, { namespace, name: 'dev.01.f1' }, {}, live);
    await world.driver.settle(dev);
    expect(world.turns.of(dev)?.promotion).toBe('dev.02.f1');
  });

  test('is given back to the one that runs by a process that knows nothing', async () => {
    const world = setUp();
    world.putStage('dev', {}, { status: { lastPromotion: { name: 'dev.00.f1' } } });
    world.putFreight('f1');
    world.putPromotion('dev.01.f1');
    world.putPromotion('dev.02.f1', { phase: 'Running', startedAt: formatTime(world.clock.nowMs()) });
    await world.driver.settle(dev);
    expect(world.turns.of(dev)?.promotion).toBe('dev.02.f1');
  });

  test('is told at once to a Promotion older than the last, which nothing else would tell after a crash', async () => {
    const world = setUp();
    world.putStage('dev', {}, { status: { lastPromotion: { name: 'dev.05.f1' } } });
    world.putFreight('f1');
    world.putPromotion('dev.01.f1');
    await world.driver.pass(dev);
    expect(world.stageNow('dev')?.status?.currentPromotion?.name).toBe('dev.01.f1');
  });

  test('ends with the Stage', async () => {
    const world = setUp();
    world.putStage('dev');
    world.putFreight('f1');
    world.putPromotion('dev.01.f1');
    await world.driver.settle(dev);
    await world.cluster.someone.delete(stages, dev, {}, live);
    await world.driver.pass(dev);
    expect(world.turns.of(dev)).toBeUndefined();
  });
});

describe('a Promotion that ended before it started', () => {
  const collection = { id: 'c1', items: { 'Warehouse/main': { name: 'f1', origin } } };
  test.each([
    { phase: 'Errored', isNamed: true, want: 'dev.02.f1', because: 'it was its turn and it could not run' },
    { phase: 'Errored', isNamed: false, want: 'dev.02.f1', because: 'it was its turn all the same' },
    { phase: 'Aborted', isNamed: true, want: 'dev.01.f1', because: 'somebody changed their mind' },
    { phase: 'Aborted', isNamed: false, want: 'dev.01.f1', because: 'somebody changed their mind in time' },
  ] as const)('$phase, named $isNamed: $because', async ({ phase, isNamed, want }) => {
    const world = setUp();
    world.putStage('dev');
    world.putFreight('f1');
    world.putPromotion('dev.01.f1', succeeded(world.clock));
    await world.driver.settle(world.key('dev'));
    world.putPromotion('dev.02.f1');
    if (isNamed) await world.settleLong('dev');
    else await world.driver.settle(world.key('dev'));
    expect(world.stageNow('dev')?.status?.currentPromotion?.name).toBe(isNamed ? 'dev.02.f1' : undefined);
    expect(world.turns.of(world.key('dev'))?.promotion).toBe('dev.02.f1');
    world.putPromotion('dev.02.f1', { phase, finishedAt: formatTime(world.clock.nowMs()) });
    await world.driver.settle(world.key('dev'));
    const last = world.stageNow('dev')?.status?.lastPromotion;
    expect(last?.name).toBe(want);
    expect(last?.status?.freightCollection).toMatchObject(collection);
  });
});

describe('what keeps a Stage from being ready is named', () => {
  test.each([
    {
      name: 'a missing Warehouse',
      spec: {
        requestedFreight: [{ origin: { kind: 'Warehouse', name: 'gone' }, sources: { direct: true } }],
      },
      want: ['WarehouseNotFound', 'Warehouse "gone"'],
      because: 'nothing will ever arrive',
    },
    {
      name: 'a missing Warehouse of a Stage that only passes on',
      spec: {
        requestedFreight: [{ origin: { kind: 'Warehouse', name: 'gone' }, sources: { direct: true } }],
        promotionTemplate: undefined,
      },
      want: ['WarehouseNotFound', 'Warehouse "gone"'],
      because: 'the same',
    },
    { name: 'nothing deployed', spec: {}, want: ['NoFreight', 'no current Freight'], because: 'it is new' },
  ] as const)('$name', async ({ spec, want }) => {
    const world = setUp();
    world.putStage('dev', spec as unknown as Partial<StageSpec>);
    await world.driver.settle(world.key('dev'));
    const ready = conditionOf(world.stageNow('dev'), 'Ready');
    expect(ready?.status).toBe('False');
    expect([ready?.reason, ready?.message.includes(want[1])]).toEqual([want[0], true]);
  });

  test('analysis that cannot be run', async () => {
    const world = setUp();
    world.putStage('dev', { verification: { analysisTemplates: [{ name: 'smoke' }] } });
    world.putFreight('f1');
    world.putPromotion('dev.01.f1', succeeded(world.clock));
    await world.driver.settle(world.key('dev'));
    const verified = conditionOf(world.stageNow('dev'), 'Verified');
    expect(verified).toMatchObject({ status: 'False', reason: 'VerificationError' });
    expect(verified?.message).toContain('"smoke"');
  });

  test('a Promotion that admission refuses', async () => {
    const world = setUp({ autoPromotion: true });
    world.putStage('dev');
    world.putFreight('f1');
    world.cluster.onWrite((write) => {
      if (write.verb !== 'create') return undefined;
      throw new AppError('kube.forbidden', 'not in this window', { disposition: 'stop' });
    });
    await world.driver.settle(world.key('dev'));
    expect(conditionOf(world.stageNow('dev'), 'AutoPromoting')?.message).toContain('not in this window');
  });
});

describe('auto-promotion', () => {
  test('starts one Promotion of the newest Freight, once', async () => {
    const world = setUp({ autoPromotion: true });
    world.putStage('dev');
    world.putFreight('f1');
    await world.clock.advance(60_000);
    world.putFreight('f2');
    await world.driver.settle(world.key('dev'));
    await world.driver.settle(world.key('dev'));
    const made = world.cluster.all(promotions);
    expect(made.map(({ spec }) => spec)).toMatchObject([{ stage: 'dev', freight: 'f2' }]);
    expect(world.stageNow('dev')?.status?.autoPromotionEnabled).toBe(true);
    expect(world.driver.events.map(({ reason }) => reason)).toEqual(['PromotionCreated']);
  });

  test('waits exactly until a soak ends', async () => {
    const world = setUp({ autoPromotion: true });
    world.putStage('prod', {
      requestedFreight: [{ origin, sources: { stages: ['dev'], requiredSoakTime: '2m' } }],
    });
    const since = formatTime(world.clock.nowMs());
    world.putFreight('f1', {
      status: { currentlyIn: { dev: { since } }, verifiedIn: { dev: { verifiedAt: since } } },
    });
    await world.clock.advance(30_000);
    const pass = await world.driver.settle(world.key('prod'));
    expect(pass?.report.wakeUp).toEqual({ kind: 'after', delayMs: 90_000 });
    expect(world.cluster.all(promotions)).toEqual([]);
    await world.clock.advance(90_000);
    await world.driver.settle(world.key('prod'));
    expect(world.cluster.all(promotions)).toHaveLength(1);
  });

  test('is held by a Promotion that says so, from the moment it is made', async () => {
    const world = setUp({ autoPromotion: true });
    world.putStage('dev');
    world.putFreight('f1');
    world.putFreight('f2');
    const promotion = world.putPromotion('dev.01.f1');
    world.cluster.put<Promotion>(promotions, {
      ...promotion,
      metadata: {
        ...promotion.metadata,
        annotations: { 'kargo.akuity.io/auto-promotion-hold': 'Warehouse/main' },
      },
    });
    await world.settleLong('dev');
    const held = world.stageNow('dev')?.status?.effectiveAutoPromotionHolds?.['Warehouse/main'];
    expect(held).toMatchObject({ freightName: 'f1', promotionName: 'dev.01.f1' });
    expect(world.cluster.all(promotions)).toHaveLength(1);
  });
});

describe('Stages that only pass Freight on', () => {
  test('verify what has reached them, once', async () => {
    const world = setUp();
    world.putStage('gate', { promotionTemplate: undefined });
    world.putFreight('f1');
    await world.driver.settle(world.key('gate'));
    expect(world.freightNow('f1')?.status?.verifiedIn?.['gate']).toBeDefined();
    expect(world.freightNow('f1')?.status?.currentlyIn).toBeUndefined();
    expect(world.stageNow('gate')?.status?.freightSummary).toBe('N/A');
    expect(conditionOf(world.stageNow('gate'), 'Ready')?.status).toBe('True');
    expect(world.driver.events).toHaveLength(1);
  });
});

describe('deletion', () => {
  test('forgets the Stage everywhere and takes only the finalizer of Kargo off', async () => {
    const world = setUp();
    const since = formatTime(world.clock.nowMs());
    world.putFreight('f1', {
      status: { currentlyIn: { dev: { since } }, approvedFor: { dev: {}, prod: {} } },
    });
    const stage = world.putStage('dev');
    world.cluster.put<Stage>(stages, {
      ...stage,
      metadata: { ...stage.metadata, finalizers: ['kargo.akuity.io/finalizer'] },
    });
    await world.cluster.someone.delete(stages, world.key('dev'), {}, live);
    await world.driver.settle(world.key('dev'));
    expect(world.stageNow('dev')).toBeUndefined();
    expect(world.freightNow('f1')?.status).toEqual({ currentlyIn: {}, approvedFor: { prod: {} } });
  });
});
