import { expect, test } from 'vitest';
import type { JsonValue } from '../../base/index.ts';
import { modernizeSubscription } from './index.ts';

const repoURL = 'ghcr.io/example/app';
const rows: { name: string; given: JsonValue; want: JsonValue; notes: number; because: string }[] = [
  {
    name: 'a pinned image of old',
    given: { image: { repoURL, semverConstraint: '^1.0.0' } },
    want: { image: { repoURL, constraint: '^1.0.0' } },
    notes: 1,
    because: 'a pin must hold',
  },
  {
    name: 'both spellings',
    given: { image: { repoURL, semverConstraint: '^1.0.0', constraint: '^2.0.0' } },
    want: { image: { repoURL, constraint: '^2.0.0' } },
    notes: 1,
    because: 'the modern one counts',
  },
  {
    name: 'the strategy and the tag to follow',
    given: { image: { repoURL, tagSelectionStrategy: 'Digest', semverConstraint: 'main' } },
    want: { image: { repoURL, imageSelectionStrategy: 'Digest', constraint: 'main' } },
    notes: 2,
    because: 'the tag stood there before there was a constraint',
  },
  {
    name: 'allowed and ignored tags',
    given: { name: 'a', git: { repoURL, allowTags: '^v', ignoreTags: ['v1.0'], ignoreTagsRegexes: ['rc'] } },
    want: { name: 'a', git: { repoURL, allowTagsRegexes: ['^v'], ignoreTagsRegexes: ['rc', '^v1\\.0$'] } },
    notes: 2,
    because: 'ignored tags were names, not expressions',
  },
  {
    name: 'old and new expressions at once',
    given: { git: { repoURL, allowTags: '^v', allowTagsRegexes: ['1$'] } },
    want: { git: { repoURL, allowTags: '^v', allowTagsRegexes: ['1$'] } },
    notes: 0,
    because: 'both cannot be had; the rule refuses it',
  },
  {
    name: 'a git constraint',
    given: { git: { repoURL, semverConstraint: '^1.0.0' } },
    want: { git: { repoURL, semverConstraint: '^1.0.0' } },
    notes: 0,
    because: 'that is its name there',
  },
];
test.each(rows)('$name', ({ given, want, notes, because }) => {
  const got = modernizeSubscription(given);
  expect(got.entry, because).toEqual(want);
  expect(got.notes).toHaveLength(notes);
});
