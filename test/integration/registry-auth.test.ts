import { expect, test } from 'vitest';
import { createHostBudgets } from '../../src/http/index.ts';
import { createDiskStore } from '../../src/oci/index.ts';
import type { Credential } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { digestOf } from '../../src/wire/oci/index.ts';
import {
  makeScriptedImage,
  type ScriptedAnswer,
  type ScriptedCall,
  serveImage,
  startScriptedRegistry,
} from '../support/scripted-registry.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const { signal } = new AbortController();
const host = 'registry.example.com';
const repoURL = `${host}/team/app`;
const image = makeScriptedImage();
const robot: Credential = { identity: 'secret demo/robot', username: 'robot', password: 'first' };
const basicOf = ({ username, password }: Credential): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
const bearer = `Bearer realm="https://${host}/token",service="s"`;
const refuse = (challenge: string, status = 401): ScriptedAnswer => ({
  status,
  headers: { 'www-authenticate': challenge },
});
const serve = (call: ScriptedCall): ScriptedAnswer => serveImage(image, call) ?? { status: 404 };

const several: { name: string; challenge: string; want: string }[] = [
  { name: 'Bearer is preferred', challenge: `Basic realm="r", ${bearer}`, want: 'Bearer t0ken' },
  {
    name: 'Basic where Bearer has no usable address',
    challenge: 'Bearer realm="r", Basic realm="r"',
    want: basicOf(robot),
  },
  { name: 'others are passed over', challenge: `Negotiate, NTLM TlRM==, ${bearer}`, want: 'Bearer t0ken' },
];
test.each(several)('of several challenges, $name', async ({ challenge, want }) => {
  await using world = await startScriptedRegistry([host], (call) => {
    if (call.path === '/token') return { body: '{"token":"t0ken"}' };
    return call.headers['authorization'] === undefined ? refuse(challenge) : serve(call);
  });
  await world.registry.listTags({ repoURL, credential: robot }, signal);
  expect(world.calls.at(-1)?.headers['authorization']).toBe(want);
});

test.each([401, 403])('a token that is refused with %i is replaced once', async (status) => {
  let issued = 0;
  let valid = 1;
  await using world = await startScriptedRegistry([host], (call) => {
    if (call.path === '/token') return { body: `{"token":"t${++issued}"}` };
    const { authorization } = call.headers;
    if (authorization === undefined) return refuse(bearer);
    return authorization === `Bearer t${valid}` ? serve(call) : status === 401 ? refuse(bearer) : { status };
  });
  const source = { repoURL, credential: robot };
  await world.registry.listTags(source, signal);
  valid = 2;
  await world.registry.listTags(source, signal);
  expect(issued).toBe(2);
  valid = 99;
  await expect(world.registry.listTags(source, signal)).rejects.toMatchObject({ code: 'oci.auth-failed' });
  expect(issued, 'once').toBe(3);
});

test('a password that was changed is used at once, the old one never again', async () => {
  await using world = await startScriptedRegistry([host], (call) =>
    call.headers['authorization'] === undefined ? refuse('Basic realm="r"') : serve(call),
  );
  await world.registry.listTags({ repoURL, credential: robot }, signal);
  const changed = { ...robot, password: 'second' };
  await world.registry.listTags({ repoURL, credential: changed }, signal);
  await world.registry.listTags({ repoURL, credential: changed }, signal);
  expect(world.calls.map((call) => call.headers['authorization'])).toEqual([
    undefined,
    basicOf(robot),
    undefined,
    basicOf(changed),
    basicOf(changed),
  ]);
});

test('an identity token is exchanged, and never sent as a password', async () => {
  await using world = await startScriptedRegistry([host], (call) => {
    if (call.path === '/token') return { body: '{"access_token":"t0ken","expires_in":300}' };
    return call.headers['authorization'] === 'Bearer t0ken'
      ? serve(call)
      : refuse(`Basic realm="r", ${bearer}`);
  });
  const credential = { ...robot, username: '<token>', password: 'refresh' };
  await world.registry.listTags({ repoURL, credential }, signal);
  const asked = world.calls.find((call) => call.path === '/token');
  expect(asked?.method).toBe('POST');
  expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'refresh',
    client_id: 'gantry',
    service: 's',
    scope: 'repository:team/app:pull',
  });
  for (const call of world.calls) expect(call.headers['authorization'] ?? '').not.toContain('Basic');
});

test('an identity token without anybody who takes it is refused', async () => {
  await using world = await startScriptedRegistry([host], () => refuse('Basic realm="r"'));
  const credential = { ...robot, username: '<token>', password: 'refresh' };
  const listed = world.registry.listTags({ repoURL, credential }, signal);
  await expect(listed).rejects.toMatchObject({ code: 'oci.auth-failed' });
});

test('a limit of one identity does not hold another one back', async () => {
  const deps = { clock: createSystemClock(), random: createSeededRandom() };
  const budgets = createHostBudgets(deps, { requestsPerSecond: 1e6 });
  await using world = await startScriptedRegistry(
    [host],
    (call) => {
      if (call.headers['authorization'] === undefined) return refuse('Basic realm="r"');
      const isRobot = call.headers['authorization'] === basicOf(robot);
      return isRobot ? { status: 429, headers: { 'retry-after': '60' } } : serve(call);
    },
    { budgets },
  );
  const limited = { repoURL, credential: robot };
  const code = 'oci.rate-limited';
  await expect(world.registry.listTags(limited, signal)).rejects.toMatchObject({ code });
  const asked = world.calls.length;
  await expect(world.registry.listTags(limited, signal)).rejects.toMatchObject({ code, disposition: 'wait' });
  expect(world.calls.length, 'not asked again').toBe(asked);
  const other = { identity: 'secret other/robot', username: 'other', password: 'p' };
  expect(await world.registry.listTags({ repoURL, credential: other }, signal)).toEqual(['v1']);
});

test('after a restart, what the folder has is not asked for again', async () => {
  using folder = createTempFolder();
  const store = () => createDiskStore({ clock: createSystemClock() }, { folder: folder.path, maxBytes: 1e6 });
  const texts: (readonly string[])[] = [];
  for (let start = 0; start < 2; start++) {
    await using world = await startScriptedRegistry([host], serve, { client: { store: store() } });
    const facts = await world.registry.readTag({ repoURL }, 'v1', signal);
    expect(facts).toMatchObject({ digest: image.digest, createdAtMs: Date.parse('2026-01-02T03:04:05Z') });
    texts.push(
      world.texts().map((text) => text.replace(`${host}/v2/team/app/`, '').replace(/sha256:\w+/, 'x')),
    );
  }
  expect(texts).toEqual([['GET manifests/v1', 'GET blobs/x'], ['HEAD manifests/v1']]);
});

test('a blob whose connection breaks is taken up where it broke', async () => {
  const content = Buffer.alloc(300_000, 'abc');
  const digest = digestOf(content);
  const ranges: (string | undefined)[] = [];
  await using world = await startScriptedRegistry([host], (call) => {
    ranges.push(call.headers['range']);
    const start = Number(/bytes=(?<start>\d+)-/.exec(call.headers['range'] ?? '')?.groups?.['start'] ?? 0);
    return {
      take(response) {
        const isLast = ranges.length >= 3;
        const end = isLast ? content.length : start + 100_000;
        response.writeHead(start === 0 ? 200 : 206, {
          'content-length': String(content.length - start),
          ...(start === 0
            ? {}
            : { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
        });
        response.write(content.subarray(start, end), () => (isLast ? response.end() : response.destroy()));
      },
    };
  });
  const chunks: Uint8Array[] = [];
  const blob = { digest, maxBytes: 1e6 };
  for await (const chunk of world.artifacts.readBlob({ repoURL }, blob, signal)) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(content)).toBe(true);
  expect(ranges[0]).toBeUndefined();
  expect(ranges.length).toBeGreaterThanOrEqual(3);
});
