import { expect, test } from 'vitest';
import type { JsonValue } from '../../../base/index.ts';
import { parseSubscription } from './subscription.ts';

test('fills in the defaults of an image subscription', () => {
  expect(
    parseSubscription({ name: 'app', image: { repoURL: 'ghcr.io/example/app', constraint: null } }),
  ).toEqual({
    ok: true,
    subscription: {
      kind: 'image',
      name: 'app',
      image: {
        repoURL: 'ghcr.io/example/app',
        imageSelectionStrategy: 'SemVer',
        strictSemvers: true,
        discoveryLimit: 20,
        insecureSkipTLSVerify: false,
      },
    },
  });
});

const kinds: readonly { given: JsonValue; want: string; because: string }[] = [
  { given: { git: { repoURL: 'https://github.com/a/b.git' } }, want: 'git', because: 'https' },
  { given: { git: { repoURL: 'git@github.com:a/b.git' } }, want: 'git', because: 'the short form of ssh' },
  { given: { chart: { repoURL: 'oci://ghcr.io/a/b' } }, want: 'chart', because: 'oci' },
  { given: { name: 'x', s3: { bucket: 'b' } }, want: 'generic', because: 'the key names the kind' },
];
test.each(kinds)('reads $given as $want', ({ given, want, because }) => {
  const result = parseSubscription(given);
  expect(result.ok && result.subscription.kind, because).toBe(want);
});

const refused: readonly { given: JsonValue; want: readonly string[]; because: string }[] = [
  { given: [], want: [''], because: 'it is no object' },
  { given: { name: 'x' }, want: [''], because: 'it subscribes to nothing' },
  { given: { git: {}, image: {} }, want: [''], because: 'it subscribes to two things' },
  { given: { name: 'A', git: { repoURL: 'https://a/b' } }, want: ['name'], because: 'names are lower case' },
  { given: { image: { repoURL: 'https://ghcr.io/a' } }, want: ['image.repoURL'], because: 'no scheme' },
  { given: { image: { repoURL: 'ghcr.io/a:main' } }, want: ['image.repoURL'], because: 'no tag' },
  {
    given: { git: { repoURL: 'ftp://a/b', discoveryLimit: 0 } },
    want: ['git.repoURL', 'git.discoveryLimit'],
    because: 'every problem is listed',
  },
];
test.each(refused)('refuses $given', ({ given, want, because }) => {
  const result = parseSubscription(given);
  expect(result.ok ? [] : result.problems.map((item) => item.field), because).toEqual(want);
});
