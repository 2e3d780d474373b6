import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Warehouse, warehouses } from '../src/api/v1alpha1/index.ts';
import { createTestTls } from '../test/support/tls.ts';
import type { Bench, BenchContext, Figure } from './support/bench.ts';
import { discover, namespace, pushTags, type Round, type Subject } from './support/discoveries.ts';
import { imageUrl, imageWarehouse } from './support/manifests.ts';
import { spreadOf } from './support/numbers.ts';
import { mintFreight, watchKinds } from './support/promotions.ts';
import { startRelay } from './support/relay.ts';
import { forEachOf, pause, waitFor } from './support/wait.ts';
import type { Controller, World } from './support/world.ts';

const count = 250;
const repositories = 25;
const tags = 20;
const manyTags = 10_000;
const latencyMs = 30;
const host = 'ghcr.io';

/** Warehouses by the hundred on a registry that is far away. */
export const warehousesBench: Bench = {
  name: 'warehouses',
  about: `${count} Warehouses, NewestBuild over ${tags} tags, answers ${latencyMs} ms late, limiter lifted`,
  async run(context) {
    await using far = await openFar(context, { IMAGE_REGISTRY_RATE_LIMIT: '100000' });
    const { world, controller } = far;
    const { signal } = context;
    const own = subjects('own', count, count);
    const shared = subjects('shared', count, repositories);
    await pushTags(
      world,
      [...new Set([...own, ...shared].map(({ repository }) => repository))],
      tags,
      signal,
    );
    const measure = (list: readonly Subject[], how: 'create' | 'refresh'): Promise<Round> =>
      discover(world, controller, list, how, signal);
    const firstOwn = await measure(own, 'create');
    const againOwn = await measure(own, 'refresh');
    const firstShared = await measure(shared, 'create');
    const againShared = await measure(shared, 'refresh');
    return [
      ...toFigures('a repository each, first', firstOwn, { time: '≤ 15 s', cpu: '≤ 10 s', requests: '≤ 42' }),
      ...toFigures('a repository each, again', againOwn, { time: '≤ 5 s', cpu: '≤ 3 s', requests: '≤ 21' }),
      ...toFigures(`${repositories} repositories, first`, firstShared, {}),
      ...toFigures(`${repositories} repositories, again`, againShared, {}),
      { name: 'controller, peak memory', value: againShared.peakMb, unit: 'MB' },
    ];
  },
};

/** A repository with more tags than anybody wants to read. */
export const manyTagsBench: Bench = {
  name: 'many-tags',
  about: `one Warehouse on ${manyTags} tags, the 20 best by SemVer, answers ${latencyMs} ms late`,
  async run(context) {
    await using far = await openFar(context, {});
    const { world, controller } = far;
    const { signal } = context;
    await pushVersions(world, 'many', signal);
    const image = { imageSelectionStrategy: 'SemVer' };
    const one: Subject[] = [{ name: 'many', repository: 'many', finds: 20, image }];
    const first = await discover(world, controller, one, 'create', signal);
    const again = await discover(world, controller, one, 'refresh', signal);
    return [...toFigures('first', first, {}, 1), ...toFigures('again', again, {}, 1)];
  },
};

/** How soon a push is Freight: when told while many others are polled, and by polling alone. */
export const pollingBench: Bench = {
  name: 'polling',
  about: `push → Freight beside ${count} Warehouses that poll, at 20 requests a second`,
  async run(context) {
    await using far = await openFar(context, {});
    const { world } = far;
    const { signal } = context;
    const place = { namespace, warehouse: 'told', image: 'told' };
    await world.client.writer.create(warehouses, polled('told', 'told', '1h'), signal);
    const alone = await tell(world, place, 0, signal);
    const few = polled('few', 'few', '1h', 5);
    await world.client.writer.create(warehouses, few, signal);
    const others = Array.from({ length: count }, (_, index) => `polled-${index}`);
    await pushTags(world, others, 1, signal);
    await forEachOf(others, 16, (name) =>
      world.client.writer.create(warehouses, polled(name, name, '5s'), signal),
    );
    for (const other of others) {
      await waitFor(world.client.changes, warehouses, `discovery of ${other}`, ({ metadata, status }) => {
        return metadata.name === other && status?.discoveredArtifacts?.discoveredAt !== undefined;
      });
    }
    const beside = await tell(world, { namespace, warehouse: 'few', image: 'few' }, 100, signal);
    return [
      { name: 'told, alone, median', value: alone.p50, unit: 'ms', goal: '≤ 200' },
      { name: 'told, alone, 95th percentile', value: alone.p95, unit: 'ms', goal: '≤ 500' },
      { name: 'told, beside the others, median', value: beside.p50, unit: 'ms', goal: '≤ 200' },
      { name: 'told, beside the others, 95th percentile', value: beside.p95, unit: 'ms', goal: '≤ 500' },
      { name: 'polled every 2 s, slowest', value: await pollOnce(context), unit: 'ms', goal: '≤ 3,000' },
    ];
  },
};

/** A host that refuses everything for a minute, beside one that answers. */
export const refusingHostBench: Bench = {
  name: 'refusing-host',
  about: 'a host that answers 429 for a minute with 50 Warehouses, beside one that answers',
  async run(context) {
    await using refusing = await startRefusing();
    const endpoint = { [refusing.host]: { address: refusing.address, caFile: refusing.caFile } };
    await using far = await openFar(context, {}, endpoint);
    const { world } = far;
    const { signal } = context;
    const place = { namespace, warehouse: 'told', image: 'told' };
    await world.client.writer.create(warehouses, polled('told', 'told', '1h'), signal);
    const before = await tell(world, place, 0, signal);
    const names = Array.from({ length: 50 }, (_, index) => `refused-${index}`);
    await forEachOf(names, 16, (name) => {
      const object = polled(name, name, '5s');
      const image = { ...imageRule, repoURL: `${refusing.host}/bench/${name}` };
      return world.client.writer.create(
        warehouses,
        { ...object, spec: { ...object.spec, subscriptions: [{ image }] } },
        signal,
      );
    });
    const startMs = performance.now();
    const beside = await tell(world, place, 100, signal);
    await pause(Math.max(60_000 - (performance.now() - startMs), 0));
    return [
      { name: 'told, before, median', value: before.p50, unit: 'ms', goal: '≤ 200' },
      { name: 'told, beside it, median', value: beside.p50, unit: 'ms', goal: '≤ 200' },
      { name: 'told, beside it, 95th percentile', value: beside.p95, unit: 'ms', goal: '≤ 500' },
      {
        name: 'requests that the refusing host got in a minute',
        value: refusing.requests(),
        unit: '',
        goal: '≤ 1,200',
      },
    ];
  },
};

const imageRule = { imageSelectionStrategy: 'SemVer', strictSemvers: true, discoveryLimit: 20 };

function polled(name: string, repository: string, interval: string, discoveryLimit: number = 20): Warehouse {
  const rule = { ...imageRule, discoveryLimit, repoURL: imageUrl(repository) };
  const object = imageWarehouse(namespace, name, rule);
  return { ...object, spec: { ...object.spec, interval } };
}

/** A world whose registry answers late, with controllers at work in it. */
async function openFar(
  context: BenchContext,
  environment: Readonly<Record<string, string>>,
  endpoints: Readonly<Record<string, { readonly address: string; readonly caFile: string }>> = {},
): Promise<AsyncDisposable & { readonly world: World; readonly controller: Controller }> {
  const world = await context.openWorld();
  const known = JSON.parse(world.ready.endpoints) as Record<string, { address: string; caFile: string }>;
  const near = known[host];
  if (near === undefined) throw new Error(`the sandbox maps no ${host}`);
  const relay = await startRelay(near.address, latencyMs);
  await watchKinds(world, context.signal);
  const controller = await world.startController({
    ...environment,
    GANTRY_ENDPOINTS: JSON.stringify({ ...known, [host]: { ...near, address: relay.address }, ...endpoints }),
  });
  await world.createProject(namespace, context.signal);
  return {
    world,
    controller,
    async [Symbol.asyncDispose]() {
      await world.stopControllers();
      await relay.close();
    },
  };
}

function subjects(prefix: string, howMany: number, over: number): readonly Subject[] {
  return Array.from({ length: howMany }, (_, index) => ({
    name: `${prefix}-${index}`,
    repository: `${prefix}-${index % over}`,
    finds: tags,
  }));
}

/** Many versions of one image; what they contain does not matter. */
async function pushVersions(world: World, repository: string, signal: AbortSignal): Promise<void> {
  const { username, password } = world.ready;
  const source = { repoURL: imageUrl(repository), credential: { identity: 'bench', username, password } };
  const draft = { created: new Date(Date.UTC(2026, 0, 1)).toISOString(), content: repository };
  const versions = Array.from(
    { length: manyTags },
    (_, index) => `1.${Math.floor(index / 100)}.${index % 100}`,
  );
  await forEachOf(versions, 16, (version) => world.images.pushImage(source, version, draft, signal));
}

const told = 15;

/** Pushes and tells, again and again; the first one waits for the connection. */
async function tell(
  world: World,
  place: { readonly namespace: string; readonly warehouse: string; readonly image: string },
  minor: number,
  signal: AbortSignal,
) {
  const tookMs: number[] = [];
  for (let run = 0; run <= told; run += 1) {
    const { tookMs: ms } = await mintFreight(world, place, `1.${minor}.${run}`, signal);
    if (run > 0) tookMs.push(ms);
    await pause(1500);
  }
  return spreadOf(tookMs);
}

/** The slowest of some pushes that a Warehouse finds by polling every two seconds, with nothing else to do. */
async function pollOnce(context: BenchContext): Promise<number> {
  await using far = await openFar(context, {});
  const { world } = far;
  const { signal } = context;
  const { username, password } = world.ready;
  const source = { repoURL: imageUrl('alone'), credential: { identity: 'bench', username, password } };
  const push = (tag: string) =>
    world.images.pushImage(source, tag, { created: new Date().toISOString(), content: tag }, signal);
  await push('1.0.0');
  await world.client.writer.create(warehouses, polled('alone', 'alone', '2s'), signal);
  let slowestMs = 0;
  for (let run = 1; run <= 5; run += 1) {
    await pause(2000 + run * 370);
    await push(`1.0.${run}`);
    const startMs = performance.now();
    const { atMs } = await waitFor(
      world.client.changes,
      warehouses,
      `tag 1.0.${run}`,
      ({ metadata, status }) => {
        const newest = status?.discoveredArtifacts?.images?.[0]?.references?.[0]?.tag;
        return metadata.name === 'alone' && newest === `1.0.${run}`;
      },
    );
    slowestMs = Math.max(slowestMs, atMs - startMs);
  }
  return slowestMs;
}

/** A registry that asks everybody to wait. */
async function startRefusing() {
  const name = 'refusing.example';
  const tls = await createTestTls([name]);
  const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, tls.ca);
  let requests = 0;
  const server = createServer({ cert: tls.cert, key: tls.key }, (_, response) => {
    requests += 1;
    response
      .writeHead(429, { 'content-type': 'application/json' })
      .end('{"errors":[{"code":"TOOMANYREQUESTS"}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: name,
    caFile,
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Goals {
  readonly time?: string;
  readonly cpu?: string;
  readonly requests?: string;
}

function toFigures(label: string, round: Round, goals: Goals, howMany: number = count): readonly Figure[] {
  const goal = (text: string | undefined) => (text === undefined ? {} : { goal: text });
  return [
    { name: `${label}, time`, value: round.tookMs / 1000, unit: 's', ...goal(goals.time) },
    { name: `${label}, controller CPU`, value: round.cpuSeconds, unit: 's', ...goal(goals.cpu) },
    {
      name: `${label}, requests per Warehouse`,
      value: round.requests / howMany,
      unit: '',
      ...goal(goals.requests),
    },
  ];
}
