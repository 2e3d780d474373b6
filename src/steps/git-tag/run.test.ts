import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GitWorld, startGitWorld } from '../../../test/support/git-world.ts';
import { attempt, testRun } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import type { GitRepos, Workdir } from '../../ports/index.ts';
import { gitPush } from '../git-push/index.ts';
import { gitTag } from './index.ts';

const { signal } = new AbortController();
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
  const { url, name } = world.seed({ 'values.yaml': 'tag: 1\n' });
  return { url, name, base: world.server.log(name, 'main')[0]?.id ?? '' };
}

/** A checkout of "main" with one local commit; the same every time. */
async function checkOut({ url, base }: Scene, git: GitRepos = world.git): Promise<Workdir> {
  const credential = await world.credentials.find({ project: 'demo', kind: 'git', repoURL: url }, signal);
  const remote = { url, ...(credential === undefined ? {} : { credential }) };
  const worktree = await git.checkout(remote, { commit: base, branch: 'main' }, signal);
  const workdir = createWorkdir();
  workdir.mount('src', worktree);
  await workdir.write('src/values.yaml', new TextEncoder().encode('tag: 2\n'), 'file', signal);
  const who = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_767_323_045 };
  await worktree.commit({ message: 'Update\n', author: who, committer: who, headers: [] }, signal);
  return workdir;
}

const config = { path: 'src', tag: 'v1', message: 'Version 1' };

function tagAt({ name }: Scene, tag: string): string | undefined {
  return world.server
    .repository(name)
    .listRefs()
    .find((ref) => ref.name === `refs/tags/${tag}`)?.id;
}

test('tags the newest commit, which git-push then makes known', async () => {
  const scene = seed();
  const workdir = await checkOut(scene);
  const { worktree } = workdir.worktreeAt('src');
  const { head } = worktree;
  const tagged = await attempt(gitTag, config, { ports: { ...world, workdir } });
  expect(tagged).toMatchObject({
    outcome: { kind: 'done', status: 'Succeeded', output: { commit: head } },
    pinned: { isTaken: false },
  });
  expect(tagAt(scene, 'v1')).toBeUndefined();
  const pushed = await attempt(gitPush, { path: 'src', tag: 'v1' }, { ports: { ...world, workdir } });
  const id = worktree.tags.get('v1')?.id;
  expect(pushed.claims).toEqual([{ tag: 'v1', id }]);
  expect(pushed.outcome).toMatchObject({
    output: { commit: head, branch: 'main' },
    message: 'pushed tag v1',
  });
  expect(tagAt(scene, 'v1')).toBe(id);
  expect(world.server.log(scene.name, 'main')[0]?.id).toBe(scene.base);
});

test('the tagger is who commits, at the time of the promotion', async () => {
  const scene = seed();
  const workdir = await checkOut(scene);
  const committers = { find: async () => ({ name: 'Operator', email: 'op@example.com' }) };
  await attempt(gitTag, config, { ports: { ...world, committers, workdir } });
  await attempt(gitPush, { path: 'src', tag: 'v1' }, { ports: { ...world, workdir } });
  const repository = world.server.repository(scene.name);
  const id = repository.listRefs().find(({ name }) => name === 'refs/tags/v1')?.id;
  const text = id === undefined ? '' : Buffer.from(repository.get(id).data).toString();
  const second = Math.floor(testRun.startedAtMs / 1000);
  expect(text).toContain(`tagger Operator <op@example.com> ${second} +0000\n\nVersion 1\n`);
});

describe('a tag that the repository has', () => {
  test('is an error, which counts as one try', async () => {
    const scene = seed();
    const first = await checkOut(scene);
    await attempt(gitTag, config, { ports: { ...world, workdir: first } });
    await attempt(gitPush, { path: 'src', tag: 'v1' }, { ports: { ...world, workdir: first } });
    const workdir = await checkOut(scene);
    const { outcome } = await attempt(gitTag, config, { ports: { ...world, workdir } });
    expect(outcome).toMatchObject({ kind: 'failed', status: 'Errored', code: 'git.tag-exists' });
  });

  test('may be made anew by force, but is not replaced by a push', async () => {
    const scene = seed();
    const first = await checkOut(scene);
    await attempt(gitTag, config, { ports: { ...world, workdir: first } });
    await attempt(gitPush, { path: 'src', tag: 'v1' }, { ports: { ...world, workdir: first } });
    const workdir = await checkOut(scene);
    const forced = { ...config, message: 'Another', force: true };
    const { outcome } = await attempt(gitTag, forced, { ports: { ...world, workdir } });
    expect(outcome).toMatchObject({ kind: 'done' });
    const push = attempt(gitPush, { path: 'src', tag: 'v1' }, { ports: { ...world, workdir } });
    await expect(push).rejects.toMatchObject({ code: 'git.tag-exists' });
  });

  test('is the promotion’s own in a replay', async () => {
    const scene = seed();
    const before = await checkOut(scene);
    const tagged = await attempt(gitTag, config, { ports: { ...world, workdir: before } });
    const pushed = await attempt(
      gitPush,
      { path: 'src', tag: 'v1' },
      { ports: { ...world, workdir: before } },
    );
    const { git, forges } = world.restart();
    const workdir = await checkOut(scene, git);
    const ports = { ...world, git, forges, workdir };
    const replayed = await attempt(gitTag, config, { ports, pins: tagged.pinned ?? {} });
    expect(replayed.outcome).toEqual(tagged.outcome);
    const claimed = pushed.claims[0] ?? {};
    const again = await attempt(gitPush, { path: 'src', tag: 'v1' }, { ports, claimed });
    expect(again.outcome).toMatchObject({
      output: pushed.outcome.kind === 'done' ? pushed.outcome.output : {},
      message: 'found tag v1 already pushed',
    });
  });

  test('is found by its claim when its signature came out differently', async () => {
    const scene = seed();
    const before = await checkOut(scene);
    await attempt(gitTag, config, { ports: { ...world, workdir: before } });
    const pushed = await attempt(
      gitPush,
      { path: 'src', tag: 'v1' },
      { ports: { ...world, workdir: before } },
    );
    const workdir = await checkOut(scene);
    const other = { ...config, message: 'Stands for another signature', force: true };
    await attempt(gitTag, other, { ports: { ...world, workdir } });
    const claimed = pushed.claims[0] ?? {};
    const again = await attempt(
      gitPush,
      { path: 'src', tag: 'v1' },
      { ports: { ...world, workdir }, claimed },
    );
    expect(again.outcome).toMatchObject({ kind: 'done', message: 'found tag v1 already pushed' });
    expect(again.claims).toEqual(pushed.claims);
  });
});

test('a tag of before the push stays on its commit when the push has to rebase', async () => {
  const scene = seed();
  const workdir = await checkOut(scene);
  const { head } = workdir.worktreeAt('src').worktree;
  await attempt(gitTag, config, { ports: { ...world, workdir } });
  world.server.commitFiles(scene.name, 'main', { files: { 'other.txt': 'y\n' }, message: 'm\n' });
  await attempt(gitPush, { path: 'src' }, { ports: { ...world, workdir } });
  const { outcome } = await attempt(gitPush, { path: 'src', tag: 'v1' }, { ports: { ...world, workdir } });
  expect(outcome).toMatchObject({
    kind: 'done',
    output: { commit: world.server.log(scene.name, 'main')[0]?.id },
  });
  const repository = world.server.repository(scene.name);
  const tag = tagAt(scene, 'v1');
  expect(repository.listRefs().find(({ id }) => id === tag)?.peeled).toBe(head);
  expect(world.server.log(scene.name, head).length).toBe(2);
});

test.each([
  { name: 'a bad name', more: { tag: 'a b' }, want: 'git.bad-ref-name' },
  { name: 'a name like an option', more: { tag: '-d' }, want: 'git.bad-ref-name' },
  { name: 'no checkout', more: { path: 'nope' }, want: 'git.not-a-worktree' },
])('refuses $name', async ({ more, want }) => {
  const workdir = await checkOut(seed());
  const failed = attempt(gitTag, { ...config, ...more }, { ports: { ...world, workdir } });
  await expect(failed).rejects.toMatchObject({ code: want });
});

test('makes no tag without a message, and takes its full name for its short one', async () => {
  const workdir = await checkOut(seed());
  const make = (more: object) => attempt(gitTag, { ...config, ...more }, { ports: { ...world, workdir } });
  expect((await make({ message: '\n' })).outcome).toMatchObject({ code: 'step.invalid-config' });
  await make({ tag: 'refs/tags/v9' });
  expect([...workdir.worktreeAt(config.path).worktree.tags.keys()]).toEqual(['v9']);
});

test('refuses a second tag of the same name, and tolerates members that it does not know', async () => {
  const workdir = await checkOut(seed());
  const ports = { ...world, workdir };
  const first = await attempt(gitTag, { ...config, annotate: true }, { ports });
  expect(first.outcome).toMatchObject({ status: 'Succeeded' });
  await expect(attempt(gitTag, config, { ports })).rejects.toMatchObject({ code: 'git.tag-exists' });
});
