import { expect, test } from 'vitest';
import { type CacheByTagPolicy, decideCacheByTag } from './cache-by-tag.ts';

const rows: {
  policy: CacheByTagPolicy;
  wish: boolean | undefined;
  strategy: string;
  want: boolean | 'refused';
}[] = [
  { policy: 'Allow', wish: undefined, strategy: 'SemVer', want: false },
  { policy: 'Allow', wish: false, strategy: 'SemVer', want: false },
  { policy: 'Allow', wish: true, strategy: 'SemVer', want: true },
  { policy: 'Allow', wish: true, strategy: 'Digest', want: false },
  { policy: 'Forbid', wish: true, strategy: 'NewestBuild', want: false },
  { policy: 'Force', wish: false, strategy: 'Lexical', want: true },
  { policy: 'Force', wish: false, strategy: 'Digest', want: false },
  { policy: 'Require', wish: true, strategy: 'NewestBuild', want: true },
  { policy: 'Require', wish: false, strategy: 'NewestBuild', want: 'refused' },
  { policy: 'Require', wish: undefined, strategy: 'SemVer', want: 'refused' },
  { policy: 'Require', wish: false, strategy: 'Digest', want: false },
];
test.each(rows)('$policy, $wish, $strategy: $want', ({ policy, wish, strategy, want }) => {
  const got = decideCacheByTag(policy, { cacheByTag: wish, imageSelectionStrategy: strategy });
  expect(got.ok ? got.isCached : 'refused').toBe(want);
});
