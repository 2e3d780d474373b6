import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { createTemporaryFolder, git, hasNativeGit, runGit } from '../../../test/support/native-git.ts';
import { fc } from '../../../test/support/properties.ts';
import { type Files, TestObjects } from '../../../test/support/tree-objects.ts';
import { encodeCommit } from './commit.ts';
import { type ObjectId, parseObjectId } from './object-id.ts';
import { encodePack } from './pack-write.ts';

const text = (name: string, ...changed: [number, string][]): string => {
  const all = Array.from({ length: 20 }, (_, index) => `${name} ${index}`);
  for (const [index, value] of changed) all[index] = value;
  return `${all.join('\n')}\n`;
};

interface Row {
  readonly name: string;
  readonly base: Files;
  readonly ours: Files;
  readonly theirs: Files;
  /** What the merge holds; `undefined` when it conflicts. */
  readonly want?: Files;
  readonly conflicts?: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'one side renamed what the other one changed',
    base: { a: text('a') },
    ours: { b: text('a') },
    theirs: { a: text('a', [3, 'x']) },
    want: { b: text('a', [3, 'x']) },
  },
  {
    name: 'the same the other way round, with a change on both sides',
    base: { 'd/a': text('a'), c: '1\n' },
    ours: { 'd/a': text('a', [3, 'x']), c: '1\n' },
    theirs: { 'e/b': text('a', [15, 'y']), c: '1\n' },
    want: { 'e/b': text('a', [3, 'x'], [15, 'y']), c: '1\n' },
  },
  {
    name: 'a rename and a change of the same lines',
    base: { a: text('a') },
    ours: { b: text('a', [3, 'x']) },
    theirs: { a: text('a', [3, 'y']) },
    conflicts: ['b content changed/changed'],
  },
  {
    name: 'both sides renamed it alike',
    base: { a: text('a') },
    ours: { b: text('a', [3, 'x']) },
    theirs: { b: text('a', [15, 'y']) },
    want: { b: text('a', [3, 'x'], [15, 'y']) },
  },
  {
    name: 'both sides renamed it differently',
    base: { a: text('a') },
    ours: { b: text('a') },
    theirs: { c: text('a') },
    conflicts: ['a renamed renamed to b/renamed to c'],
  },
  {
    name: 'one side renamed what the other one deleted',
    base: { a: text('a'), z: '1\n' },
    ours: { b: text('a'), z: '1\n' },
    theirs: { z: '1\n' },
    conflicts: ['a renamed renamed to b/deleted'],
  },
  {
    name: 'a whole directory went away on one side and was renamed on the other',
    base: { 'd/a': text('a'), 'd/b': text('b'), z: '1\n' },
    ours: { 'e/a': text('a'), 'e/b': text('b'), z: '1\n' },
    theirs: { z: '1\n' },
    conflicts: ['d/a renamed renamed to e/a/deleted', 'd/b renamed renamed to e/b/deleted'],
  },
  {
    name: 'something new in a directory that was renamed',
    base: { 'd/a': text('a'), z: '1\n' },
    ours: { 'e/a': text('a'), z: '1\n' },
    theirs: { 'd/a': text('a'), 'd/new': 'new\n', z: '1\n' },
    conflicts: ['d/new directory-renamed renamed to e/added'],
  },
  {
    name: 'a new directory in a directory that was renamed',
    base: { 'd/a': text('a'), 'd/b': text('b') },
    ours: { 'e/a': text('a'), 'e/b': text('b') },
    theirs: { 'd/a': text('a'), 'd/b': text('b'), 'd/new/x': text('x'), 'd/new/deep/y': text('y') },
    want: { 'e/a': text('a'), 'e/b': text('b'), 'd/new/x': text('x'), 'd/new/deep/y': text('y') },
  },
  {
    name: 'a new directory, and a new file beside it, in a directory that was renamed',
    base: { 'd/a': text('a'), 'd/b': text('b') },
    ours: { 'd/a': text('a'), 'd/b': text('b'), 'd/new/x': text('x'), 'd/c': text('c') },
    theirs: { 'e/a': text('a'), 'e/b': text('b') },
    conflicts: ['d/c directory-renamed added/renamed to e'],
  },
  {
    name: 'something new in a directory that was only deleted',
    base: { 'd/a': text('a'), z: '1\n' },
    ours: { z: '1\n', y: text('y') },
    theirs: { 'd/a': text('a'), 'd/new': 'new\n', z: '1\n' },
    want: { 'd/new': 'new\n', y: text('y'), z: '1\n' },
  },
  {
    name: 'the new name is taken on the other side',
    base: { a: text('a') },
    ours: { b: text('a') },
    theirs: { a: text('a', [3, 'x']), b: 'other\n' },
    conflicts: ['a renamed renamed to b/changed', 'b both-added added/added'],
  },
  {
    name: 'a changed file that is gone, and a new one that has nothing of it',
    base: { a: text('a') },
    ours: { b: text('other') },
    theirs: { a: text('a', [3, 'x']) },
    conflicts: ['a changed-and-deleted deleted/changed'],
  },
  {
    name: 'a rename together with the executable bit of the other side',
    base: { a: text('a') },
    ours: { b: text('a') },
    theirs: { a: `+x ${text('a')}` },
    want: { b: `+x ${text('a')}` },
  },
];

test.each(rows)('merges when $name', async ({ base, ours, theirs, want, conflicts = [] }) => {
  const objects = new TestObjects();
  const merged = await objects.merge(base, ours, theirs);
  const told = merged.conflicts.map((conflict) => {
    const [left, right] = [conflict.ours, conflict.theirs].map(({ change, to }) =>
      to === undefined ? change : `${change} to ${to}`,
    );
    return `${conflict.path} ${conflict.kind} ${left}/${right}`;
  });
  expect(told).toEqual(conflicts);
  if (want !== undefined) expect(objects.files(merged.tree)).toEqual(want);
});

test('nothing more is read where nothing is gone', async () => {
  const objects = new TestObjects();
  await objects.merge(
    { 'x/a': text('a'), 'y/b': '1\n' },
    { 'x/a': text('a'), 'x/c': '2\n', 'y/b': '1\n' },
    {
      'x/a': text('a', [1, 'x']),
      'y/b': '1\n',
    },
  );
  expect(objects.reads).toBe(2);
});

describe.skipIf(!hasNativeGit)('beside native git', () => {
  const folder = createTemporaryFolder();
  if (hasNativeGit) execFileSync('git', ['init', '-q', '--bare', folder.path]);
  afterAll(() => folder[Symbol.dispose]());

  type Sides = readonly [base: Files, ours: Files, theirs: Files];

  /** What native git makes of each merge: the tree, or that there is a conflict. */
  async function mergeNatively(merges: readonly Sides[]): Promise<readonly (ObjectId | 'conflict')[]> {
    const objects = new TestObjects();
    const commit = (files: Files, ...parents: ObjectId[]): ObjectId => {
      const who = { name: 'A', email: 'a@example.com', timeSec: 1_700_000_000, timezone: '+0000' };
      const tree = objects.tree(files);
      const made = { tree, parents, author: who, committer: who, headers: [], message: 'm\n' };
      return objects.write('commit', encodeCommit(made));
    };
    const pairs = merges.map(([base, ours, theirs]) => {
      const root = commit(base);
      return `${commit(ours, root)} ${commit(theirs, root)}\n`;
    });
    const pack = await encodePack([...objects.all.values()]);
    await git(folder.path, ['unpack-objects', '-q'], { input: pack });
    const args = ['merge-tree', '--stdin', '--name-only', '--no-messages'];
    const { stdout } = await runGit(folder.path, args, { input: pairs.join('') });
    // Of each merge: whether it is clean, the tree, the paths in conflict, and an empty field.
    const answers = [
      ...stdout.toString().matchAll(/(?<clean>[01])\0(?<tree>[0-9a-f]{40})\0(?:[^\0]+\0)*\0/g),
    ];
    return answers.map(({ groups }) =>
      groups?.['clean'] === '1' ? parseObjectId(groups['tree'] ?? '') : 'conflict',
    );
  }

  async function mergeHere([base, ours, theirs]: Sides): Promise<ObjectId | 'conflict'> {
    const merged = await new TestObjects().merge(base, ours, theirs);
    return merged.conflicts.length === 0 ? merged.tree : 'conflict';
  }

  test('native git agrees with all of that', async () => {
    const sides = rows.map(({ base, ours, theirs }): Sides => [base, ours, theirs]);
    const native = await mergeNatively(sides);
    for (const [at, row] of rows.entries()) {
      expect({ name: row.name, native: native[at] }).toEqual({
        name: row.name,
        native: await mergeHere([row.base, row.ours, row.theirs]),
      });
    }
  });

  const step = fc.record({
    kind: fc.constantFrom('change', 'change', 'delete', 'add', 'rename', 'rename', 'rename-folder'),
    file: fc.nat(4),
    target: fc.nat(11),
    line: fc.nat(19),
    value: fc.constantFrom('x', 'y'),
  });
  type Step = { kind: string; file: number; target: number; line: number; value: string };

  const targets = [
    ...['p/f0', 'p/f4', 'q/f0', 'q/g', 'r/f1', 'r/s/g', 'top', 'p/q/f2'],
    ...['p/new', 'p/q/g', 'q/deep/er/x', 'moved/q/f2'],
  ];
  const base: Files = {
    'p/f0': text('f0'),
    'p/f1': text('f1'),
    'q/f2': text('f2'),
    'q/f3': text('f3'),
    f4: text('f4'),
  };

  function apply(steps: readonly Step[]): Files {
    const files: Record<string, string> = { ...base };
    for (const { kind, file, target, line, value } of steps) {
      const names = Object.keys(files).sort();
      const name = names[file % Math.max(1, names.length)];
      const now = name === undefined ? undefined : files[name];
      const to = targets[target] ?? '';
      const isFree = !names.some(
        (each) => each === to || each.startsWith(`${to}/`) || to.startsWith(`${each}/`),
      );
      if (kind === 'add' && isFree) files[to] = text(`new ${value}`);
      if (name === undefined || now === undefined) continue;
      if (kind === 'delete') delete files[name];
      if (kind === 'change') {
        const changed = now.split(/(?<=\n)/);
        changed[line % changed.length] = `${value}${line}\n`;
        files[name] = changed.join('');
      }
      if (kind === 'rename' && isFree) {
        delete files[name];
        files[to] = now;
      }
      if (
        kind === 'rename-folder' &&
        name.includes('/') &&
        !names.some((each) => each.startsWith('moved/'))
      ) {
        const top = name.slice(0, name.indexOf('/') + 1);
        for (const each of names.filter((one) => one.startsWith(top))) {
          files[`moved/${each.slice(top.length)}`] = files[each] ?? '';
          delete files[each];
        }
      }
    }
    return files;
  }

  test('random renames merge to native git’s tree, or conflict', { timeout: 120_000 }, async () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 4 });
    const cases = fc.array(fc.tuple(steps, steps), { minLength: 150, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(cases, async (drawn) => {
        const merges = drawn.map(([left, right]): Sides => [base, apply(left), apply(right)]);
        const native = await mergeNatively(merges);
        let [clean, cautious] = [0, 0];
        for (const [at, sides] of merges.entries()) {
          const merged = await mergeHere(sides);
          if (merged === 'conflict') cautious += native[at] === 'conflict' ? 0 : 1;
          else {
            clean++;
            expect({ sides, tree: native[at] }).toEqual({ sides, tree: merged });
          }
        }
        // What native git joins is a conflict here once in many hundred merges.
        expect(cautious).toBeLessThanOrEqual(clean / 50);
      }),
      { numRuns: 1, endOnFailure: true },
    );
  });
});
