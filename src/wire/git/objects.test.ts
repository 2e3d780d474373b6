import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { createTemporaryFolder, git, hasNativeGit, runGit } from '../../../test/support/native-git.ts';
import { fc } from '../../../test/support/properties.ts';
import { AppError } from '../../base/index.ts';
import { decodeCommit, decodeTag, encodeCommit, encodeTag } from './commit.ts';
import { emptyTreeId, hashObject, type ObjectId } from './object-id.ts';
import { encodePack } from './pack-write.ts';
import { decodeSignature } from './signature.ts';
import { decodeText, encodeText } from './text.ts';
import { decodeTree, encodeTree, isEntryName, kindOf, type TreeEntry } from './tree.ts';

const person = { name: 'A U Thor', email: 'a@example.com', timeSec: 1_700_000_000, timezone: '+0000' };
const blobId = hashObject('blob', Buffer.from('hello\n'));

const texts = ['plain', 'ünïcödé', '\u{1f600}', ''];
test.each(texts)('text %j survives', (text) => {
  expect(decodeText(encodeText(text))).toBe(text);
});

test('bytes of any kind survive as text', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Buffer.compare(encodeText(decodeText(bytes)), bytes)).toBe(0);
    }),
  );
});

test('well-known ids', () => {
  expect(blobId).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
  expect(hashObject('tree', encodeTree([]))).toBe(emptyTreeId);
});

test('a tree is sorted as if directories ended in a slash', () => {
  const entry = (mode: string, name: string): TreeEntry => ({ mode, name, id: blobId });
  const entries = [
    entry('100644', 'a0'),
    entry('40000', 'a'),
    entry('100644', 'a.b'),
    entry('100644', 'a-b'),
  ];
  const names = decodeTree(encodeTree(entries)).map(({ name }) => name);
  expect(names).toEqual(['a-b', 'a.b', 'a', 'a0']);
});

test('names of any bytes keep their bytes and git’s order, in whatever order they come', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 6 }).map((some) => some.map((byte) => byte || 0x80));
  const words = fc.constantFrom('a', 'a.b', 'a-b', 'a0', 'é', '\ufffd', '\uff5e', '😀', 'a😀', '\ue000');
  const name = fc
    .oneof(
      words,
      bytes.map((some) => decodeText(some)),
    )
    .filter(isEntryName);
  const entry = fc.record({ name, mode: fc.constantFrom('100644', '40000', '120000', '100755', '160000') });
  const entries = fc.uniqueArray(entry, { selector: (one) => one.name, maxLength: 12 });
  fc.assert(
    fc.property(entries, (some) => {
      const key = (one: { readonly name: string; readonly mode: string }): Buffer =>
        Buffer.concat([encodeText(one.name), Buffer.from(one.mode === '40000' ? '/' : '')]);
      const want = some.toSorted((a, b) => key(a).compare(key(b))).map((one) => ({ ...one, id: blobId }));
      const data = encodeTree(some.map((one) => ({ ...one, id: blobId })));
      expect(decodeTree(data)).toEqual(want);
      expect(encodeTree(decodeTree(data)).equals(data)).toBe(true);
    }),
  );
});

const badNames = ['', '.', '..', '.git', '.GIT', 'a/b', 'a\0b'];
test.each(badNames)('a tree cannot be written with the name %j', (name) => {
  const write = () => encodeTree([{ mode: '100644', name, id: blobId }]);
  expect(write).toThrow(expect.objectContaining({ code: 'git-wire.object-malformed' }));
});

test('a tree cannot have a name twice', () => {
  const twice = ['100644', '40000'].map((mode) => ({ mode, name: 'a', id: blobId }));
  expect(() => encodeTree(twice)).toThrow(expect.objectContaining({ code: 'git-wire.object-malformed' }));
});

const kinds = [
  { mode: '100644', want: 'file' },
  { mode: '100664', want: 'file' },
  { mode: '100755', want: 'executable' },
  { mode: '120000', want: 'symlink' },
  { mode: '40000', want: 'tree' },
  { mode: '160000', want: 'submodule' },
];
test.each(kinds)('mode $mode is a $want', ({ mode, want }) => {
  expect(kindOf(mode)).toBe(want);
});

const commits = [
  { name: 'a first commit', body: 'first\n', headers: '' },
  { name: 'an empty message', body: '', headers: '' },
  { name: 'no final newline', body: 'x', headers: '' },
  { name: 'an encoding', body: 'gr\xfcn\n', headers: 'encoding ISO-8859-1\n' },
  {
    name: 'a signature with empty lines',
    body: 'signed\n',
    headers: 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n',
  },
  {
    name: 'a header of a tool and a merged tag',
    body: 'm\n',
    headers: `promotion ns/name/push\nmergetag object ${blobId}\n type commit\n tag v1\n \n words\n`,
  },
];
test.each(commits)('a commit with $name is written as it was read', ({ body, headers }) => {
  const people = `author A <a@b> 1 +0200\ncommitter  <> 2 -0730\n`;
  const text = `tree ${emptyTreeId}\nparent ${blobId}\nparent ${blobId}\n${people}${headers}\n${body}`;
  const bytes = Buffer.from(text, 'latin1');
  const commit = decodeCommit(bytes);
  expect(encodeCommit(commit).equals(bytes)).toBe(true);
  expect(commit.parents).toHaveLength(2);
  expect(commit.author).toEqual({ name: 'A', email: 'a@b', timeSec: 1, timezone: '+0200' });
});

test('a value of several lines is one header', () => {
  const draft = { tree: emptyTreeId, parents: [], author: person, committer: person, message: 'm\n' };
  const headers = [
    { name: 'gpgsig', value: 'a\n\nb' },
    { name: 'promotion', value: 'a/b/c' },
  ];
  expect(decodeCommit(encodeCommit({ ...draft, headers })).headers).toEqual(headers);
});

const signatures = [
  'A <a@b> 1 +0000',
  'no mail at all',
  'A <a@b>',
  'A <a@b> x +0000',
  '<>',
  'A <a> b> 5 +0100',
];
test.each(signatures)('the signature %j is never lost', (line) => {
  const text = `tree ${emptyTreeId}\nauthor ${line}\ncommitter ${line}\n\nm`;
  expect(encodeCommit(decodeCommit(Buffer.from(text))).toString()).toBe(text);
});

test('names cannot break out of their line', () => {
  const author = { ...person, name: 'Eve\ntree 0 <x>' };
  const commit = { tree: emptyTreeId, parents: [], author, committer: person, headers: [], message: '' };
  expect(decodeCommit(encodeCommit(commit)).author.name).toBe('Evetree 0 x');
});

test('a tag is written as it was read', () => {
  const text = `object ${blobId}\ntype blob\ntag v1\ntagger A <a@b> 1 +0000\n\nwords\n`;
  const tag = decodeTag(Buffer.from(text));
  expect(tag).toMatchObject({ object: blobId, type: 'blob', name: 'v1', message: 'words\n' });
  expect(encodeTag(tag).toString()).toBe(text);
});

const parsers: Record<string, (bytes: Uint8Array) => unknown> = {
  tree: decodeTree,
  commit: decodeCommit,
  tag: decodeTag,
  signature: (bytes) => decodeSignature(decodeText(bytes)),
};
test.each(Object.keys(parsers))('%s: any bytes give a value or a coded error', (name) => {
  const sample = Buffer.from(`tree ${emptyTreeId}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm`);
  const mutated = fc
    .tuple(fc.nat(sample.length - 1), fc.uint8Array({ maxLength: 4 }))
    .map(([at, bytes]) => Buffer.concat([sample.subarray(0, at), bytes, sample.subarray(at + 1)]));
  const input = fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated);
  fc.assert(
    fc.property(input, (bytes) => {
      try {
        parsers[name]?.(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});

describe.skipIf(!hasNativeGit)('beside native git', () => {
  const folder = createTemporaryFolder();
  if (hasNativeGit) execFileSync('git', ['init', '-q', '--bare', folder.path]);
  afterAll(() => folder[Symbol.dispose]());

  test('the same ids and a clean fsck', async () => {
    const entries: TreeEntry[] = [
      { mode: '100644', name: 'a.txt', id: blobId },
      { mode: '100755', name: 'run', id: blobId },
      { mode: '120000', name: 'ünï', id: blobId },
      { mode: '40000', name: 'a', id: emptyTreeId },
    ];
    const tree = encodeTree(entries);
    const treeId = hashObject('tree', tree);
    const headers = [{ name: 'promotion', value: 'ns/p/push' }];
    const commit = encodeCommit({
      tree: treeId,
      parents: [],
      author: person,
      committer: person,
      headers,
      message: 'm\n',
    });
    const commitId = hashObject('commit', commit);
    const tag = encodeTag({
      object: commitId,
      type: 'commit',
      name: 'v1',
      tagger: person,
      headers: [],
      message: 'v1\n',
    });
    const objects = [
      { type: 'blob' as const, data: Buffer.from('hello\n') },
      { type: 'tree' as const, data: Buffer.alloc(0) },
      { type: 'tree' as const, data: tree },
      { type: 'commit' as const, data: commit },
      { type: 'tag' as const, data: tag },
    ];
    const pack = await encodePack(objects);
    await git(folder.path, ['index-pack', '--stdin', '--strict'], { input: pack });
    await git(folder.path, ['update-ref', 'refs/tags/v1', hashObject('tag', tag)]);
    const fsck = await runGit(folder.path, ['fsck', '--strict', '--full']);
    expect({ code: fsck.code, out: fsck.stderr + fsck.stdout }).toMatchObject({ code: 0 });
    const lines = entries.map(
      ({ mode, name, id }) => `${mode} ${mode === '40000' ? 'tree' : 'blob'} ${id}\t${name}`,
    );
    expect(await git(folder.path, ['mktree'], { input: `${lines.join('\n')}\n` })).toBe(treeId);
    const made = await git(folder.path, ['commit-tree', treeId, '-m', 'm']);
    const native = decodeCommit((await runGit(folder.path, ['cat-file', 'commit', made])).stdout);
    expect(hashObject('commit', encodeCommit(native))).toBe(made as ObjectId);
  });
});
