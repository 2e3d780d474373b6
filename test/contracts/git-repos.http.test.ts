import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createGitServer } from '../../src/embedded/git-server/index.ts';
import { createGitRepos, type GitAdapter } from '../../src/git/index.ts';
import { createHttpClient, type HttpClientOptions } from '../../src/http/index.ts';
import type { GitRemote } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { startTestServer, type TestServer } from '../support/http-server.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { createTestTls, type TestTls } from '../support/tls.ts';

const signal = AbortSignal.timeout(120_000);
const person = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_700_000_000 };
const login = { username: 'gantry', password: 'good' };

/** A git host, what credentials its requests carried, and what may stand before its answers. */
async function startHost(
  before: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
  tls?: TestTls,
): Promise<TestServer & { readonly seen: (string | undefined)[] }> {
  const git = createGitServer(
    { clock: createSystemClock() },
    { accounts: [{ login: 'gantry', token: 'good' }] },
  );
  git.commitFiles('demo/app', 'main', { files: { a: '1' }, message: 'One' });
  const seen: (string | undefined)[] = [];
  const server = await startTestServer((request, response) => {
    seen.push(request.headers.authorization);
    if (!before(request, response)) git.handle(request, response);
  }, tls);
  return { ...server, seen, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

function createRepos(http: ReturnType<typeof createHttpClient>): GitAdapter {
  return createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom() });
}

/** Reads, writes and pushes, so that every kind of request is made. */
async function promote(repos: GitAdapter, remote: GitRemote, text: string = '2'): Promise<void> {
  const at = await repos.resolve(remote, { kind: 'default' }, signal);
  const worktree = await repos.checkout(remote, at, signal);
  await worktree.read('a', signal);
  await worktree.write('a', Buffer.from(text), 'file', signal);
  await worktree.commit({ message: 'Two', author: person, committer: person, headers: [] }, signal);
  await repos.push({ worktree, branch: 'main', force: false, maxAttempts: 1 }, signal);
}

const basic = `Basic ${Buffer.from('gantry:good').toString('base64')}`;
const credentials = [
  { name: 'user name and password', credential: login, want: basic },
  {
    name: 'a token alone',
    credential: { password: 'good' },
    want: `Basic ${Buffer.from('git:good').toString('base64')}`,
  },
  { name: 'a bearer token', credential: { bearerToken: 'good' }, want: 'Bearer good' },
];
test.each(credentials)('$name goes with every request', async ({ credential, want }) => {
  await using host = await startHost();
  await using http = createHttpClient();
  const remote = { url: `${host.url}/demo/app.git`, credential: { identity: 'x', ...credential } };
  await promote(createRepos(http), remote);
  expect(new Set(host.seen)).toEqual(new Set([want]));
});

test('all requests of a promotion go over one connection', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  const ports = new Set<number | undefined>();
  await using host = await startHost(({ socket }) => {
    ports.add(socket.remotePort);
    return false;
  }, tls);
  await using http = createHttpClient({ extraCaPem: tls.ca });
  const repos = createRepos(http);
  const remote = { url: `${host.url}/demo/app.git`, credential: { identity: 'x', ...login } };
  await promote(repos, remote);
  await promote(repos, remote, '3');
  expect(host.seen.length).toBeGreaterThan(6);
  expect(ports.size, 'each connection more is a handshake more').toBe(1);
});

test('a certificate is accepted by its authority, or where the manifest says so', async () => {
  const tls = await createTestTls(['127.0.0.1']);
  await using host = await startHost(undefined, tls);
  const remote = { url: `${host.url}/demo/app.git`, credential: { identity: 'x', ...login } };
  const tryWith = async (options: HttpClientOptions, more: Partial<GitRemote> = {}): Promise<void> => {
    await using http = createHttpClient(options);
    await promote(createRepos(http), { ...remote, ...more });
  };
  await expect(tryWith({})).rejects.toMatchObject({ code: 'git.unreachable', disposition: 'stop' });
  expect(host.seen, 'no credential reaches a host that is not trusted').toEqual([]);
  await tryWith({ extraCaPem: tls.ca });
  await tryWith({}, { insecureSkipTLSVerify: true });
});

test('a redirect is followed for all requests after the first, and credentials go only to their own server', async () => {
  await using target = await startHost();
  await using host = await startHost((request, response) => {
    if (request.url?.startsWith('/old/') !== true) return false;
    const own = request.url.includes('/here.git/');
    response
      .writeHead(301, {
        location: `${own ? '' : target.url}/demo/app.git${request.url.slice(request.url.indexOf('.git') + 4)}`,
      })
      .end();
    return true;
  });
  await using http = createHttpClient();
  const at = (path: string): GitRemote => ({ url: host.url + path, credential: { identity: 'x', ...login } });
  await promote(createRepos(http), at('/old/here.git'));
  expect(host.seen.every((text) => text === basic)).toBe(true);
  const away = promote(createRepos(http), at('/old/away.git'));
  await expect(away).rejects.toMatchObject({ code: 'git.auth-failed' });
  expect(target.seen.length).toBeGreaterThan(0);
  expect(
    target.seen.every((text) => text === undefined),
    'another port is another server',
  ).toBe(true);
});

test('everything goes through the proxy where one is set', async () => {
  const tls = await createTestTls(['git.example']);
  await using host = await startHost(undefined, tls);
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    const [name = '', port = ''] = host.address.split(':');
    const upstream = connect(Number(port), name, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const each of [socket, upstream]) each.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const bound = proxy.address();
  const proxyUrl = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`;
  await using http = createHttpClient({ extraCaPem: tls.ca, proxyFor: () => proxyUrl });
  const remote = { url: 'https://git.example/demo/app.git', credential: { identity: 'x', ...login } };
  await promote(createRepos(http), remote);
  expect(new Set(asked)).toEqual(new Set(['git.example:443']));
  proxy.closeAllConnections();
  proxy.close();
});
