import { expect, test } from 'vitest';
import { createDriver } from '../../../test/support/drive.ts';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { fc } from '../../../test/support/properties.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { watchedByStages } from '../../../test/support/stage-cache.ts';
import type { Application } from '../../api/argocd/index.ts';
import {
  type Freight,
  freights,
  kargoApiVersion,
  type ProjectConfig,
  type Promotion,
  projectConfigs,
  promotions,
  type Stage,
  stages,
  type Warehouse,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import { comparePromotions, formatTime, isTerminal } from '../../domain/index.ts';
import { createStageTurns } from '../turns/index.ts';
import { createStageController } from './index.ts';

const namespace = 'demo';
const key = { namespace, name: 'dev' };
const origin = { kind: 'Warehouse', name: 'main' } as const;
const signal = new AbortController().signal;

/** Things that happen to a Stage from outside, in any order. */
const happenings = [
  'freight appears',
  'somebody promotes',
  'a promotion succeeds',
  'a promotion fails',
  'a waiting promotion is aborted',
  'a promotion is deleted',
  'the application degrades',
  'the application heals',
  'the deployed freight is deleted',
  'the warehouse goes',
  'the warehouse comes',
  'auto-promotion is switched',
  'time passes',
] as const;

type Happening = (typeof happenings)[number];

function createWorld() {
  const clock = createManualClock();
  const cluster = createFakeCluster({
    clock,
    watched: watchedByStages(),
  });
  const turns = createStageTurns({ clock }, () => undefined);
  let health = 'Healthy';
  let isAutomatic = true;
  let count = 0;
  const controller = createStageController(
    {
      ...cluster,
      clock,
      random: createSeededRandom(11),
      turns,
      applications: { get: async () => application(health), refresh: async () => undefined },
    },
    {
      name: 'stage-controller',
      shard: undefined,
      argocdNamespace: 'argocd',
      concurrency: 1,
      extraWatches: [],
    },
  );
  const now = (): string => formatTime(clock.nowMs());
  const head = (kind: string, name: string) => ({
    apiVersion: kargoApiVersion,
    kind,
    metadata: { name, namespace },
  });
  const putWarehouse = () =>
    cluster.put<Warehouse>(warehouses, {
      ...head('Warehouse', 'main'),
      spec: { interval: '5m0s', freightCreationPolicy: 'Automatic', subscriptions: [{}] },
    });
  const putConfig = () =>
    cluster.put<ProjectConfig>(projectConfigs, {
      ...head('ProjectConfig', namespace),
      spec: { promotionPolicies: [{ stageSelector: {}, autoPromotionEnabled: isAutomatic }] },
    });
  cluster.put<Stage>(stages, {
    ...head('Stage', 'dev'),
    spec: {
      requestedFreight: [{ origin, sources: { direct: true } }],
      promotionTemplate: { spec: { steps: [{ uses: 'git-clone' }] } },
    },
  });
  putWarehouse();
  putConfig();

  const open = () => [...cluster.all(promotions)].filter((item) => !isTerminal(item)).sort(comparePromotions);
  const end = (promotion: Promotion | undefined, status: Promotion['status']) => {
    if (promotion !== undefined)
      cluster.put<Promotion>(promotions, { ...promotion, status: { ...status, finishedAt: now() } });
  };
  const current = () => {
    const name = turns.of(key)?.promotion;
    return open().find(({ metadata }) => metadata.name === name);
  };
  const deployed = () =>
    Object.values(cluster.stored(stages, key)?.status?.freightHistory?.[0]?.items ?? {})[0]?.name;

  const happen: Readonly<Record<Happening, () => Promise<unknown> | unknown>> = {
    'freight appears': () => {
      count += 1;
      return cluster.put<Freight>(freights, { ...head('Freight', `f${count}`), origin, discoveredAt: now() });
    },
    'somebody promotes': () => {
      count += 1;
      const [freight] = cluster.all(freights);
      if (freight === undefined) return undefined;
      const spec = { stage: 'dev', freight: freight.metadata.name, steps: [{ uses: 'git-clone' }] };
      return cluster.put<Promotion>(promotions, { ...head('Promotion', `dev.${1000 + count}`), spec });
    },
    'a promotion succeeds': () => {
      const promotion = current();
      const name = promotion?.spec.freight ?? '';
      end(promotion, {
        phase: 'Succeeded',
        startedAt: now(),
        freightCollection: { id: name, items: { 'Warehouse/main': { name, origin } } },
        healthChecks: [{ uses: 'argocd-update', config: { apps: [{ name: 'app' }] } }],
      });
    },
    'a promotion fails': () => end(current(), { phase: 'Failed', startedAt: now(), message: 'no' }),
    'a waiting promotion is aborted': () => end(open().at(-1), { phase: 'Aborted' }),
    'a promotion is deleted': async () => {
      const [first] = open();
      if (first !== undefined)
        await cluster.someone.delete(promotions, { namespace, name: first.metadata.name }, {}, signal);
    },
    'the application degrades': () => {
      health = 'Degraded';
    },
    'the application heals': () => {
      health = 'Healthy';
    },
    'the deployed freight is deleted': async () => {
      await cluster.someone.delete(freights, { namespace, name: deployed() ?? '' }, {}, signal);
    },
    'the warehouse goes': () => cluster.someone.delete(warehouses, { namespace, name: 'main' }, {}, signal),
    'the warehouse comes': putWarehouse,
    'auto-promotion is switched': () => {
      isAutomatic = !isAutomatic;
      return putConfig();
    },
    'time passes': () => clock.advance(90_000),
  };
  return { cluster, clock, happen, driver: createDriver(cluster, controller), open };
}

function application(health: string): Application {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'app', namespace: 'argocd' },
    spec: {},
    status: { health: { status: health } },
  };
}

test('whatever happens, a Stage comes to rest, and at rest nothing is written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...happenings), { maxLength: 25 }), async (sequence) => {
      const world = createWorld();
      for (const happening of sequence) {
        await world.happen[happening]();
        await world.driver.settle(key);
      }
      await world.driver.settle(key);
      // What has not ended within a second is named.
      await world.clock.advance(1_000);
      await world.driver.settle(key);
      const before = world.cluster.writes.length;
      const pass = await world.driver.settle(key);
      expect(world.cluster.writes.length).toBe(before);
      expect(pass?.report.error).toBeUndefined();
      // Never stuck: while Promotions wait, one of them is being run.
      const current = world.cluster.stored(stages, key)?.status?.currentPromotion?.name;
      const waiting = world.open().map(({ metadata }) => metadata.name);
      expect(waiting.length === 0 ? current === undefined : waiting.includes(current ?? '')).toBe(true);
    }),
    { numRuns: 60 },
  );
});
