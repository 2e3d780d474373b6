import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { createTemporaryFolder, git, hasNativeGit, runGit } from '../../../test/support/native-git.ts';
import { fc } from '../../../test/support/properties.ts';
import { type Files, TestObjects } from '../../../test/support/tree-objects.ts';
import { splitAtAnchors } from './anchors.ts';
import { mergeText } from './merge-text.ts';
import { encodePack } from './pack-write.ts';

const lines = (...changed: [number, string][]): string => {
  const all = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  for (const [index, text] of changed) all[index] = text;
  return `${all.join('\n')}\n`;
};

const merges: {
  name: string;
  base?: Files;
  ours: Files;
  theirs: Files;
  want: Files;
  conflicts?: string[];
}[] = [
  { name: 'only one side changed', base: { a: '1' }, ours: { a: '1' }, theirs: { a: '2' }, want: { a: '2' } },
  {
    name: 'both made the same change',
    base: { a: '1' },
    ours: { a: '2' },
    theirs: { a: '2' },
    want: { a: '2' },
  },
  {
    name: 'different files of one directory',
    base: { 'd/a': '1', 'd/b': '1' },
    ours: { 'd/a': '2', 'd/b': '1' },
    theirs: { 'd/a': '1', 'd/b': '2' },
    want: { 'd/a': '2', 'd/b': '2' },
  },
  {
    name: 'different lines of one file',
    base: { a: lines() },
    ours: { a: lines([2, 'ours']) },
    theirs: { a: lines([15, 'theirs']) },
    want: { a: lines([2, 'ours'], [15, 'theirs']) },
  },
  {
    name: 'the same line of one file',
    base: { a: lines() },
    ours: { a: lines([2, 'ours']) },
    theirs: { a: lines([2, 'theirs']) },
    want: { a: lines([2, 'ours']) },
    conflicts: ['a content'],
  },
  {
    name: 'the same change, and one more on the line beside it',
    base: { a: lines() },
    ours: { a: lines([5, 'both']) },
    theirs: { a: lines([4, 'theirs'], [5, 'both']) },
    want: { a: lines([5, 'both']) },
    conflicts: ['a content'],
  },
  {
    name: 'the same change, and another one further away',
    base: { a: lines() },
    ours: { a: lines([5, 'both']) },
    theirs: { a: lines([3, 'theirs'], [5, 'both']) },
    want: { a: lines([3, 'theirs'], [5, 'both']) },
  },
  {
    name: 'one deletes, one leaves',
    base: { a: '1', b: '1' },
    ours: { b: '1' },
    theirs: { a: '1', b: '2' },
    want: { b: '2' },
  },
  {
    name: 'one deletes, one changes',
    base: { a: '1' },
    ours: {},
    theirs: { a: '2' },
    want: {},
    conflicts: ['a changed-and-deleted'],
  },
  {
    name: 'one deletes a directory, one changes a file in it',
    base: { 'd/a': '1', 'd/b': '1' },
    ours: {},
    theirs: { 'd/a': '2', 'd/b': '1' },
    want: {},
    conflicts: ['d/a changed-and-deleted'],
  },
  {
    name: 'both empty a directory',
    base: { 'd/a': '1', 'd/b': '1', c: '1' },
    ours: { 'd/a': '1', c: '1' },
    theirs: { 'd/b': '1', c: '1' },
    want: { c: '1' },
  },
  {
    name: 'both add different files',
    base: {},
    ours: { 'd/a': '1' },
    theirs: { 'd/b': '2' },
    want: { 'd/a': '1', 'd/b': '2' },
  },
  {
    name: 'both add the same file differently',
    base: {},
    ours: { a: '1' },
    theirs: { a: '2' },
    want: { a: '1' },
    conflicts: ['a both-added'],
  },
  { name: 'no base at all', ours: { a: '1' }, theirs: { b: '2' }, want: { a: '1', b: '2' } },
  {
    name: 'a file here, a directory there',
    base: {},
    ours: { a: '1' },
    theirs: { 'a/b': '2' },
    want: { a: '1' },
    conflicts: ['a file-and-directory'],
  },
  {
    name: 'mode here, content there',
    base: { a: '1' },
    ours: { a: '+x 1' },
    theirs: { a: '2' },
    want: { a: '+x 2' },
  },
  {
    name: 'symlinks',
    base: { a: '-> x' },
    ours: { a: '-> y' },
    theirs: { a: '-> z' },
    want: { a: '-> y' },
    conflicts: ['a symlink'],
  },
  {
    name: 'binary files',
    base: { a: '\0' },
    ours: { a: '\x001' },
    theirs: { a: '\x002' },
    want: { a: '\x001' },
    conflicts: ['a binary'],
  },
  {
    name: 'a submodule that one side moved',
    base: { a: '1', m: `@ ${'1'.repeat(40)}` },
    ours: { a: '2', m: `@ ${'1'.repeat(40)}` },
    theirs: { a: '1', m: `@ ${'2'.repeat(40)}` },
    want: { a: '2', m: `@ ${'2'.repeat(40)}` },
  },
  {
    name: 'a submodule that both sides moved',
    base: { m: `@ ${'1'.repeat(40)}` },
    ours: { m: `@ ${'2'.repeat(40)}` },
    theirs: { m: `@ ${'3'.repeat(40)}` },
    want: { m: `@ ${'2'.repeat(40)}` },
    conflicts: ['m submodule'],
  },
  {
    name: 'a submodule that one side moved and the other one removed',
    base: { a: '1', m: `@ ${'1'.repeat(40)}` },
    ours: { a: '1' },
    theirs: { a: '1', m: `@ ${'3'.repeat(40)}` },
    want: { a: '1' },
    conflicts: ['m submodule'],
  },
  {
    name: 'a submodule in place of a file that the other side changed',
    base: { m: 'text\n' },
    ours: { m: 'changed\n' },
    theirs: { m: `@ ${'3'.repeat(40)}` },
    want: { m: 'changed\n' },
    conflicts: ['m submodule'],
  },
];
test.each(merges)('merges $name', async ({ base, ours, theirs, want, conflicts = [] }) => {
  const objects = new TestObjects();
  const merged = await objects.merge(base, ours, theirs);
  expect(objects.files(merged.tree)).toEqual(want);
  expect(merged.conflicts.map(({ path, kind }) => `${path} ${kind}`)).toEqual(conflicts);
});

test('reads once per level and once for blobs', async () => {
  const objects = new TestObjects();
  const files = (a: string, b: string): Files => ({ 'x/y/a': a, 'x/y/b': b, 'other/c': '1' });
  await objects.merge(files(lines(), '1'), files(lines([1, 'o']), '2'), files(lines([9, 't']), '1'));
  expect(objects.reads).toBe(4);
});

test('line ends and encodings stay as they are', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  const merged = mergeText(
    bytes('a\r\nb\r\n\xff\nd'),
    bytes('A\r\nb\r\n\xff\nd'),
    bytes('a\r\nb\r\n\xff\nD'),
  );
  expect(merged).toEqual({ kind: 'merged', data: bytes('A\r\nb\r\n\xff\nD') });
});

test('edits that do not touch are joined, however repetitive the file is', () => {
  const line = fc.constantFrom('a: 1\n', '  enabled: true\n', '\n', 'unique\n', 'b\n');
  const file = fc.array(line, { minLength: 1, maxLength: 40 });
  const place = fc.nat(39);
  fc.assert(
    fc.property(file, place, place, fc.array(place, { maxLength: 3 }), (base, left, right, more) => {
      const ours = [left, ...more.filter((at) => Math.abs(at - right) > 1)];
      fc.pre(left < base.length && right < base.length && Math.abs(left - right) > 1);
      const edit = (places: number[], text: string) =>
        base.map((old, at) => (places.includes(at) ? `${text} ${at}\n` : old));
      const want = edit(ours, 'ours').map((old, at) => (at === right ? `theirs ${at}\n` : old));
      const bytes = (lines: string[]) => Buffer.from(lines.join(''));
      const merged = mergeText(bytes(base), bytes(edit(ours, 'ours')), bytes(edit([right], 'theirs')));
      expect(merged).toEqual({ kind: 'merged', data: Buffer.from(want.join('')) });
    }),
    { numRuns: 1000 },
  );
});

test('the passages of a split are the whole text', () => {
  const file = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { maxLength: 12 });
  fc.assert(
    fc.property(file, file, file, (o, a, b) => {
      const passages = splitAtAnchors(o, a, b);
      for (const [side, whole] of [o, a, b].entries()) {
        expect(passages.flatMap((passage) => passage[side] ?? [])).toEqual(whole);
      }
    }),
  );
});

test('long repetitive files neither hang nor merge wrongly', () => {
  const same = Array.from({ length: 20_000 }, () => 'x: y\n');
  const bytes = (first: string, last: string) => Buffer.from([first, ...same, last].join(''));
  expect(mergeText(bytes('a', 'b'), bytes('A', 'b'), bytes('a', 'B')).kind).toBe('merged');
  expect(mergeText(bytes('a', 'b'), bytes('A', 'Z'), bytes('a', 'B')).kind).toBe('conflict');
});

describe.skipIf(!hasNativeGit)('beside native git', () => {
  const folder = createTemporaryFolder();
  if (hasNativeGit) execFileSync('git', ['init', '-q', '--bare', folder.path]);
  afterAll(() => folder[Symbol.dispose]());

  const edit = fc.record({
    kind: fc.constantFrom('change', 'change', 'change', 'delete', 'add'),
    file: fc.nat(5),
    line: fc.nat(29),
    text: fc.constantFrom('x', 'y'),
  });

  test('random edits on two sides merge to the same tree or conflict in both', {
    timeout: 60_000,
  }, async () => {
    const path = (index: number): string => `dir${index % 2}/f${index}`;
    const content = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
    const base: Files = Object.fromEntries([0, 1, 2, 3].map((index) => [path(index), content.join('')]));
    const apply = (edits: { kind: string; file: number; line: number; text: string }[]): Files => {
      const files: Record<string, string> = { ...base };
      for (const { kind, file, line, text } of edits) {
        const name = path(file);
        const now = files[name];
        if (kind === 'delete') delete files[name];
        else if (now === undefined) {
          if (kind === 'add') files[name] = `${text}\n`;
        } else {
          const changed = now.split(/(?<=\n)/);
          changed[line % changed.length] = `${text}${line}\n`;
          files[name] = changed.join('');
        }
      }
      return files;
    };
    const edits = fc.array(edit, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(edits, edits, async (left, right) => {
        const objects = new TestObjects();
        const [ours, theirs] = [apply(left), apply(right)];
        const merged = await objects.merge(base, ours, theirs);
        const pack = await encodePack([...objects.all.values()]);
        await git(folder.path, ['unpack-objects', '-q'], { input: pack });
        const commit = async (files: Files, ...parents: string[]) => {
          const flags = parents.flatMap((parent) => ['-p', parent]);
          return git(folder.path, ['commit-tree', '-m', 'm', ...flags, objects.tree(files)]);
        };
        const root = await commit(base);
        const sides = [await commit(ours, root), await commit(theirs, root)];
        const settings = [
          '-c',
          'merge.renames=false',
          'merge-tree',
          '--write-tree',
          '--name-only',
          '--no-messages',
        ];
        const native = await runGit(folder.path, [...settings, ...sides]);
        const [tree = '', ...conflicts] = native.stdout.toString().trim().split('\n');
        expect([...new Set(merged.conflicts.map((conflict) => conflict.path))]).toEqual(conflicts.sort());
        if (native.code === 0) expect(merged.tree).toBe(tree);
      }),
      { numRuns: 100 },
    );
  });
});
