import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createMemoryMetrics } from '../../../test/support/memory-metrics.ts';
import { createTestTls } from '../../../test/support/tls.ts';
import { createServedWidget, createWidget, widgetKey, widgetType } from '../../../test/support/widget.ts';
import type { ResourceType } from '../../api/meta/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { type Connection, createPlainConnection } from './connection.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { createRest } from './rest.ts';
import { createTransport, type TransportOptions } from './transport.ts';

const live = new AbortController().signal;
const secretType: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function setUp(
  answer: Answer,
  connectionOf?: (server: string) => Promise<Connection>,
  options: TransportOptions = {},
) {
  const sockets = new Set<unknown>();
  const server = createServer(answer);
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = (await connectionOf?.(url)) ?? createPlainConnection({ server: url, token: 'hunter2' });
  const clock = createManualClock();
  const metrics = createMemoryMetrics();
  const transport = createTransport({ clock, metrics }, connection, options);
  onTestFinished(async () => {
    await transport.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { rest: createRest(transport), clock, metrics, sockets, url };
}

function sendJson(response: ServerResponse, statusCode: number, value: unknown, headers = {}): void {
  response.writeHead(statusCode, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

function status(code: number, more: JsonObject = {}): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message: `message ${code}`, ...more };
}

const errors: {
  name: string;
  code: number;
  body: unknown;
  headers?: object;
  want: object;
  because: string;
}[] = [
  {
    name: '409',
    code: 409,
    body: status(409, { reason: 'Conflict' }),
    want: { code: 'kube.conflict' },
    because: 'a version did not match',
  },
  {
    name: '409 AlreadyExists',
    code: 409,
    body: status(409, { reason: 'AlreadyExists' }),
    want: { code: 'kube.already-exists' },
    because: 'the reason tells the two apart',
  },
  {
    name: '404 of an object',
    code: 404,
    body: status(404, { reason: 'NotFound', details: { name: 'a', kind: 'widgets' } }),
    want: { code: 'kube.not-found' },
    because: 'the details name it',
  },
  {
    name: '404 of a type',
    code: 404,
    body: '404 page not found',
    want: { code: 'kube.unknown-type' },
    because: 'nothing is named',
  },
  {
    name: '422',
    code: 422,
    body: status(422, { reason: 'Invalid' }),
    want: { code: 'kube.invalid', disposition: 'stop' },
    because: 'the object is wrong',
  },
  {
    name: '400',
    code: 400,
    body: status(400),
    want: { code: 'kube.invalid' },
    because: 'admission denies with it',
  },
  {
    name: '401',
    code: 401,
    body: status(401),
    want: { code: 'kube.unauthorized' },
    because: 'the token is not known',
  },
  {
    name: '403',
    code: 403,
    body: status(403),
    want: { code: 'kube.forbidden', disposition: 'wait' },
    because: 'RBAC may change',
  },
  {
    name: '410',
    code: 410,
    body: status(410),
    want: { code: 'kube.gone' },
    because: 'the version is compacted',
  },
  {
    name: '429',
    code: 429,
    body: status(429),
    headers: { 'retry-after': '7' },
    want: { code: 'kube.too-many-requests', disposition: 'wait', retryAfterMs: 7000 },
    because: 'the server says when',
  },
  {
    name: '429 without a time',
    code: 429,
    body: 'slow',
    want: { retryAfterMs: 1000 },
    because: 'a second is polite',
  },
  {
    name: '500',
    code: 500,
    body: status(500),
    want: { code: 'kube.unavailable', disposition: 'retry' },
    because: 'it may pass',
  },
  {
    name: '503 with a time',
    code: 503,
    body: status(503, { details: { retryAfterSeconds: 3 } }),
    want: { code: 'kube.unavailable', disposition: 'wait', retryAfterMs: 3000 },
    because: 'the details may say when',
  },
  {
    name: 'HTML',
    code: 200,
    body: '<html>',
    want: { code: 'kube.protocol' },
    because: 'a login page is no API server',
  },
  {
    name: 'another object',
    code: 200,
    body: { kind: 'Widget' },
    want: { code: 'kube.protocol' },
    because: 'metadata is missing',
  },
  {
    name: 'a textual version',
    code: 200,
    body: { ...createServedWidget('a', 1), metadata: { name: 'a', uid: 'u', resourceVersion: 'abc' } },
    want: { code: 'kube.unsupported-version' },
    because: 'newer and older could not be told apart',
  },
];
test.each(errors)('$name', async ({ code, body, headers, want, because }) => {
  const answer: Answer = (_request, response) => {
    if (typeof body === 'string') response.writeHead(code, { ...headers }).end(body);
    else sendJson(response, code, body, headers);
  };
  const { rest } = await setUp(answer, undefined, { maxBusyRetries: 0 });
  await expect(rest.get(widgetType, widgetKey(), live), because).rejects.toMatchObject(want);
});

test('a request that the server puts off is sent again when the server says, and not for ever', async () => {
  let count = 0;
  let isBusy = true;
  const { rest, clock } = await setUp((_request, response) => {
    count += 1;
    if (isBusy && count !== 3) sendJson(response, 429, status(429), { 'retry-after': '2' });
    else sendJson(response, 200, createServedWidget('a', 1));
  });
  const arrived = (wanted: number): Promise<void> =>
    vi.waitFor(() => expect([count, clock.pending]).toEqual([wanted, 1]), { interval: 2, timeout: 10_000 });
  const answer = rest.get(widgetType, widgetKey(), live);
  await arrived(1);
  await clock.advance(1999);
  expect(count).toBe(1);
  await clock.advance(1);
  await arrived(2);
  await clock.advance(2000);
  expect((await answer).metadata.name).toBe('a');
  const refused = rest.get(widgetType, widgetKey(), live).catch((error: unknown) => error);
  for (let wanted = 4; wanted <= 8; wanted += 1) {
    await arrived(wanted);
    await clock.advance(2000);
  }
  expect(await refused).toMatchObject({ code: 'kube.too-many-requests' });
  isBusy = false;
});

test('a limit of its own delays requests, and without one nothing does', async () => {
  const answer: Answer = (_request, response) => sendJson(response, 200, createServedWidget('a', 1));
  const { rest, clock } = await setUp(answer, undefined, { requestLimit: { perSecond: 10, burst: 2 } });
  const startMs = clock.nowMs();
  const times: number[] = [];
  const all = Array.from({ length: 5 }, async () => {
    await rest.get(widgetType, widgetKey(), live);
    times.push(clock.nowMs() - startMs);
  });
  await vi.waitFor(() => expect(times).toEqual([0, 0]), { interval: 2, timeout: 10_000 });
  for (let wanted = 3; wanted <= 5; wanted += 1) {
    await clock.advance(100);
    await vi.waitFor(() => expect(times).toHaveLength(wanted), { interval: 2, timeout: 10_000 });
  }
  await Promise.all(all);
  expect(times).toEqual([0, 0, 100, 200, 300]);
});

test('server-side apply says who applies, and a server without it is a coded error', async () => {
  const seen: unknown[] = [];
  let isKnown = true;
  const { rest } = await setUp((request, response) => {
    seen.push(request.method, request.url, request.headers['content-type']);
    if (isKnown) sendJson(response, 200, createServedWidget('a', 1));
    else sendJson(response, 415, status(415, { reason: 'UnsupportedMediaType' }));
  });
  const object = createWidget('a', { spec: { size: 1 } });
  await rest.apply(widgetType, object, { fieldManager: 'gantry', force: true }, live);
  await rest.apply(widgetType, object, { fieldManager: 'gantry', subresource: 'status' }, live);
  const path = '/apis/test.gantry.io/v1/namespaces/demo/widgets/a';
  const type = 'application/apply-patch+yaml';
  expect(seen).toEqual([
    ...['PATCH', `${path}?fieldManager=gantry&force=true`, type],
    ...['PATCH', `${path}/status?fieldManager=gantry`, type],
  ]);
  isKnown = false;
  const refused = rest.apply(widgetType, object, { fieldManager: 'gantry' }, live);
  await expect(refused).rejects.toMatchObject({ code: 'kube.unsupported', disposition: 'stop' });
});

test('messages of the server are kept, except about Secrets', async () => {
  const { rest } = await setUp((_request, response) =>
    sendJson(response, 422, status(422, { reason: 'Invalid', message: 'bad value "hunter2"' })),
  );
  await expect(rest.get(widgetType, widgetKey(), live)).rejects.toThrow(/bad value/);
  const error: unknown = await rest.get(secretType, widgetKey(), live).catch((caught: unknown) => caught);
  expect(String(error)).not.toContain('hunter2');
});

// Two, because a connection is marked free only after the next request has been sent.
test('many requests share a connection or two', async () => {
  const { rest, sockets, metrics, url } = await setUp((_request, response) =>
    sendJson(response, 200, createServedWidget('a', 1)),
  );
  for (let count = 0; count < 20; count += 1) await rest.get(widgetType, widgetKey(), live);
  expect(sockets.size).toBeLessThanOrEqual(2);
  const labels = { code: '200', method: 'GET', host: new URL(url).host };
  expect(metrics.read('rest_client_requests_total', labels)).toBe(20);
});

test('a server that does not answer is given up after the time limit', async () => {
  let arrived: () => void = () => undefined;
  const whenArrived = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const { rest, clock } = await setUp(() => arrived());
  const answer = rest.get(widgetType, widgetKey(), live).catch((caught: unknown) => caught);
  await whenArrived;
  await clock.advance(30_000);
  expect(await answer).toMatchObject({
    code: 'kube.unreachable',
    message: expect.stringContaining('30000 ms'),
  });
});

const half = JSON.stringify(createWidget()).slice(0, 20);
test.each([
  {
    name: 'is cut off',
    answer: (response: ServerResponse) => void response.write(half, () => response.destroy()),
    want: 'kube.unreachable',
  },
  {
    name: 'is larger than the limit',
    answer: (response: ServerResponse) => void response.end('x'.repeat(2_000)),
    want: 'kube.protocol',
  },
  {
    name: 'ends too early',
    answer: (response: ServerResponse) => void response.end(half),
    want: 'kube.protocol',
  },
])('an answer that $name is $want', async ({ answer, want }) => {
  const options = { maxBodyBytes: 1_000 };
  const { rest } = await setUp((_, response) => answer(response.writeHead(200)), undefined, options);
  await expect(rest.get(widgetType, widgetKey(), live)).rejects.toMatchObject({ code: want });
});

test('nobody listening is unreachable, and the caller can give up', async () => {
  const metrics = createMemoryMetrics();
  const transport = createTransport(
    { clock: createManualClock(), metrics },
    createPlainConnection({ server: 'http://127.0.0.1:1' }),
  );
  onTestFinished(() => transport.close());
  const rest = createRest(transport);
  await expect(rest.get(widgetType, widgetKey(), live)).rejects.toMatchObject({ code: 'kube.unreachable' });
  const reason = new Error('enough');
  await expect(rest.get(widgetType, widgetKey(), AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('a server may live below a path', async () => {
  const seen: (string | undefined)[] = [];
  const answer: Answer = (request, response) => {
    seen.push(request.url);
    sendJson(response, 200, createServedWidget('a', 1));
  };
  const { rest } = await setUp(answer, async (server) =>
    createPlainConnection({ server: `${server}/k8s/c1/` }),
  );
  await rest.get(widgetType, widgetKey(), live);
  expect(seen).toEqual(['/k8s/c1/apis/test.gantry.io/v1/namespaces/demo/widgets/a']);
});

test('patches carry their content type, and managed fields are dropped', async () => {
  const seen: (string | undefined)[] = [];
  const { rest } = await setUp((request, response) => {
    seen.push(request.url, request.headers['content-type'], request.headers.authorization);
    const object = createServedWidget('a', 1);
    sendJson(response, 200, { ...object, metadata: { ...object.metadata, managedFields: [{}] } });
  });
  const options = { subresource: 'status' } as const;
  const object = await rest.patch(widgetType, widgetKey(), { status: {} }, options, live);
  await rest.patch(widgetType, widgetKey(), [{ op: 'test', path: '/x', value: 1 }], {}, live);
  expect(seen).toEqual([
    '/apis/test.gantry.io/v1/namespaces/demo/widgets/a/status',
    'application/merge-patch+json',
    'Bearer hunter2',
    '/apis/test.gantry.io/v1/namespaces/demo/widgets/a',
    'application/json-patch+json',
    'Bearer hunter2',
  ]);
  expect(object.metadata).not.toHaveProperty('managedFields');
});

test('a kubeconfig gives server, token and exec plugin, and a refused token is asked for anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-kubeconfig-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const plugin = join(folder, 'plugin.cjs');
  const tokens = JSON.stringify(join(folder, 'count'));
  writeFileSync(
    plugin,
    `const fs = require('node:fs');
     let count = 0;
     try { count = Number(fs.readFileSync(${tokens}, 'utf8')); } catch {}
     fs.writeFileSync(${tokens}, String(count + 1));
     const status = { token: 'token-' + count, expirationTimestamp: '2000-01-01T00:00:00Z' };
     console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }));`,
  );
  const seen: (string | undefined)[] = [];
  const answer: Answer = (request, response) => {
    seen.push(request.headers.authorization);
    if (seen.length === 1) sendJson(response, 401, status(401));
    else sendJson(response, 200, createServedWidget('a', 1));
  };
  const { rest } = await setUp(answer, async (server) => {
    const path = join(folder, 'config');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [plugin],
      interactiveMode: 'Never',
    };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      clusters: [{ name: 'k', cluster: { server } }],
      users: [{ name: 'u', user: { exec } }],
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    };
    writeFileSync(path, JSON.stringify(config));
    return loadKubeconfig(createManualClock(), { path });
  });
  await rest.get(widgetType, widgetKey(), live);
  expect(seen).toHaveLength(2);
  expect(seen[0]).toMatch(/^Bearer token-/);
  expect(seen[1]).toMatch(/^Bearer token-/);
  expect(seen[1]).not.toBe(seen[0]);
});

test('the certificate authority of the connection is used, and only it', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const server = createHttpsServer({ cert: tls.cert, key: tls.key }, (_request, response) =>
    sendJson(response, 200, createServedWidget('a', 1)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  async function read(connection: Connection): Promise<string> {
    const transport = createTransport(
      { clock: createManualClock(), metrics: createMemoryMetrics() },
      connection,
    );
    onTestFinished(() => transport.close());
    return (await createRest(transport).get(widgetType, widgetKey(), live)).metadata.name;
  }
  expect(await read(createPlainConnection({ server: url, caData: tls.ca }))).toBe('a');
  await expect(read(createPlainConnection({ server: url }))).rejects.toMatchObject({
    code: 'kube.unreachable',
  });
});

test('a kubeconfig that is not there is a coded error', async () => {
  const loading = loadKubeconfig(createManualClock(), { path: '/nowhere/config' });
  await expect(loading).rejects.toMatchObject({ code: 'kube.bad-config' });
});
