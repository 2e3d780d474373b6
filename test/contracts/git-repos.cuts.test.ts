import ssh2 from 'ssh2';
import { describe, expect, test } from 'vitest';
import type { AppError } from '../../src/base/index.ts';
import { createGitServer } from '../../src/embedded/git-server/index.ts';
import { createGitRepos, type GitAdapter } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { Clock, GitRemote, HttpClient } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { type CuttingProxy, type Direction, startCuttingProxy } from '../support/cutting-proxy.ts';
import { hasGitHttpBackend, startGitHttpBackend } from '../support/git-http-backend.ts';
import { startTestServer } from '../support/http-server.ts';
import { createMemoryHostKeys } from '../support/memory-host-keys.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const signal = AbortSignal.timeout(3_600_000);
const person = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_700_000_000 };

/** A host behind a proxy that cuts. */
interface World extends AsyncDisposable {
  readonly proxy: CuttingProxy;
  readonly remote: GitRemote;
  readonly http: HttpClient;
}

/** Cut at every single byte of what goes up and comes down, which takes many minutes; else at some of them. */
const isWhole = process.env['GANTRY_EVERY_BYTE'] === '1';
const step = (usual: number): number => (isWhole ? 1 : usual);
const limits = { timeout: isWhole ? 3_600_000 : 300_000 };

const worlds: { name: string; start: () => Promise<World>; everyPush: number; everyFetch: number }[] = [
  { name: 'the embedded git server', start: startEmbedded, everyPush: step(11), everyFetch: step(5) },
  {
    name: 'the embedded git server over SSH',
    start: startEmbeddedSsh,
    everyPush: step(97),
    everyFetch: step(197),
  },
  ...(hasGitHttpBackend
    ? [{ name: 'native git', start: startNative, everyPush: step(113), everyFetch: step(113) }]
    : []),
];
describe.each(worlds)('a connection to $name', limits, ({ start, everyPush, everyFetch }) => {
  test('that is cut within a push leaves the branch with the commit or without it, and a repetition knows', async () => {
    await using world = await start();
    const origin = await createBase(world);
    const first = connectTo(world);
    let base = (await promote(first, world, origin, 'first')).commit;
    const size = await measure(world, () => promote(first, world, base, 'second'));
    base = (await first.resolve(world.remote, { kind: 'default' }, signal)).commit;
    let seen = { landed: 0, lost: 0, told: 0 };
    for (const [direction, at] of positions(size, everyPush)) {
      const name = `${direction}-${at}`;
      world.proxy.arm(direction, at);
      const outcome = await promote(first, world, base, name).catch((error: AppError) => error);
      world.proxy.disarm();
      const isTold = 'commit' in outcome;
      // After a crash it is another process that goes on.
      const again = at % 2 === 0 ? first : connectTo(world);
      const result = await promote(again, world, base, name);
      if (isTold) {
        expect(result, 'what was told is true').toMatchObject({ adopted: true, commit: outcome.commit });
      } else {
        expect(outcome, name).toMatchObject({ disposition: 'retry' });
        expect(['git.unreachable', 'git.protocol']).toContain(outcome.code);
      }
      seen = count(seen, isTold, result.adopted);
      base = result.commit;
    }
    const all = await log(connectTo(world), world.remote);
    expect(all.length, 'nothing is lost').toBe(new Set(all).size);
    expect(all.length - 3, 'nothing is doubled').toBe([...positions(size, everyPush)].length);
    // A few positions may all lie on one side of the moment at which a server acts.
    if (everyPush > 11) return;
    expect(seen.landed, 'some were cut behind the push').toBeGreaterThan(0);
    expect(seen.lost, 'and some before it').toBeGreaterThan(0);
  });

  test('that is cut within a fetch gives the whole answer or an error that is tried again', async () => {
    await using world = await start();
    const base = await createBase(world);
    // What is shown to an identity is asked for each time.
    const repos = connectTo(world, 0);
    const read = () => repos.readCommit(world.remote, base, signal);
    await read();
    const size = await measure(world, read);
    for (const [direction, at] of positions(size, everyFetch)) {
      world.proxy.arm(direction, at);
      const outcome = await read().catch((error: AppError) => error);
      world.proxy.disarm();
      if ('tree' in outcome) expect(outcome).toMatchObject({ id: base, message: 'Base\n' });
      else expect(outcome, `${direction}-${at}`).toMatchObject({ disposition: 'retry' });
    }
    expect(await read()).toMatchObject({ id: base });
  });
});

function count(
  seen: { landed: number; lost: number; told: number },
  isTold: boolean,
  isAdopted: boolean,
): { landed: number; lost: number; told: number } {
  if (isTold) return { ...seen, told: seen.told + 1 };
  return isAdopted ? { ...seen, landed: seen.landed + 1 } : { ...seen, lost: seen.lost + 1 };
}

/** Every so many bytes of what went up, then of what came down; the last byte of each is always among them. */
function* positions(
  size: { readonly up: number; readonly down: number },
  every: number,
): Generator<[Direction, number]> {
  for (const direction of ['up', 'down'] as const) {
    for (let at = 1; at < size[direction]; at += every) yield [direction, at];
    yield [direction, size[direction]];
  }
}

async function measure(
  { proxy }: World,
  run: () => Promise<unknown>,
): Promise<{ readonly up: number; readonly down: number }> {
  proxy.arm('up', Number.MAX_SAFE_INTEGER);
  await run();
  return proxy.disarm();
}

/** A branch with one commit. */
async function createBase(world: World): Promise<string> {
  const draft = { message: 'Base', author: person, committer: person, headers: [] };
  return (await connectTo(world).createBranch(world.remote, 'main', draft, signal)).commit;
}

const hostKeys = createMemoryHostKeys();

/** Nobody waits between two tries. */
const hurriedClock: Clock = {
  nowMs: () => Date.now(),
  schedule(_delayMs, run) {
    const next = setImmediate(run);
    return () => clearImmediate(next);
  },
};

function connectTo({ http, remote }: World, accessTtlMs = 300_000): GitAdapter {
  const clock = remote.url.startsWith('http') ? hurriedClock : createSystemClock();
  const deps = { http, clock, random: createSeededRandom(), hostKeys };
  return createGitRepos(deps, { accessTtlMs });
}

/** What a promotion pushes: made on the base that it has pinned, so that a repetition makes the same. */
async function promote(repos: GitAdapter, { remote }: World, base: string, name: string) {
  const worktree = await repos.checkout(remote, { commit: base, branch: 'main' }, signal);
  await worktree.write(name, Buffer.from(name), 'file', signal);
  const headers = [{ name: 'promotion', value: `demo/${name}/commit` }];
  await worktree.commit({ message: name, author: person, committer: person, headers }, signal);
  return repos.push({ worktree, branch: 'main', force: false, maxAttempts: 3 }, signal);
}

async function log(repos: GitAdapter, remote: GitRemote): Promise<string[]> {
  const { commit } = await repos.resolve(remote, { kind: 'default' }, signal);
  const { commits } = await repos.history.walk(remote, { head: commit, count: 100_000 }, signal);
  return commits.map(({ message }) => message.trim());
}

async function behind(
  target: string,
  toRemote: (address: string) => GitRemote,
  more: AsyncDisposable,
): Promise<World> {
  const proxy = await startCuttingProxy(target);
  const http = createHttpClient();
  return {
    proxy,
    http,
    remote: toRemote(proxy.address),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await more[Symbol.asyncDispose]();
    },
  };
}

async function startEmbedded(): Promise<World> {
  const git = createGitServer({ clock: createSystemClock() });
  const server = await startTestServer((request, response) => {
    git.handle(request, response);
  });
  return behind(server.address, (address) => ({ url: `http://${address}/demo/app.git` }), server);
}

async function startEmbeddedSsh(): Promise<World> {
  const git = createGitServer({ clock: createSystemClock() });
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const server = await git.listenSsh({ accounts: [{ login: 'bot', publicKey: keys.public }] });
  const credential = { identity: 'secret demo/git', sshPrivateKey: keys.private };
  const toRemote = (address: string): GitRemote => ({ url: `ssh://git@${address}/demo/app.git`, credential });
  return behind(server.address, toRemote, server);
}

async function startNative(): Promise<World> {
  const host = await startGitHttpBackend();
  const { pathname } = new URL(await host.createRepository('app'));
  const credential = { identity: 'secret demo/git', ...host.credential };
  return behind(host.address, (address) => ({ url: `http://${address}${pathname}`, credential }), host);
}
