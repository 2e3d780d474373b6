import { expect, test } from 'vitest';
import { createMemoryWorktree } from '../../../test/support/memory-objects.ts';
import { attempt } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import { gitClear } from './index.ts';

const { signal } = new AbortController();

test.each([
  { name: 'the checkout', path: './out', left: [], because: 'a path of a checkout means all of it' },
  {
    name: 'a directory in it',
    path: 'out/sub',
    left: ['a.txt', 'subs'],
    because: 'git rm -r . removes what is below the directory it runs in, as Kargo’s does',
  },
])('removes every file of $name', async ({ path, left, because }) => {
  const workdir = createWorkdir();
  const worktree = createMemoryWorktree({ 'a.txt': 'a', 'sub/b.txt': 'b', 'sub/c/d': 'd', 'subs/e': 'e' });
  workdir.mount('out', worktree);
  await workdir.write('other.txt', new Uint8Array(), 'file', signal);
  for (let round = 0; round < 2; round++) {
    const { outcome } = await attempt(gitClear, { path }, { ports: { workdir } });
    expect(outcome).toEqual({ kind: 'done', status: 'Succeeded' });
  }
  const names = (await workdir.list('out', signal)).map(({ name }) => name);
  expect(names, because).toEqual(left);
  expect(await workdir.stat('other.txt', signal)).toBeDefined();
});

test.each([
  { name: 'nothing is', path: 'out/nowhere', code: 'workdir.not-found', because: 'a slip must not pass' },
  { name: 'a file is', path: 'out/a.txt', code: 'workdir.not-directory', because: 'git runs in directories' },
])('clears nothing where $name', async ({ path, code, because }) => {
  const workdir = createWorkdir();
  workdir.mount('out', createMemoryWorktree({ 'a.txt': 'a' }));
  const refused = attempt(gitClear, { path }, { ports: { workdir } });
  await expect(refused, because).rejects.toMatchObject({ code });
  expect(await workdir.list('out', signal)).toHaveLength(1);
});

test('says when there is no checkout', async () => {
  const workdir = createWorkdir();
  await expect(attempt(gitClear, { path: 'out' }, { ports: { workdir } })).rejects.toMatchObject({
    code: 'git.not-a-worktree',
  });
});
