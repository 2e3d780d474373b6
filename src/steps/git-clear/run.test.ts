import { expect, test } from 'vitest';
import { createMemoryWorktree } from '../../../test/support/memory-objects.ts';
import { attempt } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import { gitClear } from './index.ts';

const { signal } = new AbortController();

test.each([
  { name: 'the mount', path: './out' },
  { name: 'a path below it', path: 'out/sub' },
])('removes every file of the checkout at $name', async ({ path }) => {
  const workdir = createWorkdir();
  workdir.mount('out', createMemoryWorktree({ 'a.txt': 'a', 'sub/b.txt': 'b' }));
  await workdir.write('other.txt', new Uint8Array(), 'file', signal);
  for (let round = 0; round < 2; round++) {
    const { outcome } = await attempt(gitClear, { path }, { ports: { workdir } });
    expect(outcome).toEqual({ kind: 'done', status: 'Succeeded' });
  }
  expect(await workdir.list('out', signal)).toEqual([]);
  expect(await workdir.stat('other.txt', signal)).toBeDefined();
});

test('says when there is no checkout', async () => {
  const workdir = createWorkdir();
  await expect(attempt(gitClear, { path: 'out' }, { ports: { workdir } })).rejects.toMatchObject({
    code: 'git.not-a-worktree',
  });
});
