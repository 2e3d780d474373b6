import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GitWorld, startGitWorld } from '../../../test/support/git-world.ts';
import { attempt, testRun } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import type { Workdir } from '../../ports/index.ts';
import { gitClone } from './index.ts';

const { signal } = new AbortController();
let world: GitWorld;
beforeAll(async () => {
  world = await startGitWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function portsOf(workdir: Workdir) {
  return { git: world.git, credentials: world.credentials, workdir };
}

async function readText(workdir: Workdir, path: string): Promise<string> {
  return Buffer.from(await workdir.read(path, signal)).toString();
}

describe('checkouts', () => {
  const cases = [
    { name: 'no reference', checkout: {}, want: 'main', because: 'the default branch is what docs promise' },
    { name: 'a branch', checkout: { branch: 'env/prod' }, want: 'prod', because: '' },
    {
      name: 'a branch by its full name',
      checkout: { branch: 'refs/heads/env/prod' },
      want: 'prod',
      because: 'git takes it, too',
    },
    { name: 'an empty branch', checkout: { branch: '', tag: '' }, want: 'main', because: 'empty is unset' },
  ];
  test.each(cases)('$name', async ({ checkout, want }) => {
    const { url, name } = world.seed({ 'a.txt': 'main' });
    world.server.commitFiles(name, 'env/prod', { files: { 'a.txt': 'prod' }, message: 'prod\n' });
    const workdir = createWorkdir();
    const config = { repoURL: url, checkout: [{ path: './src', ...checkout }] };
    const { outcome, pinned } = await attempt(gitClone, config, { ports: portsOf(workdir) });
    const [head] = world.server.log(name, want === 'main' ? 'main' : 'env/prod');
    expect(outcome).toMatchObject({
      kind: 'done',
      status: 'Succeeded',
      output: { commits: { './src': head?.id } },
    });
    expect(pinned).toEqual({ './src': head?.id });
    expect(await readText(workdir, 'src/a.txt')).toBe(want);
  });

  test('a pinned commit is read although the branch has moved', async () => {
    const { url, name } = world.seed({ 'a.txt': 'old' });
    const config = { repoURL: url, checkout: [{ path: 'src', branch: 'main' }] };
    const first = await attempt(gitClone, config, { ports: portsOf(createWorkdir()) });
    world.server.commitFiles(name, 'main', { files: { 'a.txt': 'new' }, message: 'move\n' });
    const workdir = createWorkdir();
    const ports = { ...portsOf(workdir), git: world.restart().git };
    const pins = first.pinned ?? {};
    const again = await attempt(gitClone, config, { ports, pins });
    expect(again.outcome).toEqual(first.outcome);
    expect(await readText(workdir, 'src/a.txt')).toBe('old');
    expect(workdir.worktreeAt('src').worktree.branch).toBe('main');
  });

  test('a sparse checkout shows its directories and keeps the others', async () => {
    const { url } = world.seed({ top: 't', 'apps/a/v': 'a', 'apps/b/v': 'b', 'other/x': 'x' });
    const workdir = createWorkdir();
    const config = { repoURL: url, checkout: [{ path: 'src', sparse: ['apps/a'] }] };
    await attempt(gitClone, config, { ports: portsOf(workdir) });
    expect(await workdir.glob('**/*', signal)).toEqual([
      'src',
      'src/apps',
      'src/apps/a',
      'src/apps/a/v',
      'src/top',
    ]);
    await workdir.write('src/apps/a/v', Buffer.from('new'), 'file', signal);
    const { worktree } = workdir.worktreeAt('src');
    const who = { name: 'A', email: 'a@b', timeSec: 0 };
    await worktree.commit({ message: 'm', author: who, committer: who, headers: [] }, signal);
    const pushed = await world.git.push({ worktree, branch: 'main', force: false, maxAttempts: 1 }, signal);
    const whole = await world.git.checkout(worktree.remote, { commit: pushed.commit }, signal);
    expect(await readText(workdir, 'src/apps/a/v')).toBe('new');
    expect(Buffer.from(await whole.read('apps/b/v', signal)).toString()).toBe('b');
    expect(Buffer.from(await whole.read('other/x', signal)).toString()).toBe('x');
  });

  test('an author of the clone commits in its checkouts', async () => {
    const { url } = world.seed({ 'a.txt': 'a' });
    const workdir = createWorkdir();
    const author = { name: 'Robot', email: 'robot@example.com', signingKey: '' };
    const config = { repoURL: url, author, checkout: [{ path: 'src' }] };
    await attempt(gitClone, config, { ports: portsOf(workdir) });
    expect(workdir.worktreeAt('src').author).toEqual({ name: 'Robot', email: 'robot@example.com' });
  });

  test('a signing key of the clone’s author signs in its checkouts', async () => {
    const { url } = world.seed({ 'a.txt': 'a' });
    const workdir = createWorkdir();
    const author = { name: 'Robot', email: 'robot@example.com', signingKey: 'k' };
    await attempt(
      gitClone,
      { repoURL: url, author, checkout: [{ path: 'src' }] },
      { ports: portsOf(workdir) },
    );
    expect(workdir.worktreeAt('src').author).toMatchObject({ signingKey: { privateKey: 'k' } });
  });
});

describe('a branch that does not exist', () => {
  test('is an error', async () => {
    const { url } = world.seed({ 'a.txt': 'a' });
    const config = { repoURL: url, checkout: [{ path: 'src', branch: 'nope' }] };
    await expect(attempt(gitClone, config, { ports: portsOf(createWorkdir()) })).rejects.toMatchObject({
      code: 'git.ref-not-found',
    });
  });

  test('is made once, dated as the promotion, when asked for', async () => {
    const { url, name } = world.seed({ 'a.txt': 'a' });
    const config = { repoURL: url, checkout: [{ path: 'out', branch: 'env/new', create: true }] };
    const first = await attempt(gitClone, config, { ports: portsOf(createWorkdir()) });
    const second = await attempt(gitClone, config, { ports: portsOf(createWorkdir()) });
    expect(second.outcome).toEqual(first.outcome);
    const log = world.server.log(name, 'env/new');
    expect(log).toHaveLength(1);
    expect(JSON.stringify(log)).toContain('Initial commit');
    expect(JSON.stringify(log)).toContain(String(Math.floor(testRun.startedAtMs / 1000)));
  });

  test.each(['a b', '-x', 'a..b'])('is not made under the name %s', async (branch) => {
    const { url } = world.seed({ 'a.txt': 'a' });
    const config = { repoURL: url, checkout: [{ path: 'src', branch, create: true }] };
    const refused = attempt(gitClone, config, { ports: portsOf(createWorkdir()) });
    await expect(refused).rejects.toMatchObject({ code: 'git.bad-ref-name', disposition: 'stop' });
  });

  test('is taken from another promotion that made it meanwhile', async () => {
    const { url, name } = world.seed({ 'a.txt': 'a' });
    const { git } = world;
    const late: typeof git = {
      ...bind(git),
      async createBranch(...args) {
        world.server.commitFiles(name, 'env/race', { files: { 'b.txt': 'b' }, message: 'first\n' });
        return await git.createBranch(...args);
      },
    };
    const config = { repoURL: url, checkout: [{ path: 'out', branch: 'env/race', create: true }] };
    const { outcome } = await attempt(gitClone, config, {
      ports: { ...portsOf(createWorkdir()), git: late },
    });
    expect(outcome).toMatchObject({
      output: { commits: { out: world.server.log(name, 'env/race')[0]?.id } },
    });
  });
});

describe('refusals', () => {
  const cases = [
    {
      name: 'two checkouts of one name',
      config: { checkout: [{ path: 'a', as: 'x' }, { path: 'x' }] },
      want: 'duplicate checkout alias "x"',
    },
    {
      name: 'two checkouts at one path',
      config: {
        checkout: [
          { path: 'a', as: 'x' },
          { path: 'a', as: 'y' },
        ],
      },
      want: 'two checkouts at "a"',
    },
    {
      name: 'one path in two spellings',
      config: {
        checkout: [
          { path: './a/b', as: 'x' },
          { path: '/a/c/../b/', as: 'y' },
        ],
      },
      want: 'two checkouts at "a/b"',
    },
    {
      name: 'sparse paths that are no directories below the root',
      config: { checkout: [{ path: 'a', sparse: ['x', '../y'] }] },
      want: 'sparse: "../y"',
    },
  ];
  test.each(cases)('$name', async ({ config, want }) => {
    const workdir = createWorkdir();
    const { outcome } = await attempt(
      gitClone,
      { repoURL: 'https://x/y', ...config },
      { ports: portsOf(workdir) },
    );
    expect(outcome).toMatchObject({ kind: 'failed', status: 'Failed', terminal: true });
    expect(outcome.message).toContain(want);
  });

  test('leaves nothing behind when its second checkout fails', async () => {
    const { url } = world.seed({ 'a.txt': 'a' });
    const workdir = createWorkdir();
    const config = { repoURL: url, checkout: [{ path: 'a' }, { path: 'b', branch: 'nope' }] };
    await expect(attempt(gitClone, config, { ports: portsOf(workdir) })).rejects.toThrow();
    expect(await workdir.list('', signal)).toEqual([]);
  });

  test('ends when it is aborted', async () => {
    const { url } = world.seed({ 'a.txt': 'a' });
    const draft = { ports: portsOf(createWorkdir()), signal: AbortSignal.abort() };
    await expect(attempt(gitClone, { repoURL: url, checkout: [{ path: 'a' }] }, draft)).rejects.toThrow();
  });
});

function bind(git: GitWorld['git']): GitWorld['git'] {
  return {
    resolve: (...args) => git.resolve(...args),
    checkout: (...args) => git.checkout(...args),
    createBranch: (...args) => git.createBranch(...args),
    readCommit: (...args) => git.readCommit(...args),
    push: (...args) => git.push(...args),
    pushTag: (...args) => git.pushTag(...args),
  };
}
