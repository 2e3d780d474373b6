import { afterAll, beforeAll, expect, test } from 'vitest';
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
