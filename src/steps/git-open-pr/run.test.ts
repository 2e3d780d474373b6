import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GitWorld, startGitWorld } from '../../../test/support/git-world.ts';
import { attempt } from '../../../test/support/step-attempt.ts';
import { gitOpenPr } from './index.ts';

let world: GitWorld;
beforeAll(async () => {
  world = await startGitWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** A repository whose branch "feature" has one commit more than "main". */
function seed() {
  const { url, name } = world.seed({ 'a.txt': 'a\n' });
  const { server } = world;
  server.setBranch(name, 'feature', server.repository(name).refs.get('refs/heads/main'));
  const head = server.commitFiles(name, 'feature', {
    files: { 'a.txt': 'b\n' },
    message: 'Change a\n\nwhy\n',
  });
  const config = { repoURL: url, sourceBranch: 'feature', targetBranch: 'main' };
  return { url, name, head, config };
}

test('opens one, described by its commit, after its claim', async () => {
  const { url, name, head, config } = seed();
  const labels = ['promotion'];
  const { outcome, claims } = await attempt(gitOpenPr, { ...config, labels }, { ports: world });
  expect(claims).toEqual([{ sourceBranch: 'feature', head }]);
  const page = `${url.replace('.git', '')}/pull/1`;
  expect(outcome).toEqual({
    kind: 'done',
    status: 'Succeeded',
    output: { pr: { id: 1, url: page } },
    message: `opened ${page}`,
  });
  const [pull] = world.forge.listPulls(name);
  expect(pull).toMatchObject({ title: 'Change a', body: '\nwhy\n', labels });
});

test('is content with its own earlier output', async () => {
  const { config } = seed();
  const previousOutput = { pr: { id: 7, url: 'https://x/7' } };
  const { outcome } = await attempt(gitOpenPr, config, { ports: world, previousOutput });
  expect(outcome).toEqual({ kind: 'done', status: 'Succeeded', output: previousOutput });
});

test('takes over an open one of the same branches', async () => {
  const { name, config } = seed();
  const first = await attempt(gitOpenPr, config, { ports: world });
  const second = await attempt(gitOpenPr, config, { ports: world });
  expect(second.outcome).toMatchObject({ kind: 'done', output: first.outcome.output });
  expect(second.claims).toEqual([]);
  expect(world.forge.listPulls(name)).toHaveLength(1);
});

test('a reused one tells what a newer promotion has put into it', async () => {
  const { name, config } = seed();
  const more = { title: 'Promote 1', labels: ['v1'], reviewers: ['ann'] };
  await attempt(gitOpenPr, { ...config, ...more }, { ports: world });
  world.server.commitFiles(name, 'feature', { files: { 'a.txt': 'c\n' }, message: 'Change a again\n' });
  const newer = { ...config, title: 'Promote 2', labels: ['v2'] };
  const { outcome, claims } = await attempt(gitOpenPr, newer, { ports: world });
  expect(outcome).toMatchObject({ kind: 'done', status: 'Succeeded', output: { pr: { id: 1 } } });
  expect(claims).toEqual([]);
  expect(world.forge.listPulls(name)).toMatchObject([
    { title: 'Promote 2', body: 'Change a again\n', labels: ['v1', 'v2'], reviewers: ['ann'] },
  ]);
});

test('finds its own after a crash, though it is merged and its branch is gone', async () => {
  const { name, config } = seed();
  const first = await attempt(gitOpenPr, config, { ports: world });
  await world.forge.merge(name, 1, { login: 'ann' });
  world.server.setBranch(name, 'feature', undefined);
  const claimed = first.claims[0] ?? {};
  const again = await attempt(gitOpenPr, config, { ports: { ...world, ...world.restart() }, claimed });
  expect(again.outcome).toMatchObject({ kind: 'done', output: first.outcome.output });
  expect(world.forge.listPulls(name)).toHaveLength(1);
});

test('opens a new one when an older of the same branches is merged and nothing was claimed', async () => {
  const { name, config } = seed();
  await attempt(gitOpenPr, config, { ports: world });
  await world.forge.merge(name, 1, { login: 'ann' });
  world.server.commitFiles(name, 'feature', { files: { 'a.txt': 'c\n' }, message: 'Again\n' });
  const { outcome } = await attempt(gitOpenPr, config, { ports: world });
  expect(outcome).toMatchObject({ output: { pr: { id: 2 } } });
});

test.each([
  { name: 'the same commit', change: false },
  { name: 'another commit with the same files', change: true },
])('is skipped, without an output, when there is nothing to merge: $name', async ({ change }) => {
  const { url, name } = world.seed({ 'a.txt': 'a\n' });
  const { server } = world;
  server.setBranch(name, 'feature', server.repository(name).refs.get('refs/heads/main'));
  if (change) server.commitFiles(name, 'feature', { files: { 'a.txt': 'a\n' }, message: 'same\n' });
  const config = { repoURL: url, sourceBranch: 'feature', targetBranch: 'main' };
  const { outcome, claims } = await attempt(gitOpenPr, config, { ports: world });
  expect(outcome).toMatchObject({ kind: 'done', status: 'Skipped' });
  expect(outcome.output).toBeUndefined();
  expect(claims).toEqual([]);
  expect(world.forge.listPulls(name)).toEqual([]);
});

test.each([
  { name: 'its source', config: { sourceBranch: 'nope' } },
  { name: 'its target', config: { targetBranch: 'nope' } },
])('says when $name does not exist', async ({ config: more }) => {
  const { config } = seed();
  await expect(attempt(gitOpenPr, { ...config, ...more }, { ports: world })).rejects.toMatchObject({
    code: 'git.ref-not-found',
  });
});

test('does not take the address of a host it does not know', async () => {
  const { config } = seed();
  const draft = { ports: world };
  await expect(attempt(gitOpenPr, { ...config, provider: 'azure' }, draft)).rejects.toMatchObject({
    code: 'forge.not-found',
  });
});

test('asks for people, as a draft where that is wished', async () => {
  const { name, config } = seed();
  const more = { reviewers: ['ann'], assignees: ['gantry-bot'], draft: true };
  await attempt(gitOpenPr, { ...config, ...more }, { ports: world });
  expect(world.forge.listPulls(name)).toMatchObject([
    { reviewers: ['ann'], assignees: ['gantry-bot'], isDraft: true },
  ]);
});

test('puts on what was missing when its opening was cut off', async () => {
  const { name, config, head } = seed();
  await attempt(gitOpenPr, config, { ports: world });
  const claimed = { sourceBranch: 'feature', head };
  await attempt(
    gitOpenPr,
    { ...config, labels: ['promotion'], reviewers: ['ann'] },
    { ports: world, claimed },
  );
  expect(world.forge.listPulls(name)).toMatchObject([{ labels: ['promotion'], reviewers: ['ann'] }]);
});

test('takes over the one that somebody opened at the same moment', async () => {
  const { name, config } = seed();
  let isFirst = true;
  const forges = {
    ...world.forges,
    listPullRequests: async (...asked: Parameters<typeof world.forges.listPullRequests>) => {
      if (!isFirst) return world.forges.listPullRequests(...asked);
      isFirst = false;
      await attempt(gitOpenPr, config, { ports: world });
      return [];
    },
  };
  const { outcome } = await attempt(gitOpenPr, config, { ports: { ...world, forges } });
  expect(outcome).toMatchObject({ kind: 'done', output: { pr: { id: 1 } } });
  expect(world.forge.listPulls(name)).toHaveLength(1);
});

test('makes the description of a template on the target branch', async () => {
  const { name, config } = seed();
  const files = { 'docs/pr.md': 'Stage {{ stage }}\n\n{{ description }}\n' };
  world.server.commitFiles(name, 'main', { files, message: 'Add a template\n' });
  await attempt(gitOpenPr, { ...config, template: 'docs/pr.md' }, { ports: world });
  expect(world.forge.listPulls(name)[0]?.body).toBe('Stage prod\n\nwhy\n');
});

test('says when there is no such template, and opens nothing', async () => {
  const { name, config } = seed();
  const tried = attempt(gitOpenPr, { ...config, template: 'docs/pr.md' }, { ports: world });
  await expect(tried).rejects.toMatchObject({ code: 'workdir.not-found' });
  expect(world.forge.listPulls(name)).toEqual([]);
});

describe('superseded ones', () => {
  const ulidOf = (count: number) => `01kar4v3m3z6c3j0h6a1n2b3c${count}`;
  /** Pushes a branch as a promotion does, and opens its pull request. */
  async function promote(url: string, promotion: string, more: object = {}) {
    const { git } = world;
    const { signal } = new AbortController();
    const remote = { url, credential: { identity: 'x', username: 'gantry-bot', password: 'good-token' } };
    const at = await git.resolve(remote, { kind: 'branch', branch: 'main' }, signal);
    const worktree = await git.checkout(remote, at, signal);
    await worktree.write('a.txt', Buffer.from(promotion), 'file', signal);
    const author = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1 };
    const headers = [{ name: 'promotion', value: `demo/${promotion}/commit` }];
    await worktree.commit({ message: `${promotion}\n`, author, committer: author, headers }, signal);
    const branch = `kargo/promotion/${promotion}`;
    await git.push({ worktree, branch, force: true, maxAttempts: 1 }, signal);
    const config = { repoURL: url, sourceBranch: branch, targetBranch: 'main', ...more };
    return attempt(gitOpenPr, config, { ports: world, run: { promotion } });
  }
  const openOf = (name: string) =>
    world.forge.listPulls(name).flatMap(({ number, state }) => (state === 'open' ? [number] : []));

  test('stay open unless it is asked for', async () => {
    const { url, name } = world.seed({ 'a.txt': 'a\n' });
    await promote(url, `prod.${ulidOf(1)}.abc`);
    await promote(url, `prod.${ulidOf(2)}.abc`);
    expect(openOf(name)).toEqual([1, 2]);
  });

  test('are closed with a word about the newer one, and no others are', async () => {
    const { url, name } = world.seed({ 'a.txt': 'a\n' });
    await promote(url, `prod.${ulidOf(1)}.abc`);
    await promote(url, `test.${ulidOf(2)}.abc`);
    await promote(url, `prod.${ulidOf(9)}.abc`);
    await promote(url, `prod.${ulidOf(3)}.abc`);
    world.server.commitFiles(name, `kargo/promotion/prod.${ulidOf(3)}.abc`, {
      files: { 'a.txt': 'by hand\n' },
      message: 'A person’s work\n',
    });
    const { outcome } = await promote(url, `prod.${ulidOf(4)}.abc`, { closeSuperseded: true });
    const page = `${url.replace('.git', '')}/pull/5`;
    expect(outcome).toMatchObject({ output: { pr: { id: 5 } }, message: `opened ${page}, closed #1` });
    expect(openOf(name)).toEqual([2, 3, 4, 5]);
    expect(world.forge.listPulls(name)[0]?.comments).toEqual([
      { login: 'gantry-bot', text: `Superseded by ${page}: a newer promotion of "prod" has been started.` },
    ]);
  });

  test('are closed by the next attempt after a crash in between', async () => {
    const { url, name } = world.seed({ 'a.txt': 'a\n' });
    await promote(url, `prod.${ulidOf(1)}.abc`);
    const promotion = `prod.${ulidOf(2)}.abc`;
    await promote(url, promotion);
    const branch = `kargo/promotion/${promotion}`;
    const config = { repoURL: url, sourceBranch: branch, targetBranch: 'main', closeSuperseded: true };
    const ports = { ...world, ...world.restart() };
    await attempt(gitOpenPr, config, { ports, run: { promotion } });
    expect(openOf(name)).toEqual([2]);
  });
});
