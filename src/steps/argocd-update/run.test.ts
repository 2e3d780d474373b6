import { expect, test } from 'vitest';
import { createClusterArgoCd } from '../../../test/support/cluster-argocd.ts';
import { createFakeCluster, type FakeCluster } from '../../../test/support/fake-cluster.ts';
import { attempt } from '../../../test/support/step-attempt.ts';
import { type Application, applications } from '../../api/argocd/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { argocdUpdate } from './index.ts';

const repoURL = 'https://github.com/example/repo.git';

function createApplication(name: string, parts: JsonObject = {}): JsonObject {
  return {
    metadata: {
      name,
      namespace: 'argocd',
      labels: { tier: 'web' },
      annotations: { 'kargo.akuity.io/authorized-stage': 'demo:prod' },
    },
    spec: { source: { repoURL, targetRevision: 'main' } },
    ...parts,
  };
}

function createWorld(objects: readonly JsonObject[]) {
  const cluster = createFakeCluster({ watched: [{ type: applications }] });
  for (const object of objects) {
    const whole = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...object };
    cluster.put(applications, whole as unknown as Application);
  }
  return { cluster, ports: { argocd: createClusterArgoCd(cluster) } };
}

/** What Argo CD does with an operation: picks it up and ends it. */
function sync(cluster: FakeCluster, name: string, phase: string): void {
  const application = cluster.stored(applications, { namespace: 'argocd', name });
  if (application?.operation === undefined) throw new Error(`no operation on ${name}`);
  const { operation, ...rest } = application;
  const finishedAt = '2026-01-02T03:04:06Z';
  const operationState = { operation, phase, finishedAt, message: 'msg', syncResult: { revision: 'abc' } };
  cluster.put(applications, { ...rest, status: { ...rest.status, operationState } } as Application);
}

test('asks for a sync once, waits for it, and leaves its Applications to be watched', async () => {
  const { cluster, ports } = createWorld([createApplication('app')]);
  const config = { apps: [{ name: 'app' }] };
  const apps = [{ name: 'app', namespace: 'argocd' }];
  const asked = await attempt(argocdUpdate, config, { ports });
  expect(asked.outcome).toMatchObject({
    kind: 'waiting',
    message: 'waiting for Argo CD: "app": a sync was asked for',
    wakes: [{ kind: 'application', name: 'app', namespace: 'argocd' }],
    output: { apps },
  });
  const again = await attempt(argocdUpdate, config, { ports });
  expect(again.outcome.message).toContain('has not picked up the sync yet');
  expect(cluster.writes).toHaveLength(1);
  sync(cluster, 'app', 'Succeeded');
  const done = await attempt(argocdUpdate, config, { ports });
  expect(done.outcome).toEqual({
    kind: 'done',
    status: 'Succeeded',
    output: { apps },
    healthCheck: {
      uses: 'argocd-update',
      config: { apps: [{ name: 'app', namespace: 'argocd', desiredRevisions: [''] }] },
    },
  });
  expect(cluster.writes).toHaveLength(1);
});

test('ends when Argo CD says that the sync failed', async () => {
  const { cluster, ports } = createWorld([createApplication('app')]);
  const config = { apps: [{ name: 'app' }] };
  await attempt(argocdUpdate, config, { ports });
  sync(cluster, 'app', 'Failed');
  const { outcome } = await attempt(argocdUpdate, config, { ports });
  expect(outcome).toMatchObject({ kind: 'failed', code: 'step.sync-failed', terminal: true });
  expect(outcome.message).toBe('Argo CD Application "app" in namespace "argocd" failed with: msg');
});

test('looks as often as it is told to', async () => {
  const { ports } = createWorld([createApplication('app')]);
  const config = { apps: [{ name: 'app' }], pollInterval: '2m' };
  const { outcome } = await attempt(argocdUpdate, config, { ports });
  expect(outcome).toMatchObject({ kind: 'waiting', pollAfterMs: 120_000 });
});

test('waits for an Application that does not exist yet', async () => {
  const { ports } = createWorld([]);
  for (const app of [{ name: 'app' }, { selector: { matchLabels: { tier: 'web' } } }]) {
    const { outcome } = await attempt(argocdUpdate, { apps: [app] }, { ports });
    expect(outcome.kind).toBe('waiting');
  }
});

test('touches only Applications that permit it', async () => {
  const foreign = createApplication('b', {
    metadata: { name: 'b', namespace: 'argocd', labels: { tier: 'web' } },
  });
  const { cluster, ports } = createWorld([createApplication('a'), foreign]);
  const selector = { matchLabels: { tier: 'web' } };
  const { outcome } = await attempt(argocdUpdate, { apps: [{ selector }] }, { ports });
  expect(outcome).toMatchObject({ kind: 'waiting', output: { apps: [{ name: 'a' }] } });
  expect(cluster.writes.map((write) => write.key)).toEqual(['argocd/a']);
  const byName = await attempt(argocdUpdate, { apps: [{ name: 'b' }] }, { ports });
  expect(byName.outcome).toMatchObject({ code: 'step.sync-not-authorized', terminal: true });
});

test('touches nothing when a change does not apply to every Application', async () => {
  const other = createApplication('b', { spec: { source: { repoURL: 'https://github.com/example/other' } } });
  const { cluster, ports } = createWorld([createApplication('a'), other]);
  const config = { apps: [{ selector: { matchLabels: { tier: 'web' } }, sources: [{ repoURL }] }] };
  const { outcome } = await attempt(argocdUpdate, config, { ports });
  expect(outcome).toMatchObject({ code: 'step.source-not-found', terminal: true });
  expect(outcome.message).toContain('"b" has no source with repoURL');
  expect(cluster.writes).toEqual([]);
});

test('reads again when an Application has moved on since it was read', async () => {
  const { cluster, ports } = createWorld([createApplication('app')]);
  cluster.onWrite(() => {
    cluster.put(applications, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      ...createApplication('app', { spec: { source: { repoURL }, project: 'moved' } }),
    } as unknown as Application);
    return undefined;
  });
  await expect(attempt(argocdUpdate, { apps: [{ name: 'app' }] }, { ports })).rejects.toMatchObject({
    code: 'argocd.conflict',
    disposition: 'retry',
  });
});
