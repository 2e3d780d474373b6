import { describe, expect, test } from 'vitest';
import { createMemoryWorktree } from '../../../test/support/memory-objects.ts';
import { attempt } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import type { CommitDraft, Committer, Workdir, Worktree } from '../../ports/index.ts';
import { gitCommit } from './index.ts';

const { signal } = new AbortController();

/** A checkout with one change; what is committed in it is kept. */
async function createChanged(options: { readonly author?: Committer } = {}): Promise<{
  readonly workdir: Workdir;
  readonly worktree: Worktree;
  readonly drafts: CommitDraft[];
}> {
  const worktree = createMemoryWorktree({ 'a.txt': 'a' });
  const drafts: CommitDraft[] = [];
  const commit = worktree.commit.bind(worktree);
  worktree.commit = (draft, stop) => {
    drafts.push(draft);
    // The keys of these tests are only words.
    const { signingKey: _, ...unsigned } = draft;
    return commit(unsigned, stop);
  };
  const workdir = createWorkdir();
  workdir.mount('src', worktree, options);
  await workdir.write('src/a.txt', new TextEncoder().encode('b'), 'file', signal);
  return { workdir, worktree, drafts };
}

const config = { path: './src', message: 'Update a' };
const lfsPointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`;

test('commits what changed, dated as the promotion, with its header', async () => {
  const { workdir, worktree, drafts } = await createChanged();
  const { outcome } = await attempt(gitCommit, config, { ports: { workdir }, run: { alias: 'commit' } });
  expect(outcome).toEqual({ kind: 'done', status: 'Succeeded', output: { commit: worktree.head } });
  const who = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_767_323_045 };
  const headers = [{ name: 'promotion', value: 'demo/prod.01.abc/commit' }];
  expect(drafts).toEqual([{ message: 'Update a\n', author: who, committer: who, headers }]);
});

test('says at the end of its message what the promotion is, when that is asked for', async () => {
  const { workdir, drafts } = await createChanged();
  const run = { trailers: [{ name: 'Gantry-Stage', value: 'prod' }] };
  await attempt(gitCommit, config, { ports: { workdir }, run });
  expect(drafts[0]?.message).toBe('Update a\n\nGantry-Stage: prod\n');
});

test('is skipped, and still names the newest commit, when nothing changed', async () => {
  const { workdir, worktree } = await createChanged();
  await attempt(gitCommit, config, { ports: { workdir } });
  const head = worktree.head;
  const { outcome } = await attempt(gitCommit, config, { ports: { workdir } });
  expect(outcome).toMatchObject({ kind: 'done', status: 'Skipped', output: { commit: head } });
});

const warning = 'warning: committed as it is, not as the pointer that Git LFS wants: "a.bin"';
test.each([
  {
    name: 'a file itself',
    files: { 'a.bin': 'x' },
    message: warning,
    because: 'Git LFS would call it changed',
  },
  {
    name: 'several files',
    files: { 'a.bin': 'x', 'b.bin': 'y', 'c.bin': 'z', c: 'z' },
    message: `${warning} and 2 more`,
    because: 'the first one shows which rule it is',
  },
  { name: 'a pointer', files: { 'a.bin': lfsPointer }, message: undefined, because: 'it belongs there' },
])('where Git LFS keeps the content, $name', async ({ files, message, because }) => {
  const workdir = createWorkdir();
  workdir.mount('src', createMemoryWorktree({ '.gitattributes': '*.bin filter=lfs\n' }));
  for (const [path, text] of Object.entries(files)) {
    await workdir.write(`src/${path}`, new TextEncoder().encode(text), 'file', signal);
  }
  const { outcome } = await attempt(gitCommit, config, { ports: { workdir } });
  const output = { commit: expect.any(String) };
  expect(outcome, because).toEqual({ kind: 'done', status: 'Succeeded', output, message });
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

describe('who commits', () => {
  const own = { name: 'Own', email: 'own@example.com' };
  const cloned: Committer = { name: 'Clone', email: 'clone@example.com', signingKey: { privateKey: 'c' } };
  const operator = { name: 'Operator', email: 'op@example.com', signingKey: { privateKey: 'o' } };
  test.each([
    {
      name: 'the step’s own author',
      step: own,
      author: cloned,
      want: own,
      because: 'a key belongs to a name',
    },
    {
      name: 'the step’s own author with a key',
      step: { ...own, signingKey: 's' },
      author: cloned,
      want: { ...own, signingKey: { privateKey: 's' } },
    },
    { name: 'an empty key', step: { ...own, signingKey: '' }, author: cloned, want: own },
    { name: 'the author of the clone', step: undefined, author: cloned, want: cloned },
    { name: 'the operator', step: undefined, author: undefined, want: operator },
  ])('$name', async ({ step, author, want }) => {
    const { workdir, drafts } = await createChanged(author === undefined ? {} : { author });
    const more = step === undefined ? {} : { author: step };
    const ports = { workdir, committers: { find: async () => operator } };
    await attempt(gitCommit, { ...config, ...more }, { ports });
    const draft = drafts[0];
    expect({ name: draft?.author.name, email: draft?.author.email, signingKey: draft?.signingKey }).toEqual({
      signingKey: undefined,
      ...want,
    });
    expect(draft?.committer).toEqual(draft?.author);
  });
});

test('a key that cannot be used is told without its text', async () => {
  const workdir = createWorkdir();
  workdir.mount('src', createMemoryWorktree({ 'a.txt': 'a' }));
  await workdir.write('src/a.txt', new TextEncoder().encode('b'), 'file', signal);
  const author = { name: 'a', email: 'a@b', signingKey: 'hunter2' };
  const failed = attempt(gitCommit, { ...config, author }, { ports: { workdir } });
  await expect(failed).rejects.toMatchObject({
    code: 'git.signing-key-unusable',
    message: expect.not.stringContaining('hunter2'),
  });
});

test.each([
  { name: 'a blank message', more: { message: ' \n' } },
  { name: 'a zero byte in the message', more: { message: 'a\0b' } },
  { name: 'an author without a name', more: { author: { name: ' <> ', email: 'a@b' } } },
])('refuses $name, as git does', async ({ more }) => {
  const { workdir, worktree } = await createChanged();
  const { outcome } = await attempt(gitCommit, { ...config, ...more }, { ports: { workdir } });
  expect(outcome).toMatchObject({ kind: 'failed', status: 'Failed', code: 'step.invalid-config' });
  expect(worktree.head).toBe(worktree.base);
});

test('refuses a path without a checkout', async () => {
  const { workdir } = await createChanged();
  await expect(attempt(gitCommit, { ...config, path: 'nope' }, { ports: { workdir } })).rejects.toMatchObject(
    {
      code: 'git.not-a-worktree',
    },
  );
});
