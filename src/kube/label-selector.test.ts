import { expect, test } from 'vitest';
import { parseLabelSelector } from './label-selector.ts';

const labels = { env: 'dev', 'kargo.akuity.io/shard': 'east' };
const rows = [
  { selector: '', want: true, because: 'an empty selector selects everything' },
  { selector: 'env=dev', want: true, because: 'equal' },
  { selector: 'env==prod', want: false, because: 'two equal signs are the same' },
  { selector: 'env!=prod', want: true, because: 'not equal' },
  { selector: 'none!=prod', want: true, because: 'an absent label is not equal' },
  { selector: 'env in (prod, dev)', want: true, because: 'in a set' },
  { selector: 'env notin (prod,dev)', want: false, because: 'in the excluded set' },
  { selector: '!kargo.akuity.io/shard', want: false, because: 'must be absent' },
  { selector: 'kargo.akuity.io/shard,env=dev', want: true, because: 'all requirements count' },
  { selector: 'constructor', want: false, because: 'only own members are labels' },
  { selector: 'a=b=c', want: undefined, because: 'no selector' },
  { selector: 'env>1', want: undefined, because: 'numeric comparison is not known' },
];
test.each(rows)('"$selector" gives $want', ({ selector, want, because }) => {
  expect(parseLabelSelector(selector)?.(labels), because).toBe(want);
});
