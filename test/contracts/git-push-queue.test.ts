import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GitRepos, PushResult, Worktree } from '../../src/ports/index.ts';
import { type GitWorld, startGitWorld } from '../support/git-world.ts';

const { signal } = new AbortController();
setMaxListeners(0, signal);
const person = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_700_000_000 };

let world: GitWorld;
beforeAll(async () => {
  world = await startGitWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

interface Scene {
  readonly url: string;
  readonly name: string;
  readonly base: string;
}

function seed(): Scene {
  const { url, name } = world.seed({ 'a.txt': '1\n' });
  return { url, name, base: world.server.log(name, 'main')[0]?.id ?? '' };
}

/** A work tree of "main" with one commit that adds a file of the same name as its message. */
async function prepare(
  { url, base }: Scene,
  message: string,
  options: { readonly git?: GitRepos; readonly identity?: string; readonly path?: string } = {},
): Promise<Worktree> {
  const found = await world.credentials.find({ project: 'demo', kind: 'git', repoURL: url }, signal);
  const credential = { ...found, identity: options.identity ?? 'secret demo/git' };
  const { git = world.git, path = `files/${message}` } = options;
  const worktree = await git.checkout({ url, credential }, { commit: base, branch: 'main' }, signal);
  await worktree.write(path, Buffer.from(`${message}\n`), 'file', signal);
  const headers = [{ name: 'promotion', value: `demo/${message}/commit` }];
  await worktree.commit({ message, author: person, committer: person, headers }, signal);
  return worktree;
}

function push(
  worktree: Worktree,
  options: { readonly git?: GitRepos; readonly signal?: AbortSignal } = {},
): Promise<PushResult> {
  const request = { worktree, branch: 'main', force: false, maxAttempts: 50 };
  return (options.git ?? world.git).push(request, options.signal ?? signal);
}

/** What the branch holds, oldest first, without the commit that it began with. */
function landed({ name }: Scene): string[] {
  const messages = world.server.log(name, 'main', 200).map(({ message }) => message.trim());
  return messages.toReversed().slice(1);
}

/** How many pushes have changed a repository while something ran. */
async function countPushes(scene: Scene, run: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const end = world.server.onPushed(({ repository }) => {
    if (repository.toLowerCase() === scene.name) count++;
  });
  await run();
  end();
  return count;
}

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

function prepareAll(scene: Scene, messages: readonly string[], options = {}): Promise<Worktree[]> {
  return Promise.all(messages.map((message) => prepare(scene, message, options)));
}

test('another identity waits for one push of the first at most, however many are behind it', async () => {
  const scene = seed();
  const many = await prepareAll(scene, names('one-', 60), { identity: 'one' });
  const other = await prepare(scene, 'two', { identity: 'two' });
  const queue = [...many.slice(0, 5), other, ...many.slice(5)];
  const pushes = await countPushes(scene, () => Promise.all(queue.map((worktree) => push(worktree))));
  expect(pushes).toBe(3);
  const order = landed(scene);
  expect(order).toHaveLength(61);
  expect(order.indexOf('two'), 'fifty go together').toBe(50);
  expect(order.filter((message) => message !== 'two')).toEqual(names('one-', 60));
});

describe('who gives up', () => {
  test.each([
    { name: 'the first one', aborted: 0 },
    { name: 'one that waits', aborted: 2 },
  ])('does not hold up the others: $name', async ({ aborted }) => {
    const scene = seed();
    const worktrees = await prepareAll(scene, names('p', 4));
    const abort = new AbortController();
    const ends = worktrees.map((worktree, at) =>
      push(worktree, at === aborted ? { signal: abort.signal } : {}),
    );
    abort.abort(new Error('enough'));
    const results = await Promise.allSettled(ends);
    expect(results[aborted]).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    const others = names('p', 4).filter((_, at) => at !== aborted);
    expect(landed(scene).filter((message) => message !== `p${aborted}`)).toEqual(others);
  });

  test('leaves the queue free for the next one, when all do', async () => {
    const scene = seed();
    const worktrees = await prepareAll(scene, names('p', 3));
    const given = worktrees.map((worktree) => push(worktree, { signal: AbortSignal.abort() }));
    const results = await Promise.allSettled(given);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(landed(scene)).toEqual([]);
    await push(await prepare(scene, 'next'));
    expect(landed(scene)).toEqual(['next']);
  });
});

test('a conflict and changes that are not committed end alone', async () => {
  const scene = seed();
  const worktrees = await prepareAll(scene, names('p', 3));
  const clash = await prepare(scene, 'clash', { path: 'a.txt' });
  const dirty = await prepare(scene, 'dirty');
  await dirty.write('files/left', Buffer.from('x'), 'file', signal);
  world.server.commitFiles(scene.name, 'main', { files: { 'a.txt': 'foreign\n' }, message: 'foreign\n' });
  const queue = [clash, ...worktrees.slice(0, 2), dirty, ...worktrees.slice(2)];
  const results = await Promise.allSettled(queue.map((worktree) => push(worktree)));
  expect(results.map((result) => (result.status === 'rejected' ? result.reason.code : 'landed'))).toEqual([
    'git.conflict',
    'landed',
    'landed',
    'git.uncommitted',
    'landed',
  ]);
  expect(landed(scene)).toEqual(['foreign', ...names('p', 3)]);
});

test('foreign pushes in between are kept, and cost one more try each', async () => {
  const scene = seed();
  const worktrees = await prepareAll(scene, names('p', 6));
  const foreign = names('foreign-', 2);
  // One is there before, unknown to this process; another comes right after what it looks at next.
  const intrude = (message = ''): void => {
    world.server.commitFiles(scene.name, 'main', { files: { [message]: 'x\n' }, message: `${message}\n` });
  };
  intrude(foreign[0]);
  const before = world.server.requests['receive-pack'] ?? 0;
  const results = await Promise.all(worktrees.map((worktree) => push(worktree)));
  intrude(foreign[1]);
  await push(await prepare(scene, 'last'));
  expect((world.server.requests['receive-pack'] ?? 0) - before).toBe(4);
  expect(landed(scene)).toEqual([foreign[0], ...names('p', 6), foreign[1], 'last']);
  const ids = world.server.log(scene.name, 'main').map(({ id }) => id);
  for (const { commit } of results) expect(ids).toContain(commit);
});

test('two replicas and a person push to one branch: everything lands, once', async () => {
  const scene = seed();
  const replicas = [world.git, world.restart().git];
  const prepared = await Promise.all(
    replicas.flatMap((git, at) =>
      names(`replica-${at}-`, 6).map(async (message) => ({
        git,
        worktree: await prepare(scene, message, { git }),
      })),
    ),
  );
  let intrusions = 0;
  const end = world.server.onPushed(({ repository }) => {
    if (repository.toLowerCase() !== scene.name || intrusions >= 3) return;
    const message = `person-${intrusions++}`;
    world.server.commitFiles(scene.name, 'main', { files: { [message]: 'x\n' }, message: `${message}\n` });
  });
  const results = await Promise.all(prepared.map(({ git, worktree }) => push(worktree, { git })));
  end();
  const wanted = [...names('replica-0-', 6), ...names('replica-1-', 6), ...names('person-', intrusions)];
  expect(landed(scene).toSorted()).toEqual(wanted.toSorted());
  expect(new Set(results.map(({ commit }) => commit)).size).toBe(12);
  // A replica that takes over after a crash finds what was pushed, and pushes nothing.
  const { git } = world.restart();
  const again = await prepareAll(scene, names('replica-0-', 6), { git });
  const pushes = await countPushes(scene, async () => {
    const found = await Promise.all(again.map((worktree) => push(worktree, { git })));
    expect(found.every(({ adopted }) => adopted)).toBe(true);
  });
  expect(pushes).toBe(0);
});
