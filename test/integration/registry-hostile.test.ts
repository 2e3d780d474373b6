import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { AppError } from '../../src/base/index.ts';
import type { Credential, ImageSource } from '../../src/ports/index.ts';
import { mediaTypes } from '../../src/wire/oci/index.ts';
import {
  createHurriedClock,
  makeScriptedImage,
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedOptions,
  type ScriptedRegistry,
  serveImage,
  startScriptedRegistry,
} from '../support/scripted-registry.ts';
import { createTestTls, type TestTls } from '../support/tls.ts';

const { signal } = new AbortController();
const image = makeScriptedImage();
const host = 'registry.example.com';
const elsewhere = 'evil.example.com';
const password = 'hunter2-secret';
const credential: Credential = { identity: 'secret demo/robot', username: 'robot', password };
const source = { repoURL: `${host}/team/app`, credential };

/** The steps of a look at an index whose image says in its configuration when it was made. */
const steps = ['tags', 'token', 'head', 'index', 'manifest', 'config', 'blob'] as const;
type Step = (typeof steps)[number];

function stepOf({ method, path }: ScriptedCall): Step | undefined {
  if (path === '/token') return 'token';
  if (path.endsWith('/tags/list')) return 'tags';
  if (path.includes('/blobs/')) return 'config';
  if (!path.includes('/manifests/')) return undefined;
  if (method === 'HEAD') return 'head';
  return path.endsWith(image.digest) ? 'manifest' : 'index';
}

/** Answers properly but for what `spoil` says about a step. */
function script(spoil: (step: Step | undefined, call: ScriptedCall) => ScriptedAnswer | undefined) {
  return (call: ScriptedCall): ScriptedAnswer => {
    if (call.host === elsewhere) return { body: 'welcome' };
    const step = stepOf(call);
    const isRefused = step !== 'token' && call.headers['authorization'] !== 'Bearer t0ken';
    if (isRefused) {
      const challenge = `Bearer realm="https://${host}/token",service="s"`;
      return { status: 401, headers: { 'www-authenticate': challenge } };
    }
    const spoilt = spoil(step, call);
    if (spoilt !== undefined) return spoilt;
    if (step === 'token') return { body: '{"token":"t0ken"}' };
    if (step === 'index' || step === 'head') {
      const headers = { 'content-type': mediaTypes.ociIndex, 'docker-content-digest': image.indexDigest };
      return { headers, body: image.index };
    }
    return serveImage(image, call) ?? { status: 404 };
  };
}

const limits = { http: { timeoutMs: 400 }, clock: createHurriedClock(1_500) };
const patient = { http: { timeoutMs: 20_000 }, clock: createHurriedClock() };
let tls: TestTls;
beforeAll(async () => {
  tls = await createTestTls([host, elsewhere]);
});
const start = (
  spoil: Parameters<typeof script>[0],
  options: ScriptedOptions = patient,
): Promise<ScriptedRegistry> => startScriptedRegistry([host, elsewhere], script(spoil), { ...options, tls });

/** Drives the client through the step, twice where it begins with a HEAD. */
async function reach(world: ScriptedRegistry, step: Step, from: ImageSource = source): Promise<unknown> {
  if (step === 'tags' || step === 'token') return world.registry.listTags(from, signal);
  if (step !== 'blob') return world.registry.readTag(from, 'v1', signal);
  const blob = { digest: digestOfConfig, maxBytes: 1_000_000 };
  const chunks: Uint8Array[] = [];
  for await (const chunk of world.artifacts.readBlob(from, blob, signal)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
const digestOfConfig = image.configDigest as Parameters<
  ScriptedRegistry['artifacts']['readBlob']
>[1]['digest'];

/** Whatever happened: a value or a coded error, few requests, and the secret seen by nobody else. */
async function judge(world: ScriptedRegistry, work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => 'value',
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      const told = `${error.message} ${JSON.stringify(error.data)} ${String(error.cause)}`;
      expect(told).not.toContain(password);
      expect(told).not.toContain('t0ken');
      return error.code;
    },
  );
  for (const call of world.calls.filter((one) => one.host === elsewhere))
    expect(call.headers['authorization']).toBeUndefined();
  return outcome;
}

const isStep = (step: Step | undefined, wanted: Step): boolean =>
  step === wanted || (wanted === 'blob' && step === 'config');
const isOutcome = /^(?:value|oci\.[a-z-]+)$/;

const statuses = [
  201, 204, 206, 300, 301, 304, 308, 400, 401, 403, 404, 405, 406, 408, 409, 410, 416, 418, 422, 429, 451,
  499, 500, 501, 502, 503, 504, 599,
];
test.each(steps)('every status at the step %s ends in a value or a coded error', async (step) => {
  const outcomes: Record<number, string> = {};
  let isSpoiling = step !== 'head';
  // A repository and an identity for each status, named after it.
  const statusOf = ({ path, query }: ScriptedCall): number =>
    Number(/app-(?<status>\d+)/.exec(path + query.get('scope'))?.groups?.['status']);
  await using world = await start(
    (now, call) => (isSpoiling && isStep(now, step) ? { status: statusOf(call) } : undefined),
    patient,
  );
  const places = statuses.map((status) => ({
    status,
    repoURL: `${host}/team/app-${status}`,
    credential: { ...credential, identity: `secret demo/${status}` },
  }));
  if (step === 'head') for (const place of places) await world.registry.readTag(place, 'v1', signal);
  isSpoiling = true;
  const before = world.calls.length;
  for (const { status, ...place } of places) outcomes[status] = await judge(world, reach(world, step, place));
  for (const [status, outcome] of Object.entries(outcomes)) expect(outcome, status).toMatch(isOutcome);
  for (const status of statuses) {
    const asked = world.calls.slice(before).filter((call) => statusOf(call) === status);
    expect(asked.length, `requests for ${status}`).toBeLessThanOrEqual(14);
  }
  const expected = {
    418: 'oci.protocol',
    429: 'oci.rate-limited',
    500: 'oci.unreachable',
    503: 'oci.unreachable',
  };
  if (step !== 'token' && step !== 'head') expect(outcomes).toMatchObject(expected);
  if (step !== 'head') expect(outcomes).toMatchObject({ 401: 'oci.auth-failed', 403: 'oci.auth-failed' });
});

const redirects: { name: string; location: string; want: RegExp }[] = [
  { name: 'to itself', location: 'same', want: /^oci\.unreachable$/ },
  { name: 'to another host', location: `https://${elsewhere}/x`, want: /^(?:value|oci\.[a-z-]+)$/ },
  { name: 'to plain http', location: `http://${host}/x`, want: /^oci\.unreachable$/ },
  { name: 'to a file', location: 'file:///etc/passwd', want: /^oci\.unreachable$/ },
  { name: 'with credentials', location: `https://a:b@${elsewhere}/x`, want: /^oci\.unreachable$/ },
  { name: 'to nothing', location: 'http://[', want: /^oci\.unreachable$/ },
];
test.each(redirects)('a redirect $name leads nowhere and leaks nothing', async ({ location, want }) => {
  for (const step of steps.filter((item) => item !== 'head')) {
    await using world = await start((now, call) =>
      isStep(now, step)
        ? { status: 307, headers: { location: location === 'same' ? call.path : location } }
        : undefined,
    );
    const outcome = await judge(world, reach(world, step));
    expect(outcome, step).toMatch(want);
    expect(outcome, `${step}: what came from elsewhere is not taken`).not.toBe('value');
    if (step === 'token') {
      expect(
        world.calls.some((call) => call.host === elsewhere),
        'a token is not fetched elsewhere',
      ).toBe(false);
    }
  }
});

const forever =
  (write: (response: ServerResponse) => void, everyMs: number) => (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => write(response), everyMs);
    response.on('close', () => clearInterval(timer));
  };
const bomb = gzipSync(Buffer.alloc(20_000_000));
const big = 'x'.repeat(20_000_000);
const tricks: {
  name: string;
  answer: ScriptedAnswer;
  want: Partial<Record<Step, string>> & { all?: string };
  isSlow?: boolean;
}[] = [
  {
    name: 'sends nothing',
    isSlow: true,
    answer: { take: () => undefined },
    want: { all: 'oci.unreachable' },
  },
  {
    name: 'sends a drop at a time',
    isSlow: true,
    answer: { take: forever((response) => response.write(' '), 40) },
    want: { all: 'oci.unreachable' },
  },
  {
    name: 'cuts the connection',
    answer: { take: (response) => response.destroy() },
    want: { all: 'oci.unreachable' },
  },
  {
    name: 'cuts the body',
    answer: {
      take: (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"tags":["a"', () => response.destroy());
      },
    },
    want: { all: 'oci.unreachable' },
  },
  {
    name: 'packs a bomb',
    answer: { headers: { 'content-encoding': 'gzip' }, body: bomb },
    want: { all: 'oci.protocol' },
  },
  {
    name: 'sends 20 MB of a text',
    answer: { body: `{"tags":["${big}"]}` },
    want: { tags: 'oci.protocol', token: 'oci.too-large', blob: 'oci.too-large', all: 'oci.too-large' },
  },
  {
    name: 'sends a page for people',
    answer: { headers: { 'content-type': 'text/html' }, body: '<html><body>Sign in</body></html>' },
    want: {
      config: 'oci.digest-mismatch',
      manifest: 'oci.digest-mismatch',
      blob: 'oci.digest-mismatch',
      all: 'oci.protocol',
    },
  },
  {
    name: 'sends nothing in the body',
    answer: { body: '' },
    want: {
      config: 'oci.digest-mismatch',
      manifest: 'oci.digest-mismatch',
      blob: 'oci.digest-mismatch',
      all: 'oci.protocol',
    },
  },
  {
    name: 'sends JSON of another kind',
    answer: { headers: { 'content-type': 'application/json' }, body: '[[[[1]]]]' },
    want: {
      config: 'oci.digest-mismatch',
      manifest: 'oci.digest-mismatch',
      blob: 'oci.digest-mismatch',
      all: 'oci.protocol',
    },
  },
  {
    name: 'sends another digest than it says',
    answer: {
      headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}`, 'content-type': mediaTypes.ociIndex },
      body: image.index,
    },
    want: { tags: 'value', token: 'oci.protocol', all: 'oci.digest-mismatch' },
  },
  {
    name: 'sends an image of the first format',
    answer: {
      headers: { 'content-type': mediaTypes.dockerSchema1Signed },
      body: '{"schemaVersion":1,"name":"a","tag":"b","fsLayers":[]}',
    },
    want: {
      tags: 'value',
      token: 'oci.protocol',
      index: 'oci.unsupported-media-type',
      manifest: 'oci.unsupported-media-type',
      all: 'oci.digest-mismatch',
    },
  },
];
test.each(tricks)(
  'a registry that $name is named with a code',
  { timeout: 90_000 },
  async ({ answer, want, isSlow }) => {
    const outcomes = await Promise.all(
      steps
        .filter((step) => step !== 'head')
        .map(async (step) => {
          const spoil = (now: Step | undefined) => (isStep(now, step) ? answer : undefined);
          await using world = await start(spoil, isSlow === true ? limits : patient);
          const outcome = await judge(world, reach(world, step));
          expect(world.calls.length).toBeLessThanOrEqual(16);
          return [step, outcome] as const;
        }),
    );
    for (const [step, outcome] of outcomes)
      expect(`${step}: ${outcome}`).toBe(`${step}: ${want[step] ?? want.all}`);
  },
);

test('an index that leads in circles or to nothing is an error of the tag', async () => {
  for (const digest of [image.indexDigest, `sha256:${'1'.repeat(64)}`]) {
    const entry = {
      mediaType: mediaTypes.ociIndex,
      digest,
      size: 1,
      platform: { os: 'linux', architecture: 'arm' },
    };
    const index = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry] });
    await using world = await start((step, call) => {
      if (step !== 'index' && step !== 'manifest') return undefined;
      if (call.path.endsWith('/v1')) return { headers: { 'content-type': mediaTypes.ociIndex }, body: index };
      if (!call.path.endsWith(image.indexDigest)) return { status: 404 };
      return { headers: { 'content-type': mediaTypes.ociIndex }, body: image.index };
    });
    expect(await judge(world, reach(world, 'index'))).toBe('oci.protocol');
    expect(world.calls.length).toBeLessThan(8);
  }
});

test('pages without end stop, even when each has something new', { timeout: 60_000 }, async () => {
  let page = 0;
  await using world = await start((step) =>
    step === 'tags'
      ? {
          headers: { link: `</v2/team/app/tags/list?last=${page}>; rel="next"` },
          body: `{"tags":["t${page++}"]}`,
        }
      : undefined,
  );
  expect(await judge(world, reach(world, 'tags'))).toBe('oci.protocol');
  expect(page).toBe(1_000);
});

const links: { name: string; link: string }[] = [
  { name: 'at another host', link: `<https://${elsewhere}/v2/team/app/tags/list?last=a>; rel="next"` },
  { name: 'at another port', link: `<https://${host}:8443/v2/team/app/tags/list?last=a>; rel="next"` },
  { name: 'of another repository', link: '</v2/team/other/tags/list?last=a>; rel="next"' },
  { name: 'above the registry', link: '</../../admin?last=a>; rel="next"' },
  { name: 'without an address', link: '<https://[>; rel="next"' },
];
test.each(links)('a page $name is not asked for', async ({ link }) => {
  await using world = await start((step) =>
    step === 'tags' ? { headers: { link }, body: '{"tags":["a"]}' } : undefined,
  );
  expect(await judge(world, reach(world, 'tags'))).toBe('oci.protocol');
  expect(world.texts().filter((text) => text.startsWith('GET') && text.includes('list'))).toHaveLength(2);
  expect(world.calls.some((call) => call.host === elsewhere)).toBe(false);
});

test('ten megabytes of tags are read in pieces that leave room for others', { timeout: 60_000 }, async () => {
  const tags = Array.from({ length: 150_000 }, (_, index) => `build-${index}-${'0'.repeat(52)}`);
  const body = JSON.stringify({ name: 'team/app', tags });
  expect(body.length).toBeGreaterThan(10_000_000);
  await using world = await start((step) => (step === 'tags' ? { body } : undefined), patient);
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  const reading = world.registry.listTags(source, signal);
  setImmediate(count);
  const found = await reading;
  isOver = true;
  expect(found).toHaveLength(150_000);
  expect(found.at(-1)).toBe(tags.at(-1));
  expect(turns, 'the process did other things in between').toBeGreaterThan(10);
});

test('more tags than anybody could choose from are refused', { timeout: 60_000 }, async () => {
  const tags = Array.from({ length: 300_000 }, (_, index) => `b${index}`);
  const body = JSON.stringify({ tags });
  await using world = await start((step) => (step === 'tags' ? { body } : undefined), patient);
  expect(await judge(world, reach(world, 'tags'))).toBe('oci.too-large');
});

const realms: { name: string; challenge: string; want: string }[] = [
  { name: 'without https', challenge: `Bearer realm="http://${elsewhere}/token"`, want: 'oci.protocol' },
  { name: 'at a file', challenge: 'Bearer realm="file:///etc/passwd"', want: 'oci.protocol' },
  { name: 'with a password', challenge: `Bearer realm="https://a:b@${host}/token"`, want: 'oci.protocol' },
  { name: 'that is none', challenge: 'Bearer realm="nowhere"', want: 'oci.protocol' },
  { name: 'that is missing', challenge: 'Bearer service="s"', want: 'oci.protocol' },
  { name: 'of another kind', challenge: 'Digest realm="x", nonce="1"', want: 'oci.auth-failed' },
  { name: 'that is not said', challenge: '', want: 'oci.auth-failed' },
];
test.each(realms)('a token endpoint $name gets no password', async ({ challenge, want }) => {
  await using world = await startScriptedRegistry(
    [host, elsewhere],
    () => ({ status: 401, ...(challenge === '' ? {} : { headers: { 'www-authenticate': challenge } }) }),
    { ...patient, tls },
  );
  expect(await judge(world, reach(world, 'tags'))).toBe(want);
  expect(world.calls.every((call) => call.headers['authorization'] === undefined)).toBe(true);
});

test('a registry cannot make us ask for rights at another repository, or for more than to read', async () => {
  const scope =
    'repository:victim/app:pull,push repository:team/app:push,delete,metadata_read registry:catalog:*';
  const challenge = `Bearer realm="https://${host}/token",scope="${scope}"`;
  const answer = (call: ScriptedCall): ScriptedAnswer => {
    if (call.path === '/token') return { body: '{"token":"t0ken"}' };
    if (call.headers['authorization'] !== undefined) return { body: '{"tags":["a"]}' };
    return { status: 401, headers: { 'www-authenticate': challenge } };
  };
  await using world = await startScriptedRegistry([host, elsewhere], answer, { tls });
  await world.registry.listTags(source, signal);
  const asked = world.calls.find((call) => call.path === '/token');
  expect(asked?.query.getAll('scope')).toEqual(['repository:team/app:pull,metadata_read']);
});

const tokens: { name: string; body: string }[] = [
  { name: 'with a line break', body: '{"token":"a\\r\\nx-evil: 1"}' },
  { name: 'of no text', body: '{"token":{"a":1}}' },
  { name: 'that is empty', body: '{"token":""}' },
  { name: 'that is missing', body: '{}' },
];
test.each(tokens)('a token $name is refused', async ({ body }) => {
  await using world = await start((step) => (step === 'token' ? { body } : undefined));
  expect(await judge(world, reach(world, 'tags'))).toBe('oci.protocol');
});
