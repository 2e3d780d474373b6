import { expect, test } from 'vitest';
import { freights, type Warehouse, warehouses } from '../../src/api/v1alpha1/index.ts';
import type { JsonObject } from '../../src/base/index.ts';
import { createWarehouseController } from '../../src/controllers/warehouse/index.ts';
import { createImageDiscovery } from '../../src/discovery/index.ts';
import type { Report } from '../../src/domain/index.ts';
import {
  type CannedAnswer,
  createEmbeddedRegistry,
  type RecordedRequest,
} from '../../src/embedded/registry/index.ts';
import { createHostBudgets, createHttpClient } from '../../src/http/index.ts';
import { createImagePusher, createRegistryClient } from '../../src/oci/index.ts';
import type { Clock } from '../../src/ports/index.ts';
import { createSystemRandom } from '../../src/telemetry/index.ts';
import { createFakeCluster, type FakeCluster } from '../support/fake-cluster.ts';
import { startTestServer, type TestServer } from '../support/http-server.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { warehouse } from '../support/warehouse-data.ts';

const { signal } = new AbortController();
const key = { namespace: 'demo', name: 'app' };

test('a push becomes Freight once, and then nothing more is done', async () => {
  await using world = await openWorld();
  const digest = await world.push('main', '1');
  const first = await world.pass();
  expect(first.events.map((event) => event.reason)).toEqual(['FreightCreated']);
  const [freight, ...more] = world.cluster.all(freights);
  expect(more).toEqual([]);
  expect(freight).toMatchObject({
    images: [{ repoURL: world.repoURL, tag: 'main', digest }],
    origin: { name: 'app' },
  });
  await world.pass();
  const settled = world.cluster.stored(warehouses, key)?.status;
  const requests = world.requests.length;
  await world.pass();
  expect(world.cluster.stored(warehouses, key)?.status, 'a settled status').toEqual(settled);
  expect(world.requests.length, 'no look before the interval is over').toBe(requests);
  expect(world.cluster.all(freights)).toHaveLength(1);
});

test('a tag that moves becomes a second Freight; asking costs one HEAD when nothing moved', async () => {
  await using world = await openWorld();
  await world.push('main', '1');
  await world.pass();
  world.requests.length = 0;
  await world.clock.advance(301_000);
  await world.pass();
  expect(world.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
    'HEAD /v2/team/app/manifests/main',
  ]);
  const digest = await world.push('main', '2');
  world.refresh('told');
  await world.pass();
  const status = world.cluster.stored(warehouses, key)?.status;
  expect(status).toMatchObject({
    lastHandledRefresh: 'told',
    discoveredArtifacts: { images: [{ references: [{ digest }] }] },
  });
  expect(world.cluster.all(freights)).toHaveLength(2);
});

test('Freight that was deleted comes back from what is known', async () => {
  await using world = await openWorld();
  await world.push('main', '1');
  await world.pass();
  const [freight] = world.cluster.all(freights);
  await world.cluster.someone.delete(freights, { ...key, name: freight?.metadata.name ?? '' }, {}, signal);
  await world.pass();
  expect(world.cluster.all(freights).map((item) => item.metadata.name)).toEqual([freight?.metadata.name]);
});

test('dying after the Freight was made and before the status was written changes nothing in the end', async () => {
  await using world = await openWorld();
  await world.push('main', '1');
  await world.pass({ dieBeforeStatus: true });
  await world.pass();
  expect(world.cluster.all(freights)).toHaveLength(1);
  expect(conditionOf(world, 'Ready')).toMatchObject({ status: 'True' });
});

const html = { 'content-type': 'text/html' };
const failures: { name: string; answer: CannedAnswer; message: RegExp; wakeUp: string; because: string }[] = [
  {
    name: '401',
    answer: { status: 401 },
    message: /refuses access to .*team\/app.*Secret/,
    wakeUp: 'after',
    because: 'a human must act',
  },
  {
    name: '403',
    answer: { status: 403 },
    message: /answers 403.*tag "main"/,
    wakeUp: 'after',
    because: 'a human must act',
  },
  {
    name: '429',
    answer: { status: 429, headers: { 'retry-after': '7' } },
    message: /answers 429 to tag "main" of .*team\/app and asks for a pause/,
    wakeUp: 'backoff',
    because: 'the registry says when',
  },
  {
    name: '500',
    answer: { status: 500 },
    message: /answers 500 to tag "main" of .*team\/app/,
    wakeUp: 'backoff',
    because: 'it may pass',
  },
  {
    name: 'garbage',
    answer: { status: 200, headers: html, body: '<html>hello</html>' },
    message: /tag "main" of .*team\/app .*is not a JSON object/,
    wakeUp: 'backoff',
    because: 'something else answers there',
  },
];
test.each(failures)('a registry that answers $name', async ({ answer, message, wakeUp, because }) => {
  await using world = await openWorld();
  await world.push('main', '1');
  await world.pass();
  const before = world.cluster.stored(warehouses, key)?.status?.discoveredArtifacts;
  world.misbehave(answer);
  world.refresh('again');
  const got = await world.pass();
  expect(conditionOf(world, 'Healthy'), because).toMatchObject({
    status: 'False',
    reason: 'DiscoveryFailed',
  });
  expect(conditionOf(world, 'Healthy')?.message).toMatch(message);
  expect(got.wakeUp.kind).toBe(wakeUp);
  expect(world.cluster.stored(warehouses, key)?.status?.discoveredArtifacts, 'what was known stays').toEqual(
    before,
  );
  world.misbehave(undefined);
  await world.clock.advance(10_000);
  await world.pass();
  expect(conditionOf(world, 'Ready'), 'it recovers by itself').toMatchObject({ status: 'True' });
});

test('a registry that asks for a pause gets it', async () => {
  await using world = await openWorld();
  await world.push('main', '1');
  world.misbehave({ status: 429, headers: { 'retry-after': '60' } });
  const got = await world.pass();
  expect(got.error).toMatchObject({ code: 'oci.rate-limited' });
  expect(got.error?.retryAfterMs).toBeGreaterThanOrEqual(60_000);
  const asked = world.requests.length;
  world.refresh('impatient');
  await world.pass();
  expect(world.requests.length, 'not asked again').toBe(asked);
});

test('an unknown tag and an unsupported subscription say so', async () => {
  await using world = await openWorld();
  await world.push('other', '1');
  await world.pass();
  expect(conditionOf(world, 'Ready')).toMatchObject({ status: 'False', reason: 'MissingImageReferences' });
  world.cluster.put(warehouses, {
    ...world.current(),
    metadata: { ...world.current().metadata, generation: 2 },
    spec: {
      ...world.current().spec,
      subscriptions: [{ queue: { config: {} } }],
    },
  });
  const got = await world.pass();
  expect(got.error?.code).toBe('warehouse.unsupported-subscription');
  expect(conditionOf(world, 'Healthy')?.message).toContain('of type "queue"');
});

test('images that must have the same revision wait for each other, whatever their tag says', async () => {
  await using world = await openWorld();
  const other = `${world.repoURL}-worker`;
  const image = (repoURL: string) => ({
    image: { repoURL, imageSelectionStrategy: 'Digest', constraint: 'main' },
  });
  const annotations = { 'gantry.io/group-by': 'revision' };
  const subscriptions = [image(world.repoURL), image(other)];
  world.cluster.put(warehouses, warehouse({ metadata: { annotations }, spec: { subscriptions } }));
  const revision = (value: string) => ({ 'org.opencontainers.image.revision': value });
  await world.push('main', 'app 2', { labels: revision('new') });
  await world.push('main', 'worker 1', { repoURL: other, labels: revision('old') });
  await world.pass();
  expect(world.cluster.all(freights), 'two revisions are no release').toEqual([]);
  const waiting = world
    .current()
    .status?.conditions?.find(({ type }) => type === 'gantry.io/ArtifactsGrouped');
  expect(waiting).toMatchObject({ status: 'False', reason: 'Incomplete' });
  expect(waiting?.message).toContain(
    `${other} has no image with label org.opencontainers.image.revision new`,
  );
  const digest = await world.push('main', 'worker 2', { repoURL: other, labels: revision('new') });
  await world.clock.advance(301_000);
  await world.pass();
  expect(world.cluster.all(freights)).toMatchObject([{ images: [{}, { repoURL: other, digest }] }]);
  world.requests.length = 0;
  await world.clock.advance(301_000);
  await world.pass();
  expect(
    world.requests.map(({ method }) => method),
    'labels of known digests are known',
  ).toEqual(['HEAD', 'HEAD']);
});

interface World extends AsyncDisposable {
  readonly cluster: FakeCluster;
  readonly clock: ManualClock;
  readonly repoURL: string;
  readonly requests: RecordedRequest[];
  push(
    tag: string,
    content: string,
    other?: { readonly repoURL?: string; readonly labels?: Readonly<Record<string, string>> },
  ): Promise<string>;
  pass(options?: { readonly dieBeforeStatus?: boolean }): Promise<Report<unknown>>;
  refresh(token: string): void;
  misbehave(answer: CannedAnswer | undefined): void;
  current(): Warehouse;
}

async function openWorld(): Promise<World> {
  const clock = createManualClock();
  const requests: RecordedRequest[] = [];
  let canned: CannedAnswer | undefined;
  const registry = createEmbeddedRegistry(
    { clock },
    { onRequest: (request) => requests.push(request), interfere: () => canned },
  );
  const server: TestServer = await startTestServer((request, response) => {
    registry.handle(request, response);
  });
  const http = createHttpClient();
  const random = createSystemRandom();
  const budgets = createHostBudgets({ clock, random }, { requestsPerSecond: 1e6 });
  const deps = { http, clock: hurried(clock), random, budgets };
  const repoURL = `${server.address}/team/app`;
  const cluster = createFakeCluster({ watched: [{ type: warehouses }, { type: freights }], clock });
  const images = createImageDiscovery({
    registry: createRegistryClient(deps),
    credentials: { find: async () => undefined },
    clock,
  });
  const nowhere = { discover: () => Promise.reject(new Error('there are only images here')) };
  const { reconciler } = createWarehouseController({
    reader: cluster.reader,
    writer: cluster.writer,
    clock,
    images,
    commits: nowhere,
    charts: nowhere,
  });
  const current = (): Warehouse => cluster.stored(warehouses, key) ?? warehouse({});
  const subscription = { image: { repoURL, imageSelectionStrategy: 'Digest', constraint: 'main' } };
  cluster.put(warehouses, warehouse({ spec: { subscriptions: [subscription] } }));
  return {
    cluster,
    clock,
    repoURL,
    requests,
    current,
    push: (tag, content, other = {}) =>
      createImagePusher(deps).pushImage(
        { repoURL: other.repoURL ?? repoURL },
        tag,
        { created: '2026-01-01T00:00:00Z', content, labels: other.labels ?? {} },
        signal,
      ),
    async pass(options = {}) {
      const seen = await reconciler.observe(key, signal);
      if (seen === 'gone') throw new Error('the Warehouse is gone');
      const plan = reconciler.decide(seen);
      const done = await reconciler.act(plan, { signal, checkpoint: async () => undefined });
      const got = reconciler.report(seen, plan, done);
      if (options.dieBeforeStatus !== true && got.status !== undefined) {
        cluster.put(warehouses, {
          ...current(),
          status: got.status as JsonObject as Warehouse['status'],
        } as Warehouse);
      }
      return got;
    },
    refresh(token) {
      const object = current();
      const metadata = { ...object.metadata, annotations: { 'kargo.akuity.io/refresh': token } };
      cluster.put(warehouses, { ...object, metadata });
    },
    misbehave(answer) {
      canned = answer;
    },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

function conditionOf(world: World, type: string) {
  return world.current().status?.conditions?.find((condition) => condition.type === type);
}

const longestRetryMs = 10_000;

/** The same time, without the waiting: retries come at once, and no time runs out. */
function hurried(clock: ManualClock): Clock {
  return {
    nowMs: clock.nowMs,
    schedule(delayMs, run) {
      if (delayMs > longestRetryMs) return () => undefined;
      const timer = setImmediate(run);
      return () => clearImmediate(timer);
    },
  };
}
