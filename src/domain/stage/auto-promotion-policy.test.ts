import { describe, expect, test } from 'vitest';
import { matchLabels, matchName } from './selector.ts';

describe('matchName', () => {
  test.each([
    { given: 'glob:{dev,test}-?', name: 'test-1', want: true, because: 'alternatives and single characters' },
    { given: 'glob:dev.*', name: 'devx', want: false, because: 'a dot is a dot in a glob' },
    { given: 'glob:[a-c]*', name: 'beta', want: true, because: 'character ranges' },
    { given: 'glob:[', name: 'x', want: undefined, because: 'it is malformed' },
    { given: 'regex:eu', name: 'prod-eu-1', want: true, because: 'expressions are unanchored' },
    { given: 'fancy:x', name: 'x', want: undefined, because: 'the kind of pattern is unknown' },
  ])('$given on $name: $because', ({ given, name, want }) => {
    const match = matchName(given, name);
    expect(match.ok ? match.matches : undefined).toBe(want);
  });
});

test('an unknown label operator is a problem, not a match', () => {
  expect(matchLabels({ matchExpressions: [{ key: 'a', operator: 'Near' }] }, {}).ok).toBe(false);
});
