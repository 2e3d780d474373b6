import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GitWorld, startGitWorld } from '../../../test/support/git-world.ts';
import { attempt, testCommitters, testRun } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import { AppError } from '../../base/index.ts';
import type { GitRepos, PushRequest, Workdir } from '../../ports/index.ts';
import { gitPush } from './index.ts';

const { signal } = new AbortController();
let world: GitWorld;
beforeAll(async () => {
  world = await startGitWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** A checkout of "main" with one local commit, as the steps before a push leave it; the same every time. */
async function checkOut(
  url: string,
  at: { commit: string; branch?: string },
  git: GitRepos,
): Promise<Workdir> {
  const credential = await world.credentials.find({ project: 'demo', kind: 'git', repoURL: url }, signal);
  const remote = { url, ...(credential === undefined ? {} : { credential }) };
  const worktree = await git.checkout(remote, at, signal);
  const workdir = createWorkdir();
  workdir.mount('src', worktree);
  await workdir.write('src/values.yaml', new TextEncoder().encode('tag: 2\n'), 'file', signal);
  const who = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_767_323_045 };
  const headers = [{ name: 'promotion', value: 'demo/prod.01.abc/commit' }];
  await worktree.commit({ message: 'Update\n', author: who, committer: who, headers }, signal);
  return workdir;
}

function seed() {
  const { url, name } = world.seed({ 'values.yaml': 'tag: 1\n', 'other.txt': 'x\n' });
  const base = world.server.log(name, 'main')[0]?.id ?? '';
  return { url, name, at: { commit: base, branch: 'main' } };
}

describe('what is pushed where', () => {
  const cases = [
    { name: 'the branch that is checked out', config: {}, want: 'main' },
    { name: 'another branch', config: { targetBranch: 'env/prod' }, want: 'env/prod' },
    { name: 'a branch by its full name', config: { targetBranch: 'refs/heads/env/prod' }, want: 'env/prod' },
    { name: 'an empty branch name', config: { targetBranch: '' }, want: 'main' },
    {
      name: 'a branch of its own',
      config: { generateTargetBranch: true },
      want: 'kargo/promotion/prod.01.abc',
    },
  ];
  test.each(cases)('$name', async ({ config, want }) => {
    const { url, name, at } = seed();
    const workdir = await checkOut(url, at, world.git);
    const { head } = workdir.worktreeAt('src').worktree;
    const { outcome, claims } = await attempt(
      gitPush,
      { path: './src', ...config },
      { ports: { ...world, workdir } },
    );
    expect(claims).toEqual([{ branch: want, head }]);
    const commitURL = `${url.replace('.git', '')}/commit/${head}`;
    expect(outcome).toEqual({
      kind: 'done',
      status: 'Succeeded',
      output: { commit: head, branch: want, commitURL },
      message: `pushed to ${want}`,
    });
    expect(world.server.log(name, want)[0]?.id).toBe(head);
  });
});

test('rebases when the branch has moved', async () => {
  const { url, name, at } = seed();
  const workdir = await checkOut(url, at, world.git);
  const moved = world.server.commitFiles(name, 'main', { files: { 'other.txt': 'y\n' }, message: 'm\n' });
  const { outcome } = await attempt(gitPush, { path: 'src' }, { ports: { ...world, workdir } });
  const [newest, below] = world.server.log(name, 'main');
  expect(outcome).toMatchObject({ status: 'Succeeded', output: { commit: newest?.id } });
  expect(below?.id).toBe(moved);
});

test('fails for good, and names the file, when both changed the same lines', async () => {
  const { url, name, at } = seed();
  const workdir = await checkOut(url, at, world.git);
  world.server.commitFiles(name, 'main', { files: { 'values.yaml': 'tag: 3\n' }, message: 'm\n' });
  const { outcome } = await attempt(gitPush, { path: 'src' }, { ports: { ...world, workdir } });
  expect(outcome).toMatchObject({ kind: 'failed', status: 'Failed', code: 'git.conflict', terminal: true });
  expect(outcome.message).toContain('values.yaml');
});

test('fails for good when the commits must not be rebased', async () => {
  const { url, at } = seed();
  const workdir = await checkOut(url, at, world.git);
  const git: GitRepos = {
    ...world.git,
    push: () => Promise.reject(new AppError('git.rebase-unsafe', 'unsafe', { disposition: 'stop' })),
  };
  const { outcome } = await attempt(gitPush, { path: 'src' }, { ports: { ...world, git, workdir } });
  expect(outcome).toMatchObject({
    kind: 'failed',
    status: 'Failed',
    code: 'git.rebase-unsafe',
    terminal: true,
  });
});

test('what is rebased is signed by the author of the clone, and else by the operator', async () => {
  const operator = { name: 'Operator', email: 'op@example.com' };
  const robot = { name: 'Robot', email: 'robot@example.com', signingKey: { privateKey: 'k' } };
  for (const author of [robot, undefined]) {
    const { url, at } = seed();
    const before = await checkOut(url, at, world.git);
    const workdir = createWorkdir();
    workdir.mount('src', before.worktreeAt('src').worktree, author === undefined ? {} : { author });
    const requests: PushRequest[] = [];
    const git: GitRepos = {
      ...world.git,
      push: async (request) => {
        requests.push(request);
        return { commit: at.commit, branch: request.branch, adopted: false };
      },
    };
    const committers = { find: async () => operator };
    await attempt(gitPush, { path: 'src' }, { ports: { ...world, git, committers, workdir } });
    expect(requests[0]?.committer).toEqual(author ?? operator);
  }
});

test.each([
  { name: 'the branch itself', config: {} },
  { name: 'a branch of its own', config: { generateTargetBranch: true } },
])('finds its commits after a crash on $name, even when others came on top', async ({ config }) => {
  const { url, name, at } = seed();
  const before = await checkOut(url, at, world.git);
  const first = await attempt(gitPush, { path: 'src', ...config }, { ports: { ...world, workdir: before } });
  const branch = config.generateTargetBranch ? 'kargo/promotion/prod.01.abc' : 'main';
  world.server.commitFiles(name, branch, { files: { 'other.txt': 'later\n' }, message: 'on top\n' });
  const log = world.server.log(name, branch).map((entry) => entry.id);
  const { git, forges } = world.restart();
  const workdir = await checkOut(url, at, git);
  const claimed = first.claims[0] ?? {};
  const again = await attempt(
    gitPush,
    { path: 'src', ...config },
    { ports: { ...world, git, forges, workdir }, claimed },
  );
  expect(again.outcome).toMatchObject({ kind: 'done', output: first.outcome.output });
  expect(world.server.log(name, branch).map((entry) => entry.id)).toEqual(log);
});

test('does nothing outside before its claim is written', async () => {
  const { url, name, at } = seed();
  const workdir = await checkOut(url, at, world.git);
  const prepared = gitPush.prepare({ path: 'src' });
  if (!prepared.ok) throw new Error('unreachable');
  const lost = prepared.run({
    ports: { ...world, committers: testCommitters, workdir },
    run: testRun,
    previousOutput: undefined,
    pins: undefined,
    pin: () => undefined,
    claimed: undefined,
    claim: () => Promise.reject(new Error('no claim')),
    signal,
  });
  await expect(lost).rejects.toThrow('no claim');
  expect(world.server.log(name, 'main')[0]?.id).toBe(at.commit);
});

describe('refusals', () => {
  test('no branch at all', async () => {
    const { url, at } = seed();
    const workdir = await checkOut(url, { commit: at.commit }, world.git);
    const { outcome, claims } = await attempt(gitPush, { path: 'src' }, { ports: { ...world, workdir } });
    expect(outcome).toMatchObject({ status: 'Failed', code: 'step.invalid-config', terminal: true });
    expect(claims).toEqual([]);
  });

  test('a protected branch', async () => {
    const { url, name, at } = seed();
    world.server.protectBranch(name, 'main');
    const workdir = await checkOut(url, at, world.git);
    await expect(attempt(gitPush, { path: 'src' }, { ports: { ...world, workdir } })).rejects.toMatchObject({
      code: 'git.branch-protected',
    });
  });

  test('a tag that is nowhere', async () => {
    const { url, at } = seed();
    const workdir = await checkOut(url, at, world.git);
    const draft = { ports: { ...world, workdir } };
    await expect(attempt(gitPush, { path: 'src', tag: 'v1' }, draft)).rejects.toMatchObject({
      code: 'git.ref-not-found',
    });
  });
});
