import { expect, test } from 'vitest';
import { formatShardSelector, isInShard, type Shard } from './shard.ts';

const label = 'kargo.akuity.io/shard';
const rows: {
  name: string;
  given: Shard;
  want: { selector: string | undefined; unlabeled: boolean; east: boolean; west: boolean };
  because: string;
}[] = [
  {
    name: 'neither name nor default',
    given: { name: undefined, isDefault: false },
    want: { selector: `!${label}`, unlabeled: true, east: false, west: false },
    because: 'what nobody is named for must not be left alone when there is one controller only',
  },
  {
    name: 'default without a name',
    given: { name: undefined, isDefault: true },
    want: { selector: `!${label}`, unlabeled: true, east: false, west: false },
    because: 'the selector does not depend on the flag',
  },
  {
    name: 'a shard',
    given: { name: 'east', isDefault: false },
    want: { selector: `${label}=east`, unlabeled: false, east: true, west: false },
    because: 'its own objects only',
  },
  {
    name: 'a shard that is the default',
    given: { name: 'east', isDefault: true },
    want: { selector: undefined, unlabeled: true, east: true, west: false },
    because: 'its own and unlabeled ones, which one selector cannot say',
  },
];
test.each(rows)('$name', ({ given, want, because }) => {
  const labeled = (name: string): boolean => isInShard(given, { metadata: { labels: { [label]: name } } });
  expect(
    {
      selector: formatShardSelector(given),
      unlabeled: isInShard(given, { metadata: {} }),
      east: labeled('east'),
      west: labeled('west'),
    },
    because,
  ).toEqual(want);
  expect(labeled(''), 'an empty label is none').toBe(want.unlabeled);
});
