import { describe, expect, test } from 'vitest';
import {
  type CommitFact,
  compileGitRule,
  compilePathRule,
  type GitCriteria,
  type GitRule,
  isSameObservation,
  observeTags,
  selectFromBranch,
  selectFromTags,
} from '../index.ts';
import { subjectOf } from './subject.ts';

const nowMs = 1_000_000;
const never = new Map<string, boolean>();

function commit(id: string, timeSec: number): CommitFact {
  const person = 'Ann <ann@example.com>';
  return {
    id,
    author: person,
    committer: person,
    committedAt: { timeSec, offsetSec: 0 },
    message: `${id}\n`,
  };
}

function branchRule(criteria: GitCriteria): GitRule & { kind: 'branch' } {
  const compiled = compileGitRule(criteria);
  if (!compiled.ok || compiled.rule.kind !== 'branch') throw new Error('no rule for branches');
  return compiled.rule;
}

describe('selection from a branch', () => {
  test('a backdated commit does not hide those behind it', () => {
    const commits = [commit('c', 100), commit('b', 1), commit('a', 90)];
    const rule = branchRule({ since: '1970-01-01T00:01:00Z' });
    const step = selectFromBranch(rule, { commits, isWhole: true }, { touched: never, nowMs });
    expect(step).toMatchObject({ kind: 'kept', commits: [{ id: 'c' }, { id: 'a' }] });
  });

  test('a long row of older commits ends the search', () => {
    const old = Array.from({ length: 64 }, (_, index) => commit(`old${index}`, 1));
    const rule = branchRule({ since: '1970-01-01T00:01:00Z' });
    const walk = { commits: [commit('c', 100), ...old], isWhole: false };
    expect(selectFromBranch(rule, walk, { touched: never, nowMs })).toMatchObject({ kind: 'kept' });
  });

  test('what an earlier selection found is not looked for again', () => {
    const rule = branchRule({ discoveryLimit: 2, expressionFilter: "subject != 'b'" });
    const walk = { commits: [commit('c', 3), commit('b', 2), commit('head', 1)], isWhole: false };
    const earlier = { head: 'head', commits: [{ id: 'x' }, { id: 'y' }] };
    const step = selectFromBranch(rule, walk, { touched: never, earlier, nowMs });
    expect(step).toMatchObject({ kind: 'kept', commits: [{ id: 'c' }, { id: 'x' }] });
  });

  test('pages are asked for in equal sizes and grow', () => {
    const rule = branchRule({ discoveryLimit: 3, expressionFilter: 'false' });
    const first = selectFromBranch(rule, { commits: [], isWhole: false }, { touched: never, nowMs });
    expect(first).toEqual({ kind: 'need-commits', count: 32 });
    const commits = Array.from({ length: 32 }, (_, index) => commit(`c${index}`, 1));
    const next = selectFromBranch(rule, { commits, isWhole: false }, { touched: never, nowMs });
    expect(next).toEqual({ kind: 'need-commits', count: 64 });
  });
});

describe('selection among tags', () => {
  const compiled = compileGitRule({
    commitSelectionStrategy: 'Lexical',
    discoveryLimit: 1,
    allowTagsRegexes: ['^v'],
  });
  if (!compiled.ok || compiled.rule.kind !== 'tags') throw new Error('no rule for tags');
  const { rule } = compiled;

  test('no more tags are read than can be selected, and what is no commit is passed over', () => {
    const names = rule.rank(['v1', 'v2', 'v3', 'x']);
    expect(names).toEqual(['v3', 'v2', 'v1']);
    const known = { tags: new Map(), touched: never, nowMs };
    expect(selectFromTags(rule, names, known)).toEqual({ kind: 'need-tags', names: ['v3'] });
    const tags = new Map([['v3', undefined]]);
    expect(selectFromTags(rule, names, { ...known, tags })).toEqual({ kind: 'need-tags', names: ['v2'] });
    const more = new Map([...tags, ['v2', { name: 'v2', commit: commit('b', 5) }]]);
    expect(selectFromTags(rule, names, { ...known, tags: more })).toMatchObject({
      kind: 'kept',
      commits: [{ id: 'b', tag: 'v2', creatorDate: '1970-01-01T00:00:05Z' }],
    });
  });

  test('an observation holds the wanted tags by name, and none when they are too many', () => {
    const refs = [
      { name: 'v2', id: 'b' },
      { name: 'v1', id: 'a' },
      { name: 'x', id: 'c' },
    ];
    const seen = observeTags(rule, refs);
    expect(seen).toEqual({
      tags: [
        { name: 'v1', id: 'a' },
        { name: 'v2', id: 'b' },
      ],
    });
    expect(isSameObservation(seen, observeTags(rule, refs.slice(0, 2)))).toBe(true);
    expect(isSameObservation(seen, observeTags(rule, refs.slice(1)))).toBe(false);
    const many = Array.from({ length: 1001 }, (_, index) => ({ name: `v${index}`, id: 'a' }));
    expect(observeTags(rule, many)).toBeUndefined();
    expect(isSameObservation(undefined, undefined)).toBe(false);
  });
});

const folders: { include: string[]; exclude: string[]; folder: string; want: string; because: string }[] = [
  { include: ['apps/a'], exclude: [], folder: 'apps', want: 'some', because: 'it leads there' },
  { include: ['apps/a'], exclude: [], folder: 'apps/a/b', want: 'all', because: 'it lies below' },
  { include: ['apps/a'], exclude: [], folder: 'apps/b', want: 'none', because: 'it lies beside' },
  { include: ['apps'], exclude: ['apps/a'], folder: 'apps', want: 'some', because: 'a part is left out' },
  { include: [], exclude: ['docs'], folder: 'apps', want: 'all', because: 'nothing of it is left out' },
  { include: [], exclude: ['docs'], folder: 'docs/x', want: 'none', because: 'all of it is left out' },
  { include: ['glob:apps/**'], exclude: [], folder: 'apps/a', want: 'all', because: 'that is all below' },
  { include: ['glob:apps/*/x'], exclude: [], folder: 'docs', want: 'none', because: 'it leads elsewhere' },
  { include: ['glob:apps/*/x'], exclude: [], folder: 'apps/a', want: 'some', because: 'names decide' },
  { include: ['regex:x'], exclude: [], folder: 'a', want: 'some', because: 'names decide' },
  { include: ['../x'], exclude: [], folder: 'x', want: 'none', because: 'it leads out' },
];
test.each(folders)(
  'below $folder with $include and not $exclude: $want',
  ({ include, exclude, folder, want, because }) => {
    const compiled = compilePathRule(include, exclude);
    expect(compiled.ok && compiled.rule?.below(folder), because).toBe(want);
  },
);

const subjects: { name: string; message: string; want: string }[] = [
  { name: 'lines of the first paragraph', message: '\n one \ntwo\t\n\nbody\n', want: ' one two' },
  { name: 'nothing', message: '\n\n', want: '' },
  { name: '80 bytes', message: 'x'.repeat(80), want: 'x'.repeat(80) },
  { name: '81 bytes', message: 'x'.repeat(81), want: `${'x'.repeat(77)}...` },
  { name: 'a cut character', message: `${'x'.repeat(75)}😀y`, want: `${'x'.repeat(75)}😀y` },
  {
    name: 'a cut character of four bytes',
    message: `${'x'.repeat(75)}😀yy`,
    want: `${'x'.repeat(75)}\ufffd\ufffd...`,
  },
];
test.each(subjects)('the subject of $name', ({ message, want }) => {
  expect(subjectOf(message)).toBe(want);
});
