import { expect, test } from 'vitest';
import { type Freight, freights, type Warehouse, warehouses } from '../../src/api/v1alpha1/index.ts';
import type { JsonObject } from '../../src/base/index.ts';
import { createWarehouseController } from '../../src/controllers/warehouse/index.ts';
import {
  createChartDiscovery,
  createCommitDiscovery,
  createImageDiscovery,
} from '../../src/discovery/index.ts';
import type { Report } from '../../src/domain/index.ts';
import { createGitServer, type GitServer } from '../../src/embedded/git-server/index.ts';
import { createEmbeddedRegistry } from '../../src/embedded/registry/index.ts';
import { createGitRepos } from '../../src/git/index.ts';
import { createHttpCharts } from '../../src/helm/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { createImagePusher, createRegistryClient } from '../../src/oci/index.ts';
import { createFakeCluster, type FakeCluster } from '../support/fake-cluster.ts';
import { startTestServer } from '../support/http-server.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createOpenBudgets } from '../support/open-budgets.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { warehouse } from '../support/warehouse-data.ts';

const signal = AbortSignal.timeout(120_000);
const intervalMs = 300_000;

test('commits, images and charts of both kinds become one Freight', async () => {
  await using world = await openWorld();
  const commit = world.commit({ 'apps/a/values.yaml': '1' }, 'feat: first\n\nbody');
  const digest = await world.pushImage('app', '1.0.0');
  await world.pushImage('charts/sub', '2.0.0_build.1');
  world.charts.versions = ['1.2.0', '1.10.0', '2.0.0'];
  world.subscribe('app', [
    { chart: { repoURL: `oci://${world.registry}/charts/sub` } },
    { name: 'code', git: { repoURL: world.gitUrl, branch: 'main' } },
    { chart: { repoURL: world.chartsUrl, name: 'app', semverConstraint: '^1.0.0' } },
    { image: { repoURL: `${world.registry}/app` } },
    { git: { repoURL: world.otherGitUrl } },
  ]);
  const report = await world.pass('app');
  expect(report.error).toBeUndefined();
  const { discoveredArtifacts: found, conditions } = world.current('app').status ?? {};
  expect(found?.git).toMatchObject([
    {
      repoURL: world.gitUrl,
      subscriptionName: 'code',
      observedRefs: { branchHead: commit },
      commits: [{ id: commit, branch: 'main', subject: 'feat: first' }, { subject: 'start' }],
    },
    { repoURL: world.otherGitUrl, commits: [{ subject: 'start' }] },
  ]);
  expect(found?.git?.[1]?.commits?.[0]).not.toHaveProperty('branch');
  expect(found?.charts).toEqual([
    { repoURL: `oci://${world.registry}/charts/sub`, versions: ['2.0.0+build.1'] },
    {
      repoURL: world.chartsUrl,
      name: 'app',
      semverConstraint: '^1.0.0',
      versions: ['1.10.0', '1.2.0'],
    },
  ]);
  expect(conditions).toContainEqual(
    expect.objectContaining({
      type: 'Ready',
      status: 'True',
      message: 'Successfully discovered artifacts from 5 subscriptions',
    }),
  );
  const [freight, ...more] = world.freight();
  expect(more).toEqual([]);
  expect(freight).toMatchObject({
    commits: [{ repoURL: world.gitUrl, id: commit, branch: 'main', message: 'feat: first' }, {}],
    images: [{ tag: '1.0.0', digest }],
    charts: [
      { repoURL: `oci://${world.registry}/charts/sub`, version: '2.0.0+build.1' },
      { repoURL: world.chartsUrl, name: 'app', version: '1.10.0' },
    ],
  });
});

test('what moves becomes new Freight; what has not moved is not fetched', async () => {
  await using world = await openWorld();
  world.commit({ 'apps/a/values.yaml': '1' }, 'first');
  world.charts.versions = ['1.0.0'];
  const git = { repoURL: world.gitUrl, includePaths: ['apps/a'] };
  world.subscribe('app', [{ git }, { chart: { repoURL: world.chartsUrl, name: 'app' } }]);
  await world.pass('app');
  expect(world.freight()).toHaveLength(1);

  world.requests.length = 0;
  world.refresh('app', 'told');
  await world.pass('app');
  expect(world.requests.toSorted(), 'one request each').toEqual([
    'GET index.yaml 304',
    'POST git-upload-pack',
  ]);
  expect(world.current('app').status?.lastHandledRefresh).toBe('told');

  world.commit({ 'apps/b/values.yaml': '1' }, 'elsewhere');
  world.requests.length = 0;
  world.refresh('app', 'again');
  await world.pass('app');
  expect(world.freight(), 'the path did not change').toHaveLength(1);
  expect(
    world.requests.filter((line) => line.startsWith('POST')),
    'refs, commits, roots, apps',
  ).toHaveLength(4);

  const moved = world.commit({ 'apps/a/values.yaml': '2' }, 'here');
  world.charts.versions = ['1.0.0', '1.1.0'];
  await world.clock.advance(intervalMs);
  await world.pass('app');
  expect(world.freight()).toHaveLength(2);
  expect(world.current('app').status?.discoveredArtifacts).toMatchObject({
    git: [{ commits: [{ id: moved }, { subject: 'first' }] }],
    charts: [{ versions: ['1.1.0', '1.0.0'] }],
  });
});

const empties = [
  {
    name: 'commits',
    subscription: (world: World) => ({ git: { repoURL: world.gitUrl, commitSelectionStrategy: 'SemVer' } }),
    healthy: 'NoCommitsDiscovered',
    ready: 'MissingCommits',
  },
  {
    name: 'chart versions',
    subscription: (world: World) => ({ chart: { repoURL: world.chartsUrl, name: 'nothing' } }),
    healthy: 'NoChartVersionsDiscovered',
    ready: 'MissingChartVersions',
  },
];
test.each(empties)('without $name nothing is made', async ({ subscription, healthy, ready }) => {
  await using world = await openWorld();
  world.subscribe('app', [subscription(world)]);
  await world.pass('app');
  const reasons = Object.fromEntries(
    (world.current('app').status?.conditions ?? []).map(({ type, reason }) => [type, reason]),
  );
  expect(reasons).toEqual({ Healthy: healthy, Ready: ready });
  expect(world.freight()).toEqual([]);
});

test('an unchanged repository costs one request per interval whatever the number of Warehouses', async () => {
  await using world = await openWorld();
  const names = Array.from({ length: 60 }, (_, index) => `app-${index}`);
  const due = new Map<string, number>();
  world.commit({ 'apps/a/values.yaml': '1' }, 'first');
  for (const [index, name] of names.entries()) {
    const paths = { includePaths: [`apps/${'abc'[index % 3]}`] };
    const how = index % 2 === 0 ? { branch: 'main', ...paths } : { commitSelectionStrategy: 'NewestTag' };
    world.subscribe(name, [{ git: { repoURL: world.gitUrl, ...how } }]);
    due.set(name, world.clock.nowMs() + 2_000 + index * 4_000);
  }
  const startMs = world.clock.nowMs();
  const runUntil = async (endMs: number): Promise<void> => {
    for (;;) {
      const [next, atMs] = [...due].sort((a, b) => a[1] - b[1])[0] ?? ['', 0];
      if (atMs > endMs) break;
      await world.clock.advance(Math.max(atMs - world.clock.nowMs(), 0));
      const { wakeUp } = await world.pass(next);
      // As the runner does, not to the millisecond.
      const delayMs = (wakeUp.kind === 'after' ? wakeUp.delayMs : 1_000) + (atMs % 7) * 100;
      due.set(next, world.clock.nowMs() + delayMs);
    }
    await world.clock.advance(Math.max(endMs - world.clock.nowMs(), 0));
  };
  await runUntil(startMs + 2 * intervalMs);
  world.requests.length = 0;
  await runUntil(startMs + 12 * intervalMs);
  expect(world.requests.length).toBeLessThanOrEqual(10);
  expect(world.requests.length).toBeGreaterThanOrEqual(9);

  const moved = world.commit({ 'apps/a/values.yaml': '2' }, 'second');
  world.requests.length = 0;
  await runUntil(startMs + 13 * intervalMs + 5_000);
  const follow = names.filter((_, index) => index % 6 === 0);
  for (const name of follow) {
    expect(world.current(name).status?.discoveredArtifacts?.git?.[0]?.commits?.[0]?.id).toBe(moved);
  }
  expect(world.requests.length, 'refs twice at most, commits, roots, apps').toBeLessThanOrEqual(5);
}, 60_000);

test('a pin of old holds', async () => {
  await using world = await openWorld();
  await world.pushImage('app', '1.0.0');
  await world.pushImage('app', '2.0.0');
  world.subscribe('app', [{ image: { repoURL: `${world.registry}/app`, semverConstraint: '^1.0.0' } }]);
  await world.pass('app');
  expect(world.freight()).toMatchObject([{ images: [{ tag: '1.0.0' }] }]);
  expect(world.current('app').status?.conditions?.map(({ type }) => type)).toContain('gantry.io/OldSpelling');
});

interface World extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly git: GitServer;
  readonly gitUrl: string;
  readonly otherGitUrl: string;
  readonly registry: string;
  readonly chartsUrl: string;
  readonly charts: { versions: readonly string[] };
  /** Of git and the index. */
  readonly requests: string[];
  commit(files: Readonly<Record<string, string>>, message: string): string;
  pushImage(repository: string, tag: string): Promise<string>;
  subscribe(name: string, subscriptions: readonly JsonObject[]): void;
  refresh(name: string, token: string): void;
  pass(name: string): Promise<Report<unknown>>;
  current(name: string): Warehouse;
  freight(): readonly Freight[];
}

async function openWorld(): Promise<World> {
  const clock = createManualClock();
  const requests: string[] = [];
  const charts = { versions: [] as readonly string[] };
  const git = createGitServer({ clock }, {});
  const registry = createEmbeddedRegistry({ clock }, {});
  const servers = await Promise.all([
    startTestServer((request, response) => {
      requests.push(`${request.method} ${request.url?.split('?')[0]?.split('/').at(-1)}`);
      git.handle(request, response);
    }),
    startTestServer((request, response) => {
      registry.handle(request, response);
    }),
    startTestServer((request, response) => {
      const etag = JSON.stringify(charts.versions.join());
      const isSame = request.headers['if-none-match'] === etag;
      requests.push(`${request.method} index.yaml ${isSame ? 304 : 200}`);
      response.writeHead(isSame ? 304 : 200, { etag });
      const lines = charts.versions.map((version) => `  - version: ${version}\n`).join('');
      response.end(isSame ? '' : `apiVersion: v1\nentries:\n  app:\n${lines}`);
    }),
  ]);
  const [gitServer, registryServer, chartServer] = servers;
  git.commitFiles('team/app', 'main', { files: { 'README.md': 'r' }, message: 'start\n' });
  git.commitFiles('team/other', 'main', { files: { 'README.md': 'r' }, message: 'start\n' });
  const http = createHttpClient();
  const deps = { http, clock, random: createSeededRandom(), budgets: createOpenBudgets() };
  const cluster: FakeCluster = createFakeCluster({
    watched: [{ type: warehouses }, { type: freights }],
    clock,
  });
  const client = createRegistryClient(deps);
  const credentials = { find: async () => undefined };
  const { history } = createGitRepos(deps);
  const { reconciler } = createWarehouseController({
    reader: cluster.reader,
    writer: cluster.writer,
    clock,
    images: createImageDiscovery({ registry: client, credentials, clock }),
    commits: createCommitDiscovery({ history, credentials, clock }),
    charts: createChartDiscovery({
      charts: createHttpCharts(deps),
      registry: client,
      credentials,
      clock,
    }),
  });
  const current = (name: string): Warehouse =>
    cluster.stored(warehouses, { namespace: 'demo', name }) ?? warehouse({ metadata: { name } });
  return {
    clock,
    git,
    gitUrl: `${gitServer.url}/team/app.git`,
    otherGitUrl: `${gitServer.url}/team/other.git`,
    registry: registryServer.address,
    chartsUrl: `${chartServer.url}/stable`,
    charts,
    requests,
    current,
    freight: () => cluster.all(freights),
    commit: (files, message) => git.commitFiles('team/app', 'main', { files, message: `${message}\n` }),
    pushImage: (repository, tag) =>
      createImagePusher(deps).pushImage(
        { repoURL: `${registryServer.address}/${repository}` },
        tag,
        { created: '2026-01-01T00:00:00Z', content: tag },
        signal,
      ),
    subscribe(name, subscriptions) {
      const creationTimestamp = new Date(clock.nowMs()).toISOString();
      cluster.put(warehouses, warehouse({ metadata: { name, creationTimestamp }, spec: { subscriptions } }));
    },
    refresh(name, token) {
      const object = current(name);
      const metadata = { ...object.metadata, annotations: { 'kargo.akuity.io/refresh': token } };
      cluster.put(warehouses, { ...object, metadata });
    },
    async pass(name) {
      const seen = await reconciler.observe({ namespace: 'demo', name }, signal);
      if (seen === 'gone') throw new Error('the Warehouse is gone');
      const plan = reconciler.decide(seen);
      const done = await reconciler.act(plan, { signal, checkpoint: async () => undefined });
      const got = reconciler.report(seen, plan, done);
      if (got.status !== undefined) {
        cluster.put(warehouses, {
          ...current(name),
          status: got.status as JsonObject as Warehouse['status'],
        } as Warehouse);
      }
      return got;
    },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}
