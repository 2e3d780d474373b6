import { expect, test } from 'vitest';
import { imageSubscription } from '../../src/api/v1alpha1/index.ts';
import { createImageDiscovery } from '../../src/discovery/index.ts';
import {
  type CannedAnswer,
  createEmbeddedRegistry,
  type EmbeddedRegistryOptions,
  type RecordedRequest,
} from '../../src/embedded/registry/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { createImagePusher, createRegistryClient, type ImagePusher } from '../../src/oci/index.ts';
import type { Clock, Credential, Registry } from '../../src/ports/index.ts';
import { digestOf, mediaTypes } from '../../src/wire/oci/index.ts';
import { startTestServer } from '../support/http-server.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createMemoryMetrics } from '../support/memory-metrics.ts';
import { createOpenBudgets } from '../support/open-budgets.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { createTestTls } from '../support/tls.ts';

const { signal } = new AbortController();
const created = '2026-01-02T03:04:05Z';
const robot: Credential = { identity: 'secret demo/robot', username: 'robot', password: 's3cret' };
const bearer = { kind: 'bearer' as const, username: 'robot', password: 's3cret' };

test('a bearer challenge is answered once per repository, and the token is used until it ends', async () => {
  await using world = await openWorld({ auth: bearer });
  await world.push('team/app', 'main', robot);
  world.requests.length = 0;
  const source = { repoURL: world.repoURL('team/app'), credential: robot };
  await world.registry.listTags(source, signal);
  await world.registry.readTag(source, 'main', signal);
  expect(world.texts()).toEqual([
    'GET /v2/team/app/tags/list 401',
    'GET /token 200',
    'GET /v2/team/app/tags/list 200',
    'GET /v2/team/app/manifests/main 200',
    expect.stringMatching(/^GET \/v2\/team\/app\/blobs\/sha256:\w+ 200$/),
  ]);
  world.requests.length = 0;
  await world.registry.readTag(source, 'main', signal);
  expect(world.texts(), 'what a digest names is not fetched again').toEqual([
    'HEAD /v2/team/app/manifests/main 200',
  ]);
  await world.clock.advance(400_000);
  await world.registry.readTag(source, 'main', signal);
  expect(world.texts()).toContain('GET /token 200');
});

test('requests that are challenged at once share one token', async () => {
  await using world = await openWorld({ auth: bearer });
  for (const tag of ['a', 'b', 'c', 'd']) await world.push('team/app', tag, robot);
  world.requests.length = 0;
  const source = { repoURL: world.repoURL('team/app'), credential: robot };
  await Promise.all(['a', 'b', 'c', 'd'].map((tag) => world.registry.readTag(source, tag, signal)));
  expect(world.texts().filter((text) => text === 'GET /token 200')).toHaveLength(1);
});

const refusals = [
  { name: 'no credential', credential: undefined, message: /without a credential/ },
  {
    name: 'a wrong password',
    credential: { ...robot, password: 'wrong' },
    message: /with secret demo\/robot/,
  },
];
test.each(refusals)(
  '$name is a refusal that names who asked and never the password',
  async ({ credential, message }) => {
    for (const kind of ['basic', 'bearer'] as const) {
      await using world = await openWorld({ auth: { ...bearer, kind } });
      const source = {
        repoURL: world.repoURL('team/app'),
        ...(credential === undefined ? {} : { credential }),
      };
      const error = await world.registry.listTags(source, signal).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'oci.auth-failed',
        disposition: 'stop',
        message: expect.stringMatching(message),
      });
      expect(String(error)).toContain('team/app');
      expect(JSON.stringify(error) + String(error)).not.toMatch(/s3cret|wrong/);
    }
  },
);

test('what one identity resolved is not served to another', async () => {
  await using world = await openWorld({});
  await world.push('team/app', 'main');
  const repoURL = world.repoURL('team/app');
  await world.registry.readTag({ repoURL, credential: robot }, 'main', signal);
  world.requests.length = 0;
  await world.registry.readTag(
    { repoURL, credential: { ...robot, identity: 'secret other/robot' } },
    'main',
    signal,
  );
  expect(world.texts()[0]).toBe('GET /v2/team/app/manifests/main 200');
});

test('newest build of 20 tags: two requests per tag at first, then one', async () => {
  await using world = await openWorld({});
  for (let index = 0; index < 20; index++) await world.push('team/app', `v${index}`);
  const images = createImageDiscovery({
    registry: world.registry,
    credentials: { find: async () => undefined },
    clock: world.clock,
  });
  const given = { repoURL: world.repoURL('team/app'), imageSelectionStrategy: 'NewestBuild' };
  const look = { project: 'demo', subscription: imageSubscription.parse(given), notBeforeMs: 0 };
  world.requests.length = 0;
  const found = await Promise.all([images.discover(look, signal), images.discover(look, signal)]);
  expect(found.map((item) => item.images.length)).toEqual([20, 20]);
  expect(world.requests.length, 'shared by both').toBeLessThanOrEqual(42);
  world.requests.length = 0;
  await images.discover({ ...look, notBeforeMs: Number.POSITIVE_INFINITY }, signal);
  expect(world.requests.length).toBe(21);
});

test('pages are followed to the end', async () => {
  await using world = await openWorld({ maxTagsPerPage: 2 });
  for (const tag of ['a', 'b', 'c', 'd', 'e']) await world.push('team/app', tag);
  expect(await world.registry.listTags({ repoURL: world.repoURL('team/app') }, signal)).toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
  ]);
});

const page = (link: string): CannedAnswer => ({ status: 200, headers: { link }, body: '{"tags":["a"]}' });
const hostile: { name: string; answer: CannedAnswer; code: string; because: string }[] = [
  {
    name: 'a page elsewhere',
    answer: page('<http://127.0.0.1:1/v2/team/app/tags/list>; rel="next"'),
    code: 'oci.protocol',
    because: 'credentials would go there',
  },
  {
    name: 'a page of another repository',
    answer: page('</v2/team/other/tags/list?last=a>; rel="next"'),
    code: 'oci.protocol',
    because: 'it is not what was asked for',
  },
  {
    name: 'pages without end',
    answer: page('</v2/team/app/tags/list?last=a>; rel="next"'),
    code: 'oci.protocol',
    because: 'nothing new comes',
  },
  {
    name: 'no JSON',
    answer: { status: 200, body: '<html>' },
    code: 'oci.protocol',
    because: 'it is no registry',
  },
  {
    name: 'no tags',
    answer: { status: 200, body: '{"tags":{}}' },
    code: 'oci.protocol',
    because: 'it is no tag list',
  },
  { name: '404', answer: { status: 404 }, code: 'oci.not-found', because: 'there is no such repository' },
  { name: '418', answer: { status: 418 }, code: 'oci.protocol', because: 'it is no answer to this' },
  {
    name: 'a token endpoint without TLS elsewhere',
    answer: { status: 401, headers: { 'www-authenticate': 'Bearer realm="ftp://example.com/token"' } },
    code: 'oci.protocol',
    because: 'a password would be sent there',
  },
];
test.each(hostile)('a tag list with $name is $code', async ({ answer, code, because }) => {
  await using world = await openWorld({ interfere: () => answer });
  const source = { repoURL: world.repoURL('team/app'), credential: robot };
  await expect(world.registry.listTags(source, signal), because).rejects.toMatchObject({ code });
  expect(world.requests.length).toBeLessThan(10);
});

test('server errors are retried, and named when they stay', async () => {
  let failures = 2;
  const failing: CannedAnswer = { status: 503 };
  await using world = await openWorld({ interfere: () => (failures-- > 0 ? failing : undefined) });
  await world.push('team/app', 'main');
  failures = 2;
  expect(await world.registry.readTag({ repoURL: world.repoURL('team/app') }, 'main', signal)).toBeDefined();
  failures = 100;
  const lasting = world.registry.readTag({ repoURL: world.repoURL('team/app') }, 'main', signal);
  await expect(lasting).rejects.toMatchObject({
    code: 'oci.unreachable',
    disposition: 'retry',
    message: expect.stringMatching(/answers 503 to tag "main" of .*team\/app/),
  });
});

test('a manifest that is not what its digest says is refused', async () => {
  const body = JSON.stringify({ mediaType: mediaTypes.ociManifest, config: {} });
  const other = digestOf(new TextEncoder().encode('other'));
  const answer = { status: 200, headers: { 'docker-content-digest': other }, body };
  await using world = await openWorld({ interfere: () => answer });
  const read = world.registry.readTag({ repoURL: world.repoURL('team/app') }, 'main', signal);
  await expect(read).rejects.toMatchObject({ code: 'oci.digest-mismatch' });
});

test('an old manifest is refused by its type', async () => {
  const headers = { 'content-type': mediaTypes.dockerSchema1Signed };
  await using world = await openWorld({
    interfere: () => ({ status: 200, headers, body: '{"schemaVersion":1}' }),
  });
  const read = world.registry.readTag({ repoURL: world.repoURL('team/app') }, 'main', signal);
  await expect(read).rejects.toMatchObject({ code: 'oci.unsupported-media-type' });
});

test('nothing listening is unreachable, and found when it starts', async () => {
  await using world = await openWorld({});
  const read = world.registry.readTag({ repoURL: '127.0.0.1:1/team/app' }, 'main', signal);
  await expect(read).rejects.toMatchObject({
    code: 'oci.unreachable',
    message: expect.stringContaining('team/app'),
  });
});

test('a mapped host is reached over TLS under its own name, tokens included', async () => {
  const tls = await createTestTls(['ghcr.io']);
  const clock = createManualClock();
  const embedded = createEmbeddedRegistry({ clock }, { auth: bearer });
  await using server = await startTestServer((request, response) => {
    embedded.handle(request, response);
  }, tls);
  await using http = createHttpClient({
    endpoints: { 'ghcr.io': { address: server.address, caPem: tls.ca } },
  });
  const deps = { http, clock: hurried(clock), random: createSeededRandom(), budgets: createOpenBudgets() };
  const source = { repoURL: 'ghcr.io/example/app', credential: robot };
  const digest = await createImagePusher(deps).pushImage(source, 'main', { created }, signal);
  expect((await createRegistryClient(deps).readTag(source, 'main', signal))?.digest).toBe(digest);
});

test('names that no registry can have are refused before anything is sent', async () => {
  await using world = await openWorld({});
  for (const repoURL of ['https://ghcr.io/x', 'ghcr.io/../x', 'ghcr.io/a//b']) {
    await expect(world.registry.listTags({ repoURL }, signal)).rejects.toMatchObject({
      code: 'oci.invalid-reference',
    });
  }
  const odd = world.registry.readTag({ repoURL: world.repoURL('a') }, '../x', signal);
  await expect(odd).rejects.toMatchObject({ code: 'oci.invalid-reference' });
  expect(world.requests).toEqual([]);
});

interface World extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly registry: Registry;
  readonly pusher: ImagePusher;
  readonly requests: RecordedRequest[];
  repoURL(repository: string): string;
  push(repository: string, tag: string, credential?: Credential): Promise<string>;
  /** Method, path without query, and status of every request. */
  texts(): readonly string[];
}

async function openWorld(options: EmbeddedRegistryOptions): Promise<World> {
  const clock = createManualClock();
  const requests: RecordedRequest[] = [];
  const embedded = createEmbeddedRegistry(
    { clock },
    { ...options, onRequest: (request) => requests.push(request) },
  );
  const server = await startTestServer((request, response) => {
    embedded.handle(request, response);
  });
  const http = createHttpClient();
  const deps = {
    http,
    clock: hurried(clock),
    random: createSeededRandom(),
    budgets: createOpenBudgets(),
    metrics: createMemoryMetrics(),
  };
  const pusher = createImagePusher(deps);
  const repoURL = (repository: string): string => `${server.address}/${repository}`;
  return {
    clock,
    registry: createRegistryClient(deps),
    pusher,
    requests,
    repoURL,
    push: (repository, tag, credential) =>
      pusher.pushImage(
        { repoURL: repoURL(repository), ...(credential === undefined ? {} : { credential }) },
        tag,
        { created, content: tag },
        signal,
      ),
    texts: () => requests.map(({ method, target, status }) => `${method} ${target.split('?')[0]} ${status}`),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
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
