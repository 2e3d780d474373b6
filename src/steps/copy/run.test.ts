import { expect, test } from 'vitest';
import { createMemoryWorktree, MemoryObjects } from '../../../test/support/memory-objects.ts';
import { attempt } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import type { Workdir } from '../../ports/index.ts';
import { copy } from './index.ts';

const { signal } = new AbortController();

async function readAll(workdir: Workdir, folder = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, mode } of await workdir.list(folder, signal)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (mode === 'directory') Object.assign(found, await readAll(workdir, path));
    else if (mode === 'symlink') found[path] = 'symlink';
    else found[path] = Buffer.from(await workdir.read(path, signal)).toString();
  }
  return found;
}

test('copies files of a repository without fetching them', async () => {
  const source = new MemoryObjects('https://git.example/demo');
  const workdir = createWorkdir();
  workdir.mount('src', createMemoryWorktree({ 'a/b.txt': 'b', 'c.md': 'c' }, source));
  workdir.mount('out', createMemoryWorktree({ 'old.txt': 'o' }, source));
  await attempt(copy, { inPath: 'src', outPath: 'out', ignore: '*.md' }, { ports: { workdir } });
  expect(source.reads).not.toContain('blob');
  expect(await readAll(workdir, 'out')).toEqual({ 'out/a/b.txt': 'b', 'out/old.txt': 'o' });
});

test('says when there is nothing to copy', async () => {
  const draft = { ports: { workdir: createWorkdir() } };
  await expect(attempt(copy, { inPath: 'nope', outPath: 'out' }, draft)).rejects.toMatchObject({
    code: 'workdir.not-found',
  });
});
