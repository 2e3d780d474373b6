import { expect, test } from 'vitest';
import { meetsConstraint, parseConstraint, parseVersion, sortVersions } from './index.ts';

const checks = [
  { constraint: '^1.2', version: '1.9.0', want: true, because: 'a caret keeps the major number' },
  {
    constraint: '^0.2.3',
    version: '0.3.0',
    want: false,
    because: 'below 1 it keeps the first number that is not 0',
  },
  { constraint: '~1.2.3', version: '1.2.9', want: true, because: 'a tilde keeps the minor number' },
  { constraint: '>1.2', version: '1.2.5', want: false, because: 'a partial bound is passed as a whole' },
  { constraint: '>=1.2.0', version: '1.3.0-rc.1', want: false, because: 'prereleases are named or left out' },
  {
    constraint: '>=1.2.0-0',
    version: '1.3.0-rc.1',
    want: true,
    because: 'a named prerelease opens the group',
  },
  { constraint: '1.2 - 2.0', version: '2.0.0', want: true, because: 'a range includes its end' },
  { constraint: '<1 || >=2', version: '2.1.0', want: true, because: 'bars mean or' },
  { constraint: '!=1.x', version: '1.5.0', want: false, because: 'a wildcard covers all below it' },
];
test.each(checks)('$version against $constraint', ({ constraint, version, want, because }) => {
  const parsed = parseConstraint(constraint);
  const read = parseVersion(version);
  expect(parsed !== undefined && read !== undefined && meetsConstraint(read, parsed), because).toBe(want);
});

test.each(['', '1 ||', '^1.2.3,', 'latest', '>=a'])('%j is no constraint', (text) => {
  expect(parseConstraint(text)).toBeUndefined();
});

test('equal versions are ordered by their text, and what is no version is left out', () => {
  const sorted = sortVersions(['1.0', 'v1.0.0', '1.0.0', 'latest', '2.0.0-rc.1']);
  expect(sorted.map((version) => version.original)).toEqual(['2.0.0-rc.1', 'v1.0.0', '1.0.0', '1.0']);
});
