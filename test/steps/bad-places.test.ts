import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/index.ts';
import type { StepDefinition } from '../../src/ports/index.ts';
import { copy } from '../../src/steps/copy/index.ts';
import { gitClear } from '../../src/steps/git-clear/index.ts';
import { gitClone } from '../../src/steps/git-clone/index.ts';
import { gitCommit } from '../../src/steps/git-commit/index.ts';
import { yamlUpdate } from '../../src/steps/yaml-update/index.ts';
import { startGitWorld } from '../support/git-world.ts';
import { createMemoryWorktree } from '../support/memory-objects.ts';
import { attempt } from '../support/step-attempt.ts';
import { createWorkdir } from '../support/workdir.ts';
import { readDocumentedCodes } from './documents.ts';

const { signal } = new AbortController();
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`;
const link = (target: string) => ({ mode: 'symlink', text: target }) as const;
const files = {
  'a.yaml': 'a: 1\n',
  'd/f': 'f',
  'l.yaml': pointer,
  '.gitattributes': 'l.yaml filter=lfs\n*.u16 working-tree-encoding=UTF-16\n',
  circle: link('round'),
  round: link('circle'),
};

const set = { updates: [{ key: 'a', value: 2 }] };
const rows: readonly {
  readonly step: StepDefinition;
  readonly name: string;
  readonly config: JsonObject;
  /** A file that an earlier step has written. */
  readonly written?: string;
  readonly sparse?: readonly string[];
  readonly want: string;
}[] = [
  { step: yamlUpdate, name: 'nothing', config: { ...set, path: 'src/no' }, want: 'workdir.not-found' },
  { step: yamlUpdate, name: 'a directory', config: { ...set, path: 'src/d' }, want: 'workdir.is-directory' },
  {
    step: yamlUpdate,
    name: 'a path below a file',
    config: { ...set, path: 'src/a.yaml/b' },
    want: 'workdir.not-directory',
  },
  {
    step: yamlUpdate,
    name: 'a pointer',
    config: { ...set, path: 'src/l.yaml' },
    want: 'workdir.lfs-pointer',
  },
  {
    step: yamlUpdate,
    name: 'a circle',
    config: { ...set, path: 'src/circle' },
    want: 'workdir.invalid-path',
  },
  { step: copy, name: 'nothing', config: { inPath: 'src/no', outPath: 'o' }, want: 'workdir.not-found' },
  {
    step: copy,
    name: 'a file onto a directory',
    config: { inPath: 'src/a.yaml', outPath: 'src/d' },
    want: 'workdir.is-directory',
  },
  {
    step: copy,
    name: 'a directory onto a file',
    config: { inPath: 'src/d', outPath: 'src/a.yaml' },
    want: 'workdir.not-directory',
  },
  {
    step: copy,
    name: 'a circle',
    config: { inPath: 'src/circle/a', outPath: 'o' },
    want: 'workdir.invalid-path',
  },
  {
    step: copy,
    name: 'into git’s own folder',
    config: { inPath: 'src/d', outPath: 'src/.git' },
    want: 'workdir.invalid-path',
  },
  { step: gitClear, name: 'nothing', config: { path: 'src/no' }, want: 'workdir.not-found' },
  { step: gitClear, name: 'a file', config: { path: 'src/a.yaml' }, want: 'workdir.not-directory' },
  {
    step: gitCommit,
    name: 'another encoding',
    config: { path: 'src', message: 'm' },
    written: 'src/a.u16',
    want: 'workdir.unsupported-encoding',
  },
  {
    step: gitCommit,
    name: 'outside a sparse checkout',
    config: { path: 'src', message: 'm' },
    written: 'src/e/f',
    sparse: ['d'],
    want: 'workdir.outside-sparse',
  },
];

test.each(rows.map((row) => ({ ...row, kind: row.step.name })))(
  '$kind: $name is $want, as its page says',
  async (row) => {
    const { step, config, written, sparse, want, kind } = row;
    const workdir = createWorkdir();
    workdir.mount('src', createMemoryWorktree(files, undefined, sparse === undefined ? {} : { sparse }));
    if (written !== undefined) await workdir.write(written, new Uint8Array([97]), 'file', signal);
    await expect(attempt(step, config, { ports: { workdir } })).rejects.toMatchObject({ code: want });
    expect(readDocumentedCodes(kind)).toContain(want);
  },
);

test('git-clone: a place with files is workdir.exists, as its page says', async () => {
  await using world = await startGitWorld();
  const { url } = world.seed({ a: '1' });
  const workdir = createWorkdir();
  await workdir.write('src/b', new Uint8Array(), 'file', signal);
  const config = { repoURL: url, checkout: [{ path: 'src' }] };
  const refused = attempt(gitClone, config, { ports: { ...world, workdir } });
  await expect(refused).rejects.toMatchObject({ code: 'workdir.exists' });
  expect(readDocumentedCodes('git-clone')).toContain('workdir.exists');
});
