import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  type Call,
  type CallAnswer,
  type KubeApiUnderTest,
  send,
  watch,
} from '../../../test/contracts/kube-api/client.ts';
import { createManualClock, type ManualClock } from '../../../test/support/manual-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { type ApiServerOptions, createApiServer } from './server.ts';

interface Running extends KubeApiUnderTest {
  readonly clock: ManualClock;
}

const open: Running[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

async function start(options: Partial<ApiServerOptions> = {}): Promise<Running> {
  const clock = createManualClock();
  const deps = { clock, random: createSeededRandom(), log: createRecordingLog() };
  const server = await createApiServer(deps, { token: 'admin', ...options });
  const running = { url: server.url, token: 'admin', clock, [Symbol.asyncDispose]: () => server.close() };
  open.push(running);
  return running;
}

const maps = '/api/v1/namespaces/default/secrets';

async function write(server: Running, count: number): Promise<CallAnswer> {
  let last: CallAnswer | undefined;
  for (let index = 0; index < count; index += 1) {
    const name = `m${index}`;
    last = await send(server, { method: 'POST', path: maps, body: { metadata: { name } } });
  }
  if (last === undefined) throw new Error('nothing written');
  return last;
}

test('a watch from before the history ends with 410', async () => {
  const server = await start({ historyLength: 5 });
  await write(server, 20);
  using stream = await watch(server, { path: `${maps}?watch=1&resourceVersion=3` });
  const [line, ...more] = await stream.rest();
  expect(more).toEqual([]);
  expect(line).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  expect(line?.object.message).toMatch(/^too old resource version: 3 \(\d+\)$/);
});

test('a page token from before the history is refused with one that goes on', async () => {
  const server = await start({ historyLength: 5 });
  await write(server, 4);
  const first = await send(server, { path: `${maps}?limit=1` });
  await send(server, { method: 'DELETE', path: `${maps}/m1` });
  for (let index = 0; index < 20; index += 1) {
    const body = { metadata: { labels: { a: String(index) } } };
    await send(server, { method: 'PATCH', path: `${maps}/m3`, type: 'application/merge-patch+json', body });
  }
  const token = (text: string): Call => ({ path: `${maps}?limit=9&continue=${encodeURIComponent(text)}` });
  const refused = await send(server, token(first.body.metadata.continue));
  expect(refused.body).toMatchObject({ code: 410, reason: 'Expired' });
  const rest = await send(server, token(refused.body.metadata.continue));
  const names = rest.body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
  expect(names, 'what is there now, after the first page').toEqual(['m2', 'm3']);
});

test('an exact version from before the history is 410', async () => {
  const server = await start({ historyLength: 5 });
  await write(server, 20);
  const answer = await send(server, { path: `${maps}?resourceVersion=3&resourceVersionMatch=Exact` });
  expect(answer.body).toMatchObject({ code: 410, reason: 'Expired' });
});

test('bookmarks come at their interval', async () => {
  const server = await start({ bookmarkIntervalMs: 1000 });
  const revision = (await send(server, { path: maps })).body.metadata.resourceVersion;
  using stream = await watch(server, {
    path: `${maps}?watch=1&allowWatchBookmarks=1&resourceVersion=${revision}`,
  });
  await send(server, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'other' } } });
  await server.clock.advance(1000);
  const [line] = await stream.take(1);
  expect(line?.type).toBe('BOOKMARK');
  expect(Number(line?.object.metadata.resourceVersion), 'other kinds move it too').toBeGreaterThan(
    Number(revision),
  );
});

test('Events go an hour after they were last written about', async () => {
  const server = await start();
  const path = '/api/v1/namespaces/default/events';
  const body = (name: string) => ({ metadata: { name }, involvedObject: { kind: 'Pod', name: 'p' } });
  await send(server, { method: 'POST', path, body: body('old') });
  await send(server, { method: 'POST', path, body: body('counted') });
  await server.clock.advance(40 * 60 * 1000);
  const lastTimestamp = new Date(server.clock.nowMs()).toISOString().replace(/\.\d+/, '');
  const type = 'application/merge-patch+json';
  await send(server, { method: 'PATCH', path: `${path}/counted`, type, body: { lastTimestamp } });
  await server.clock.advance(40 * 60 * 1000);
  const left = (await send(server, { path })).body.items;
  expect(left.map((event: { metadata: { name: string } }) => event.metadata.name)).toEqual(['counted']);
});

test('closing ends watches', async () => {
  const server = await start();
  using stream = await watch(server, { path: `${maps}?watch=1` });
  await server[Symbol.asyncDispose]();
  open.splice(0);
  expect(await stream.rest()).toEqual([]);
});

test('other tokens are other users', async () => {
  const user = { username: 'alice', groups: ['system:authenticated'] };
  const server = await start({ users: [{ token: 'alices', user }] });
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const call = { method: 'POST', path, body: {}, headers: { authorization: 'Bearer alices' } };
  const answer = await send(server, call);
  expect(answer.body.status.userInfo).toMatchObject({ username: 'alice' });
  const acting = { ...call.headers, 'impersonate-user': 'bob' };
  const other = await send(server, { ...call, headers: acting });
  expect(other.body.status.userInfo.username).toBe('bob');
});

test('requests are counted as a genuine server counts them', async () => {
  const server = await start();
  await write(server, 2);
  await send(server, { path: maps });
  await send(server, { path: `${maps}/none` });
  const { text } = await send(server, { path: '/metrics' });
  expect(text).toContain(
    'apiserver_request_total{verb="POST",group="",version="v1",resource="secrets",subresource="",code="201"} 2',
  );
  expect(text).toContain('verb="LIST",group="",version="v1",resource="secrets",subresource="",code="200"} 1');
  expect(text).toContain('verb="GET",group="",version="v1",resource="secrets",subresource="",code="404"} 1');
});

const garbage = [
  { name: 'no HTTP at all', bytes: '\u0000\u0001\u0002\r\n\r\n' },
  {
    name: 'a body that ends early',
    bytes: `POST ${maps} HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer admin\r\ncontent-length: 99\r\n\r\n{`,
  },
  {
    name: 'a path with a broken escape',
    bytes: 'GET /api/v1/namespaces/%zz HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer admin\r\n\r\n',
  },
  { name: 'no Host', bytes: 'GET / HTTP/1.0\r\n\r\n' },
];
test.each(garbage)('$name leaves the server up', async ({ bytes }) => {
  const server = await start();
  const { host, port } = new URL(server.url);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.end(bytes.replace('HOST', host));
    });
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.resume();
  });
  expect((await send(server, { path: '/healthz' })).text).toBe('ok');
});

test('deep JSON is refused or taken, never fatal', async () => {
  const server = await start();
  const depth = 200_000;
  const body = `{"metadata":{"name":"deep"},"data":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
  expect((await send(server, { method: 'POST', path: maps, body })).code).toBeGreaterThanOrEqual(400);
  expect((await send(server, { path: '/healthz' })).text).toBe('ok');
});

test('a port that is taken is a coded error', async () => {
  const server = await start();
  const port = Number(new URL(server.url).port);
  await expect(start({ port })).rejects.toMatchObject({ code: 'apiserver.listen-failed' });
});
