import { describe, expect, test } from 'vitest';
import type { DiscoveredArtifacts } from '../../api/v1alpha1/index.ts';
import { chooseGroup } from './choose.ts';
import { type GroupRule, groupAnnotations, parseGroupRule, revisionLabel } from './rule.ts';

const { by, settle, members } = groupAnnotations;

describe('the annotations', () => {
  const rule = (change: Partial<GroupRule>) => ({
    kind: 'rule',
    rule: { key: { kind: 'tag' }, settleMs: 0, members: [], ...change },
  });
  const label = (name: string) => rule({ key: { kind: 'label', name } });
  const problem = (annotation: string, value: string) => ({ kind: 'problem', annotation, value });
  const cases: {
    name: string;
    given: Record<string, string> | undefined;
    want: object;
    because: string;
  }[] = [
    { name: 'none at all', given: undefined, want: { kind: 'none' }, because: 'most Warehouses have none' },
    { name: 'other ones', given: { a: 'b' }, want: { kind: 'none' }, because: 'they are not ours' },
    { name: 'same tag', given: { [by]: 'tag' }, want: rule({}), because: 'it is the plainest rule' },
    {
      name: 'same revision',
      given: { [by]: ' revision ' },
      want: label(revisionLabel),
      because: 'that is the label in which builds name the commit',
    },
    {
      name: 'same label',
      given: { [by]: 'label:com.example.release' },
      want: label('com.example.release'),
      because: 'any label will do',
    },
    {
      name: 'settle time and members',
      given: { [by]: 'tag', [settle]: '1m30s', [members]: 'web, ghcr.io/example/api' },
      want: rule({ settleMs: 90_000, members: ['web', 'ghcr.io/example/api'] }),
      because: 'both are optional',
    },
    {
      name: 'a key that is none',
      given: { [by]: 'digest' },
      want: problem(by, 'digest'),
      because: 'two images never share a digest',
    },
    {
      name: 'a label without a name',
      given: { [by]: 'label:' },
      want: problem(by, 'label:'),
      because: 'it would match everything',
    },
    {
      name: 'a time that is none',
      given: { [by]: 'tag', [settle]: 'soon' },
      want: problem(settle, 'soon'),
      because: 'durations have units',
    },
    {
      name: 'a negative time',
      given: { [by]: 'tag', [settle]: '-1s' },
      want: problem(settle, '-1s'),
      because: 'nothing settles before it is there',
    },
    {
      name: 'a time without end',
      given: { [by]: 'tag', [settle]: '25h' },
      want: problem(settle, '25h'),
      because: 'a Warehouse that waits for days looks stuck',
    },
    {
      name: 'an empty member',
      given: { [by]: 'tag', [members]: 'web,' },
      want: problem(members, 'web,'),
      because: 'it is a mistyped list',
    },
    {
      name: 'a settle time alone',
      given: { [settle]: '5s' },
      want: problem(settle, '5s'),
      because: 'somebody forgot what it is for',
    },
    {
      name: 'members alone',
      given: { [members]: 'web' },
      want: problem(members, 'web'),
      because: 'somebody forgot what they share',
    },
  ];
  test.each(cases)('$name', ({ given, want }) => {
    expect(parseGroupRule(given)).toMatchObject(want);
  });
});

describe('the choice', () => {
  /** Each image as "tag", "tag=label" or "tag@minute", best first. */
  const found = (lists: Record<string, readonly string[]>): DiscoveredArtifacts => ({
    images: Object.entries(lists).map(([name, entries]) => ({
      repoURL: `ghcr.io/example/${name}`,
      subscriptionName: name,
      references: entries.map((entry, index) => {
        const [, tag = '', label, minute] = /^([^=@]*)(?:=([^@]*))?(?:@(\d+))?$/.exec(entry) ?? [];
        return {
          tag,
          digest: `sha256:${index}`,
          ...(label === undefined ? {} : { annotations: { rev: label } }),
          ...(minute === undefined ? {} : { createdAt: `2026-01-02T03:${minute}:00Z` }),
        };
      }),
    })),
  });
  const rule = (change: Partial<GroupRule> = {}): GroupRule => ({
    key: { kind: 'tag' },
    settleMs: 0,
    members: [],
    ...change,
  });
  const byLabel = rule({ key: { kind: 'label', name: 'rev' } });
  const laggard = (name: string, has: string | undefined, lacks: string) => ({
    repoURL: `ghcr.io/example/${name}`,
    has,
    lacks,
  });
  const cases: {
    name: string;
    rule?: GroupRule;
    given: Record<string, readonly string[]>;
    /** The first tag of each image, or nothing when no group is complete. */
    want?: readonly string[];
    laggards?: readonly object[];
    because: string;
  }[] = [
    {
      name: 'all have the newest',
      given: { web: ['v2', 'v1'], api: ['v2', 'v1'] },
      want: ['v2', 'v2'],
      because: 'this is the normal case',
    },
    {
      name: 'one is behind',
      given: { web: ['v2', 'v1'], api: ['v1'] },
      want: ['v1', 'v1'],
      laggards: [laggard('api', 'v1', 'v2')],
      because: 'an older set that belongs together beats a mixture',
    },
    {
      name: 'the order of the lists does not matter',
      given: { api: ['v1'], web: ['v2', 'v1'] },
      want: ['v1', 'v1'],
      laggards: [laggard('api', 'v1', 'v2')],
      because: 'the leader is the one that others have not',
    },
    {
      name: 'nothing in common',
      given: { web: ['v2@05'], api: ['v1@01'], job: ['v1@02'] },
      laggards: [laggard('api', 'v1', 'v2'), laggard('job', 'v1', 'v2')],
      because: 'the one built last is ahead, however many are behind',
    },
    {
      name: 'ahead by time of the build',
      given: { web: ['v1@01'], api: ['v2@05'] },
      laggards: [laggard('web', 'v1', 'v2')],
      because: 'the first in the list is not always ahead',
    },
    {
      name: 'orders that differ',
      given: { web: ['a', 'b', 'c'], api: ['c', 'b', 'a'] },
      want: ['b', 'b'],
      because: 'the value that is near the top in all lists is the newest set',
    },
    {
      name: 'the same label under mutable tags',
      rule: byLabel,
      given: { web: ['main=4f2c'], api: ['main=4f2c'] },
      want: ['main', 'main'],
      because: 'the tag says nothing, the label does',
    },
    {
      name: 'another label under the same tag',
      rule: byLabel,
      given: { web: ['main=4f2c@05'], api: ['main=91aa@01'] },
      laggards: [laggard('api', '91aa', '4f2c')],
      because: 'a mutable tag names two revisions while the builds run',
    },
    {
      name: 'no label at all',
      rule: byLabel,
      given: { web: ['main=4f2c@05'], api: ['main@09'] },
      laggards: [laggard('api', undefined, '4f2c')],
      because: 'what has no label belongs to nothing',
    },
    {
      name: 'no label anywhere',
      rule: byLabel,
      given: { web: ['main'], api: ['main'] },
      laggards: [laggard('web', undefined, ''), laggard('api', undefined, '')],
      because: 'all are named, so that somebody sees that the label is wrong',
    },
    {
      name: 'members only',
      rule: rule({ members: ['web', 'ghcr.io/Example/api'] }),
      given: { web: ['v2', 'v1'], nginx: ['1.29', '1.28'], api: ['v1'] },
      want: ['v1', '1.29', 'v1'],
      laggards: [laggard('api', 'v1', 'v2')],
      because: 'third-party images have versions of their own',
    },
    {
      name: 'one image',
      given: { web: ['v2', 'v1'] },
      want: ['v2'],
      because: 'it belongs to itself',
    },
    { name: 'no image', given: {}, want: [], because: 'there is nothing to keep together' },
  ];
  test.each(cases)('$name', ({ rule: given = rule(), given: lists, want, laggards = [] }) => {
    const choice = chooseGroup(given, found(lists));
    expect(choice.kind).toBe(want === undefined ? 'incomplete' : 'complete');
    if (choice.kind === 'unknown-member') return;
    expect(choice.laggards).toEqual(laggards);
    if (choice.kind === 'incomplete') return;
    expect(choice.artifacts.images?.map((image) => image.references?.[0]?.tag)).toEqual(want);
    for (const [index, image] of (choice.artifacts.images ?? []).entries()) {
      const before = found(lists).images?.[index]?.references;
      expect(new Set(image.references), 'nothing is lost').toEqual(new Set(before));
    }
  });

  test('a member that is not there is named', () => {
    const choice = chooseGroup(rule({ members: ['web', 'wbe'] }), found({ web: ['v1'] }));
    expect(choice).toEqual({ kind: 'unknown-member', member: 'wbe' });
  });
});
