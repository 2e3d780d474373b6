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

test('rules are those of git: their case counts, later ones win, a folder that is left out stays out', async () => {
  const workdir = createWorkdir();
  for (const path of ['in/A.md', 'in/b.MD', 'in/keep.md', 'in/docs/keep.md', 'in/é/x'])
    await workdir.write(path, Buffer.from('x'), 'file', signal);
  const ignore = '*.md\n!keep.md\n/docs/\n# comment\n??/x\n';
  await attempt(copy, { inPath: 'in', outPath: 'out', ignore }, { ports: { workdir } });
  expect(Object.keys(await readAll(workdir, 'out'))).toEqual(['out/b.MD', 'out/keep.md']);
});

test('warns of files whose content Git LFS keeps', async () => {
  const workdir = createWorkdir();
  workdir.mount(
    'src',
    createMemoryWorktree({ '.gitattributes': '*.bin filter=lfs\n', 'a.bin': 'pointer', b: 'b' }),
  );
  const { outcome } = await attempt(copy, { inPath: 'src', outPath: 'out' }, { ports: { workdir } });
  expect(outcome).toMatchObject({ kind: 'done', status: 'Succeeded' });
  expect(outcome.message).toContain('1 files of Git LFS were copied as pointers, e.g. "src/a.bin"');
});

test('says when there is nothing to copy', async () => {
  const draft = { ports: { workdir: createWorkdir() } };
  await expect(attempt(copy, { inPath: 'nope', outPath: 'out' }, draft)).rejects.toMatchObject({
    code: 'workdir.not-found',
  });
});
