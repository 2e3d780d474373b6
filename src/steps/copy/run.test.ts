import { describe, expect, test } from 'vitest';
import { hasTable, rowsOf, type StepRow } from '../../../test/steps/table.ts';
import { createMemoryWorktree, MemoryObjects } from '../../../test/support/memory-objects.ts';
import { attempt } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import type { Workdir } from '../../ports/index.ts';
import { copy } from './index.ts';

const { signal } = new AbortController();

interface Row extends StepRow {
  readonly files: Readonly<Record<string, string>>;
}

/** Rows on which Gantry differs on purpose, with the reason. */
const differences: Readonly<Record<string, string>> = {
  'copy-ae17d07d31':
    'a rule that takes ".git" in again has no effect: a repository’s own data is no file of the work directory',
};

/** An empty directory does not outlive its last entry in a work directory, so "name/" stands for nothing. */
async function fill(workdir: Workdir, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    if (path.endsWith('/') || path.split('/').includes('.git')) continue;
    const isLink = text.startsWith('symlink:');
    const content = new TextEncoder().encode(isLink ? text.slice('symlink:'.length) : text);
    await workdir.write(path, content, isLink ? 'symlink' : 'file', signal);
  }
}

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

const rows = rowsOf<Row, { readonly status: string; readonly files?: Record<string, string> }>(
  'step-run.jsonl',
  ['copy'],
);

describe.skipIf(!hasTable('step-run.jsonl'))('step-run.jsonl', () => {
  test.each(rows)('$name', async ({ id, input, expect: want }) => {
    if (differences[id] !== undefined) return;
    const workdir = createWorkdir();
    await fill(workdir, input.files);
    const before = await readAll(workdir);
    if (want.status !== 'Succeeded') {
      await expect(attempt(copy, input.config, { ports: { workdir } })).rejects.toThrow();
      return;
    }
    for (let round = 0; round < 2; round++) {
      const { outcome } = await attempt(copy, input.config, { ports: { workdir } });
      expect(outcome).toEqual({ kind: 'done', status: 'Succeeded' });
    }
    const files = Object.entries(want.files ?? {}).filter(([path]) => !path.endsWith('/'));
    expect(await readAll(workdir)).toEqual({ ...before, ...Object.fromEntries(files) });
  });
});

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
