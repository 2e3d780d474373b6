import { describe, expect, test } from 'vitest';
import { createMemoryWorktree } from '../../../test/support/memory-objects.ts';
import { attempt } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import type { CommitDraft, GitIdentity, Workdir, Worktree } from '../../ports/index.ts';
import { gitCommit } from './index.ts';

const { signal } = new AbortController();

/** A checkout with one change; what is committed in it is kept. */
async function createChanged(options: { readonly author?: GitIdentity } = {}): Promise<{
  readonly workdir: Workdir;
  readonly worktree: Worktree;
  readonly drafts: CommitDraft[];
}> {
  const worktree = createMemoryWorktree({ 'a.txt': 'a' });
  const drafts: CommitDraft[] = [];
  const commit = worktree.commit.bind(worktree);
  worktree.commit = (draft, stop) => {
    drafts.push(draft);
    return commit(draft, stop);
  };
  const workdir = createWorkdir();
  workdir.mount('src', worktree, options);
  await workdir.write('src/a.txt', new TextEncoder().encode('b'), 'file', signal);
  return { workdir, worktree, drafts };
}

const config = { path: './src', message: 'Update a' };

test('commits what changed, dated as the promotion, with its header', async () => {
  const { workdir, worktree, drafts } = await createChanged();
  const { outcome } = await attempt(gitCommit, config, { ports: { workdir }, run: { alias: 'commit' } });
  expect(outcome).toEqual({ kind: 'done', status: 'Succeeded', output: { commit: worktree.head } });
  const who = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_767_323_045 };
  const headers = [{ name: 'promotion', value: 'demo/prod.01.abc/commit' }];
  expect(drafts).toEqual([{ message: 'Update a\n', author: who, committer: who, headers }]);
});

test('is skipped, and still names the newest commit, when nothing changed', async () => {
  const { workdir, worktree } = await createChanged();
  await attempt(gitCommit, config, { ports: { workdir } });
  const head = worktree.head;
  const { outcome } = await attempt(gitCommit, config, { ports: { workdir } });
  expect(outcome).toMatchObject({ kind: 'done', status: 'Skipped', output: { commit: head } });
});

test('makes the same commit in a replay', async () => {
  const first = await createChanged();
  const second = await createChanged();
  await attempt(gitCommit, config, { ports: { workdir: first.workdir } });
  const later = { nowMs: 1_800_000_000_000, stepStartedAtMs: 1_800_000_000_000 };
  await attempt(gitCommit, config, { ports: { workdir: second.workdir }, run: later });
  expect(second.worktree.head).toBe(first.worktree.head);
  expect(first.worktree.head).not.toBe(first.worktree.base);
});

describe('the author', () => {
  const own = { name: 'Own', email: 'own@example.com' };
  const cloned = { name: 'Clone', email: 'clone@example.com' };
  test.each([
    { name: 'the step’s own', config: { author: own }, author: cloned, want: 'Own' },
    { name: 'that of the clone', config: {}, author: cloned, want: 'Clone' },
    { name: 'the operator’s', config: {}, author: undefined, want: 'Kargo' },
  ])('is $name', async ({ config: more, author, want }) => {
    const { workdir, drafts } = await createChanged(author === undefined ? {} : { author });
    await attempt(gitCommit, { ...config, ...more }, { ports: { workdir } });
    expect(drafts[0]?.author.name).toBe(want);
  });
});

test.each([
  {
    name: 'a signing key',
    config: { author: { name: 'a', email: 'a@b', signingKey: 'k' } },
    want: 'step.unsupported',
  },
  { name: 'no checkout', config: { path: 'nope' }, want: 'git.not-a-worktree' },
])('refuses $name', async ({ config: more, want }) => {
  const { workdir } = await createChanged();
  await expect(attempt(gitCommit, { ...config, ...more }, { ports: { workdir } })).rejects.toMatchObject({
    code: want,
  });
});
