import { expect, test } from 'vitest';
import { imageSubscription } from '../../src/api/v1alpha1/index.ts';
import { createImageDiscovery, type ImageDiscoveryOptions } from '../../src/discovery/index.ts';
import { createEmbeddedRegistry, type RecordedRequest } from '../../src/embedded/registry/index.ts';
import { createHostBudgets, createHttpClient } from '../../src/http/index.ts';
import { createImagePusher, createRegistryClient } from '../../src/oci/index.ts';
import type { Credential, HostBudgets } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { startTestServer } from '../support/http-server.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createOpenBudgets } from '../support/open-budgets.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const { signal } = new AbortController();
const now = Number.POSITIVE_INFINITY;
const tags = Array.from({ length: 20 }, (_, index) => `v1.0.${index}`);

const costs: {
  name: string;
  subscription: object;
  options?: ImageDiscoveryOptions;
  want: number;
  because: string;
}[] = [
  { name: 'NewestBuild', subscription: {}, want: 21, because: 'one list, one HEAD per tag' },
  {
    name: 'NewestBuild with cacheByTag',
    subscription: { cacheByTag: true },
    want: 1,
    because: 'tags are taken not to move',
  },
  {
    name: 'NewestBuild where the operator forces cacheByTag',
    subscription: {},
    options: { cacheByTagPolicy: 'Force' },
    want: 1,
    because: 'the operator decides',
  },
  {
    name: 'NewestBuild where the operator forbids cacheByTag',
    subscription: { cacheByTag: true },
    options: { cacheByTagPolicy: 'Forbid' },
    want: 21,
    because: 'the operator decides',
  },
  {
    name: 'SemVer of three',
    subscription: { imageSelectionStrategy: 'SemVer', discoveryLimit: 3 },
    want: 4,
    because: 'only what can be selected is asked about',
  },
  {
    name: 'Digest',
    subscription: { imageSelectionStrategy: 'Digest', constraint: 'v1.0.3', cacheByTag: true },
    want: 1,
    because: 'one HEAD, and it is never cached by tag',
  },
];
test.each(costs)(
  'an unchanged repository costs $want with $name',
  async ({ subscription, options, want, because }) => {
    await using world = await openWorld(options);
    await world.look({ subscription });
    world.requests.length = 0;
    await world.look({ subscription });
    expect(world.texts().length, because).toBe(want);
  },
);

test('cacheByTag keeps what a tag was, a look without it does not', async () => {
  await using world = await openWorld();
  const subscription = { cacheByTag: true };
  const before = await world.look({ subscription });
  await world.push('v1.0.19', 'moved');
  expect(await world.look({ subscription })).toMatchObject({ images: before.images });
  expect((await world.look({})).images).not.toEqual(before.images);
});

test('where cacheByTag is required, a subscription without it is refused', async () => {
  await using world = await openWorld({ cacheByTagPolicy: 'Require' });
  await expect(world.look({})).rejects.toMatchObject({ code: 'discovery.invalid-subscription' });
  expect(world.requests).toEqual([]);
});

test('an answer serves all of one identity, and nobody else', async () => {
  await using world = await openWorld();
  await world.look({ project: 'a', notBeforeMs: 0 });
  world.requests.length = 0;
  await world.look({ project: 'b', notBeforeMs: 0 });
  expect(world.texts(), 'the same identity in another Project').toEqual([]);
  world.credential = { identity: 'secret other/robot' };
  await world.look({ project: 'c', notBeforeMs: 0 });
  const texts = world.texts();
  expect(
    texts.filter((text) => text.includes('/tags/list')),
    'its own list',
  ).toHaveLength(1);
  expect(
    texts.filter((text) => text.includes('/manifests/')),
    'its own roots',
  ).toHaveLength(20);
  expect(
    texts.filter((text) => text.includes('/blobs/')),
    'what they lead to is known',
  ).toEqual([]);
});

test('what another identity fetched is not served for a tag that is hidden from one', async () => {
  await using world = await openWorld();
  await world.look({});
  world.credential = { identity: 'secret evil/robot' };
  world.hidden = true;
  await expect(world.look({})).rejects.toMatchObject({ code: 'oci.not-found' });
  const digest = { imageSelectionStrategy: 'Digest', constraint: 'v1.0.3' };
  expect((await world.look({ subscription: digest })).images).toEqual([]);
});

test('what somebody waits for does not wait for the polling of the same repository', async () => {
  await using world = await openWorld();
  await world.look({});
  world.requests.length = 0;
  let release = (): void => undefined;
  world.heldBack = new Promise((resolve) => {
    release = resolve;
  });
  const polled = world.look({ notBeforeMs: world.clock.nowMs() + 1 });
  await world.begun(1);
  world.heldBack = undefined;
  await world.look({ isAwaited: true });
  expect(world.texts().length).toBe(21);
  release();
  await polled;
});

test('a refresh overtakes a queue of polls at the same registry', async () => {
  const clock = createSystemClock();
  const budgets = createHostBudgets(
    { clock, random: createSeededRandom() },
    { requestsPerSecond: 1e6, concurrency: 1 },
  );
  await using world = await openWorld({}, budgets);
  for (const tag of tags) await world.push(tag, tag, 'team/other');
  const order: string[] = [];
  const polls = ['a', 'b', 'c'].map((project) => {
    const look = world.look({
      project,
      repository: 'team/other',
      subscription: { cacheByTag: project === 'a' },
    });
    return look.then(() => order.push('poll'));
  });
  await world.begun(3);
  const digest = { imageSelectionStrategy: 'Digest', constraint: 'v1.0.3' };
  const awaited = world.look({ subscription: digest, isAwaited: true }).then(() => order.push('refresh'));
  await Promise.all([...polls, awaited]);
  expect(order[0]).toBe('refresh');
});

interface LookOptions {
  readonly project?: string;
  readonly repository?: string;
  readonly subscription?: object;
  readonly notBeforeMs?: number;
  readonly isAwaited?: boolean;
}

async function openWorld(options: ImageDiscoveryOptions = {}, budgets: HostBudgets = createOpenBudgets()) {
  const clock = createManualClock();
  const requests: RecordedRequest[] = [];
  const waiting: { readonly count: number; go(): void }[] = [];
  let begun = 0;
  const embedded = createEmbeddedRegistry(
    { clock },
    {
      onRequest: (request) => requests.push(request),
      interfere: ({ method }) =>
        world.hidden && (method === 'GET' || method === 'HEAD') ? { status: 404 } : undefined,
    },
  );
  const server = await startTestServer((request, response) => {
    begun++;
    for (const item of waiting) if (item.count <= begun) item.go();
    void Promise.resolve(world.heldBack).then(() => embedded.handle(request, response));
  });
  const http = createHttpClient();
  const deps = { http, clock: createSystemClock(), random: createSeededRandom(), budgets };
  const pusher = createImagePusher({ ...deps, budgets: createOpenBudgets() });
  const images = createImageDiscovery(
    {
      registry: createRegistryClient(deps),
      credentials: { find: async () => world.credential },
      clock,
    },
    options,
  );
  const world = {
    clock,
    requests,
    credential: undefined as Credential | undefined,
    hidden: false,
    heldBack: undefined as Promise<void> | undefined,
    texts: () =>
      requests.map(({ method, target }) => `${method} ${target}`).filter((text) => !text.endsWith('/v2/')),
    /** Resolves when so many requests have come since now. */
    begun: (count: number) => {
      const from = begun;
      return new Promise<void>((resolve) => waiting.push({ count: from + count, go: resolve }));
    },
    push: (tag: string, content: string, repository = 'team/app') =>
      pusher.pushImage(
        { repoURL: `${server.address}/${repository}` },
        tag,
        { created: '2026-01-02T03:04:05Z', content },
        signal,
      ),
    look: ({ project = 'demo', repository = 'team/app', subscription = {}, ...look }: LookOptions) =>
      images.discover(
        {
          project,
          subscription: imageSubscription.parse({
            repoURL: `${server.address}/${repository}`,
            imageSelectionStrategy: 'NewestBuild',
            ...subscription,
          }),
          notBeforeMs: now,
          ...look,
        },
        signal,
      ),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
  for (const tag of tags) await world.push(tag, tag);
  requests.length = 0;
  return world;
}
