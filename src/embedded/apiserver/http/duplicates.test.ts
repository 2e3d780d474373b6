import { expect, test } from 'vitest';
import { findDuplicates } from './duplicates.ts';

const rows = [
  { text: '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', want: [], because: 'each object has its own names' },
  { text: '{"a":1,"a":2}', want: ['a'], because: 'at the root' },
  { text: '{"s":{"x":1,"y":[{"k":"x"},{"k":1,"k":2}]}}', want: ['s.y[1].k'], because: 'in a list' },
  { text: '{"a":"{\\"b\\":1,\\"b\\":2}"}', want: [], because: 'texts are not looked into' },
  { text: '{"a":"x","b":"a"}', want: [], because: 'values are no names' },
  { text: '{"\\u0061":1,"a":2}', want: ['a'], because: 'escapes are names too' },
  { text: '[1,"a","a"]', want: [], because: 'lists have no names' },
  { text: '{"a":{"b":1},"a":{"b":1},"a":1}', want: ['a'], because: 'told once' },
];
test.each(rows)('finds duplicates in $text', ({ text, want, because }) => {
  expect(findDuplicates(text), because).toEqual(want);
});
