import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createProxy, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createMemoryMetrics } from '../../../test/support/memory-metrics.ts';
import { createTestTls, type TestTls } from '../../../test/support/tls.ts';
import { createServedWidget, widgetKey, widgetType } from '../../../test/support/widget.ts';
import type { JsonObject } from '../../base/index.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { createRest } from './rest.ts';
import { createTransport } from './transport.ts';

const live = new AbortController().signal;

/** What the server saw of one request. */
interface Visit {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** Fingerprint of the client certificate. */
  readonly certificate: string | undefined;
}

/** An API server over TLS that writes down who comes. */
async function startServer(tls: TestTls, more: { readonly statusCodes?: number[] } = {}) {
  const visits: Visit[] = [];
  const options = { cert: tls.cert, key: tls.key, ca: tls.ca, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, (request: IncomingMessage, response) => {
    const socket = request.socket as TLSSocket;
    // Shown is shown: two authorities of one name, as the tests make them, cannot both be trusted.
    const certificate: string | undefined = socket.getPeerCertificate().fingerprint256;
    visits.push({ headers: request.headers, rawHeaders: request.rawHeaders, certificate });
    const statusCode = more.statusCodes?.shift() ?? 200;
    const status = { kind: 'Status', code: statusCode, reason: 'Unauthorized' };
    response.writeHead(statusCode, { 'content-type': 'application/json' });
    response.end(JSON.stringify(statusCode === 200 ? createServedWidget('a', 1) : status));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { visits, port: (server.address() as AddressInfo).port };
}

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-kubeconfig-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a kubeconfig with one cluster, one user (or none) and one context. */
function writeConfig(
  folder: string,
  cluster: JsonObject,
  user?: JsonObject,
  name: string = 'config',
): string {
  const path = join(folder, name);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'k', cluster }],
    users: user === undefined ? [] : [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'k', ...(user === undefined ? {} : { user: 'u' }) } }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

async function open(path: string) {
  const clock = createManualClock();
  const connection = await loadKubeconfig(clock, { path });
  const transport = createTransport({ clock, metrics: createMemoryMetrics() }, connection);
  onTestFinished(() => transport.close());
  const rest = createRest(transport);
  return { clock, read: () => rest.get(widgetType, widgetKey(), live) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const ways: {
  name: string;
  hosts: readonly string[];
  cluster: (tls: TestTls) => JsonObject;
  works: boolean;
  because: string;
}[] = [
  {
    name: 'CA data',
    hosts: ['127.0.0.1'],
    cluster: ({ ca }) => ({ 'certificate-authority-data': base64(ca) }),
    works: true,
    because: 'the authority is known',
  },
  {
    name: 'a CA file',
    hosts: ['127.0.0.1'],
    cluster: () => ({ 'certificate-authority': 'ca.pem' }),
    works: true,
    because: 'paths are relative to the kubeconfig',
  },
  {
    name: 'no CA',
    hosts: ['127.0.0.1'],
    cluster: () => ({}),
    works: false,
    because: 'the system does not know the authority',
  },
  {
    name: 'insecure-skip-tls-verify',
    hosts: ['127.0.0.1'],
    cluster: () => ({ 'insecure-skip-tls-verify': true }),
    works: true,
    because: 'somebody asked for it',
  },
  {
    name: 'another name in the certificate',
    hosts: ['kube.internal'],
    cluster: ({ ca }) => ({ 'certificate-authority-data': base64(ca) }),
    works: false,
    because: 'the certificate is for another server',
  },
  {
    name: 'tls-server-name',
    hosts: ['kube.internal'],
    cluster: ({ ca }) => ({
      'certificate-authority-data': base64(ca),
      'tls-server-name': 'kube.internal',
    }),
    works: true,
    because: 'the name is looked for that was asked for',
  },
];
for (const user of [{ token: 't' }, undefined] as const) {
  test.each(ways)(`$name, ${user === undefined ? 'without a user' : 'with a token'}`, async (row) => {
    const tls = await createTestTls(row.hosts);
    const { port, visits } = await startServer(tls);
    const folder = createFolder();
    writeFileSync(join(folder, 'ca.pem'), tls.ca);
    const cluster = { server: `https://127.0.0.1:${port}`, ...row.cluster(tls) };
    const { read } = await open(writeConfig(folder, cluster, user));
    const answer = await read().then(
      () => true,
      () => false,
    );
    expect(answer, row.because).toBe(row.works);
    if (row.works) expect(visits[0]?.headers.authorization).toBe(user === undefined ? undefined : 'Bearer t');
  });
}

test('a client certificate is shown, and one that was exchanged on disk soon after', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const other = await createTestTls(['127.0.0.1']);
  const { port, visits } = await startServer(tls);
  const folder = createFolder();
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(tls.ca) };
  writeFileSync(join(folder, 'cert.pem'), tls.cert);
  writeFileSync(join(folder, 'key.pem'), tls.key);
  const user = { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' };
  const { read, clock } = await open(writeConfig(folder, cluster, user));
  await read();
  writeFileSync(join(folder, 'cert.pem'), other.cert);
  writeFileSync(join(folder, 'key.pem'), other.key);
  await clock.advance(10_000);
  await read();
  const data = { 'client-certificate-data': base64(tls.cert), 'client-key-data': base64(tls.key) };
  const spelledOut = await open(writeConfig(folder, cluster, data, 'data'));
  await spelledOut.read();
  const [first, second, third] = visits.map(({ certificate }) => certificate);
  expect(first).toBeDefined();
  expect(second).toBeDefined();
  expect(second).not.toBe(first);
  expect(third).toBe(first);
});

test('a token file is read again, at once when the token is refused, and may be missing for a moment', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const { port, visits } = await startServer(tls, { statusCodes: [200, 200, 401, 200, 200] });
  const folder = createFolder();
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(tls.ca) };
  const file = join(folder, 'token');
  writeFileSync(file, 'one\n');
  const { read, clock } = await open(writeConfig(folder, cluster, { tokenFile: 'token', token: 'old' }));
  await read();
  writeFileSync(file, 'two\n');
  await clock.advance(10_000);
  await read();
  writeFileSync(file, 'three\n');
  await read();
  rmSync(file);
  await clock.advance(10_000);
  await read();
  const tokens = visits.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
  expect(tokens).toEqual(['one', 'two', 'two', 'three', 'three']);
});

test('impersonation is asked for with every header it has', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const { port, visits } = await startServer(tls);
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(tls.ca) };
  const user = {
    token: 't',
    as: 'system:serviceaccount:kargo:kargo-controller',
    'as-uid': '42',
    'as-groups': ['system:serviceaccounts', 'system:authenticated'],
    'as-user-extra': { 'example.com/team': ['blue', 'red'] },
  };
  const { read } = await open(writeConfig(createFolder(), cluster, user));
  await read();
  const pairs: [string, string][] = [];
  const raw = visits[0]?.rawHeaders ?? [];
  for (let index = 0; index < raw.length; index += 2) {
    pairs.push([raw[index]?.toLowerCase() ?? '', raw[index + 1] ?? '']);
  }
  expect(pairs.filter(([name]) => name.startsWith('impersonate-'))).toEqual(
    expect.arrayContaining([
      ['impersonate-user', 'system:serviceaccount:kargo:kargo-controller'],
      ['impersonate-uid', '42'],
      ['impersonate-group', 'system:serviceaccounts'],
      ['impersonate-group', 'system:authenticated'],
      ['impersonate-extra-example.com%2fteam', 'blue'],
      ['impersonate-extra-example.com%2fteam', 'red'],
    ]),
  );
});

test('a proxy is used when the cluster names one', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const { port } = await startServer(tls);
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createProxy().on('connect', (request: IncomingMessage, client: Socket) => {
    tunnels.push(request.url ?? '');
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': base64(tls.ca),
    'proxy-url': `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  };
  const { read } = await open(writeConfig(createFolder(), cluster, { token: 't' }));
  expect((await read()).metadata.name).toBe('a');
  expect(tunnels).toEqual([`127.0.0.1:${port}`]);
  const socks = writeConfig(
    createFolder(),
    { ...cluster, 'proxy-url': 'socks5://127.0.0.1:1' },
    { token: 't' },
  );
  await expect(open(socks)).rejects.toMatchObject({ code: 'kube.bad-config' });
});

/** An exec plugin that writes down what it was told, and answers with `status`. */
function writePlugin(folder: string, status: JsonObject, before: string = ''): JsonObject {
  const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
  writeFileSync(
    join(folder, 'plugin.cjs'),
    `const fs = require('node:fs');
     fs.appendFileSync(${JSON.stringify(join(folder, 'told'))}, process.env.KUBERNETES_EXEC_INFO + ' ' + process.env.FLAVOR + '\\n');
     ${before}
     console.log(${JSON.stringify(JSON.stringify(answer))});`,
  );
  writeFileSync(
    join(folder, 'plugin'),
    `#!/bin/sh\nexec ${process.execPath} "$(dirname "$0")/plugin.cjs"\n`,
    {
      mode: 0o700,
    },
  );
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: './plugin',
    env: [{ name: 'FLAVOR', value: 'sweet' }],
    interactiveMode: 'Never',
  };
}

test('a plugin is told the cluster, found beside the kubeconfig, run once for all, and gives a certificate', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const { port, visits } = await startServer(tls);
  const folder = createFolder();
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(tls.ca) };
  const exec = writePlugin(folder, { clientCertificateData: tls.cert, clientKeyData: tls.key });
  const { read } = await open(writeConfig(folder, cluster, { exec: { ...exec, provideClusterInfo: true } }));
  await Promise.all([read(), read(), read()]);
  const { readFileSync } = await import('node:fs');
  const told = readFileSync(join(folder, 'told'), 'utf8').trim().split('\n');
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/ sweet$/);
  expect(JSON.parse(told[0]?.replace(/ sweet$/, '') ?? '')).toEqual({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false, cluster },
  });
  expect(visits.map(({ certificate }) => certificate !== undefined)).toEqual([true, true, true]);
});

test('a plugin that fails is a coded error that is retried, and one that hangs holds nobody up', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const { port } = await startServer(tls);
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(tls.ca) };
  const broken = createFolder();
  const failing = await open(
    writeConfig(broken, cluster, { exec: writePlugin(broken, {}, 'process.exit(1);') }),
  );
  await expect(failing.read()).rejects.toMatchObject({ code: 'kube.unauthorized', disposition: 'retry' });

  const slow = createFolder();
  writeFileSync(join(slow, 'wait'), '');
  const wait = `while (fs.existsSync(${JSON.stringify(join(slow, 'wait'))})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);`;
  const hanging = await open(writeConfig(slow, cluster, { exec: writePlugin(slow, { token: 't' }, wait) }));
  const answer = hanging.read().catch((error: unknown) => error);
  await vi.waitFor(() => expect(hanging.clock.pending).toBeGreaterThan(0), { timeout: 10_000 });
  await hanging.clock.advance(30_000);
  expect(await answer).toMatchObject({ code: 'kube.unreachable' });
  rmSync(join(slow, 'wait'));
  expect((await hanging.read()).metadata.name).toBe('a');
});

test('of several files the first to name something counts, and missing ones do not matter', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const { port, visits } = await startServer(tls);
  const folder = createFolder();
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(tls.ca) };
  const first = join(folder, 'first');
  writeFileSync(first, JSON.stringify({ users: [{ name: 'u', user: { token: 'first', as: 'alice' } }] }));
  const second = writeConfig(folder, cluster, { token: 'second', as: 'bob' }, 'second');
  const { read } = await open([join(folder, 'missing'), first, second].join(delimiter));
  await read();
  expect(visits[0]?.headers).toMatchObject({ authorization: 'Bearer first', 'impersonate-user': 'alice' });
});

test('a kubeconfig that cannot be read is refused without quoting it', async () => {
  const path = join(createFolder(), 'config');
  writeFileSync(path, 'users:\n- name: u\n  user: {token: hunter2\n  bad: [');
  const error: unknown = await loadKubeconfig(createManualClock(), { path }).catch(
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject({ code: 'kube.bad-config' });
  expect(`${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`).not.toContain(
    'hunter2',
  );
});
