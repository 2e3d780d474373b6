import { describe, expect, test } from 'vitest';
import { createDriver } from '../../../test/support/drive.ts';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { type Namespace, namespaces } from '../../api/core/index.ts';
import { findCondition } from '../../api/meta/index.ts';
import {
  type Freight,
  freights,
  kargoApiVersion,
  type Project,
  projects,
  type Stage,
  stages,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import { createProjectController } from './index.ts';

const key = { name: 'demo' };
const live = new AbortController().signal;
const origin = { kind: 'Warehouse', name: 'main' } as const;

function setUp(namespace?: Partial<Namespace['metadata']>) {
  const clock = createManualClock();
  const cluster = createFakeCluster({
    clock,
    watched: [projects, namespaces, stages, warehouses, freights].map((type) => ({ type })),
  });
  const controller = createProjectController({ ...cluster, clock }, { concurrency: 1 });
  const put = (metadata: Partial<Project['metadata']> = {}) =>
    cluster.put<Project>(projects, {
      apiVersion: kargoApiVersion,
      kind: 'Project',
      metadata: { name: 'demo', ...metadata },
    });
  put();
  if (namespace !== undefined) {
    const metadata = { name: 'demo', ...namespace };
    cluster.put<Namespace>(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata });
  }
  const condition = (type: string) => findCondition(cluster.stored(projects, key)?.status?.conditions, type);
  return { cluster, put, condition, driver: createDriver(cluster, controller) };
}

describe('the namespace of a Project', () => {
  const marked = { labels: { 'kargo.akuity.io/project': 'true' } };
  test.each([
    {
      name: 'missing',
      given: undefined,
      want: { Ready: ['True', 'Synced'], Stalled: undefined },
      because: 'it is made and marked',
    },
    {
      name: 'marked',
      given: marked,
      want: { Ready: ['True', 'Synced'], Stalled: undefined },
      because: 'the Project may have it',
    },
    {
      name: 'not marked',
      given: {},
      want: {
        Ready: ['False', 'EnsuringNamespaceFailed'],
        Stalled: ['True', 'ExistingNamespaceMissingLabel'],
      },
      because: 'it is somebody else’s',
    },
    {
      name: 'on its way out',
      given: { ...marked, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['kubernetes'] },
      want: { Ready: ['False', 'Syncing'], Stalled: undefined },
      because: 'a new one can be made when it is gone',
    },
  ])('$name: $because', async ({ given, want }) => {
    const { driver, condition, cluster } = setUp(given);
    await driver.settle(key);
    for (const [type, wanted] of Object.entries(want)) {
      const found = condition(type);
      expect(found === undefined ? undefined : [found.status, found.reason]).toEqual(wanted);
    }
    expect(cluster.stored(namespaces, key)?.metadata.finalizers ?? []).not.toContain(
      'kargo.akuity.io/finalizer',
    );
  });

  test('outlives the Project', async () => {
    const { driver, cluster, put } = setUp(marked);
    put({ finalizers: ['kargo.akuity.io/finalizer'] });
    await cluster.someone.delete(projects, key, {}, live);
    await driver.settle(key);
    expect(cluster.stored(projects, key)).toBeUndefined();
    expect(cluster.stored(namespaces, key)).toBeDefined();
  });

  test('a second pass writes nothing', async () => {
    const { driver, cluster } = setUp(marked);
    await driver.settle(key);
    const before = cluster.writes.length;
    await driver.pass(key);
    expect(cluster.writes.length).toBe(before);
  });
});

describe('what is in it', () => {
  const head = (kind: string, name: string) => ({
    apiVersion: kargoApiVersion,
    kind,
    metadata: { name, namespace: 'demo' },
  });
  const healthy = [
    {
      type: 'Healthy',
      status: 'True',
      reason: 'Healthy',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ] as const;

  test('is counted, gates left out', async () => {
    const { driver, cluster } = setUp({ labels: { 'kargo.akuity.io/project': 'true' } });
    const requestedFreight = [{ origin, sources: { direct: true } }];
    const promotionTemplate = { spec: { steps: [{ uses: 'git-clone' }] } };
    cluster.put<Stage>(stages, { ...head('Stage', 'gate'), spec: { requestedFreight } });
    cluster.put<Stage>(stages, { ...head('Stage', 'dev'), spec: { requestedFreight, promotionTemplate } });
    cluster.put<Stage>(stages, {
      ...head('Stage', 'prod'),
      spec: { requestedFreight, promotionTemplate },
      status: { conditions: [...healthy] },
    });
    await driver.settle(key);
    expect(cluster.stored(projects, key)?.status?.stats).toEqual({
      warehouses: { count: 0, health: { healthy: 0 } },
      stages: { count: 2, health: { healthy: 1 } },
    });
  });

  test('forgets Stages that are gone', async () => {
    const { driver, cluster } = setUp({ labels: { 'kargo.akuity.io/project': 'true' } });
    cluster.put<Stage>(stages, {
      ...head('Stage', 'dev'),
      spec: { requestedFreight: [{ origin, sources: {} }] },
    });
    cluster.put<Freight>(freights, {
      ...head('Freight', 'f1'),
      origin,
      status: { verifiedIn: { dev: {}, gone: {} }, approvedFor: { gone: {} } },
    });
    await driver.settle(key);
    const status = cluster.stored(freights, { namespace: 'demo', name: 'f1' })?.status;
    expect(status).toEqual({ verifiedIn: { dev: {} }, approvedFor: {} });
  });
});
