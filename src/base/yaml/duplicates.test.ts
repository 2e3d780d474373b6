import { expect, test } from 'vitest';
import { listDuplicateKeys } from './duplicates.ts';

const rows = [
  { name: 'none', text: 'a: 1\nb: {a: 1}\n', want: [], because: 'other mappings have keys of their own' },
  { name: 'one', text: 'a: 1\nb: 2\na: 3\n', want: [{ key: 'a', line: 3 }], because: 'the second is told' },
  {
    name: 'in a list and below, in the order of lines',
    text: 'x:\n- a: 1\n  a: 2\ny:\n  b: 1\n  b: 2\n  b: 3\n',
    want: [
      { key: 'a', line: 3 },
      { key: 'b', line: 6 },
      { key: 'b', line: 7 },
    ],
    because: 'each one counts',
  },
  { name: 'in JSON', text: '{"a":{"b":1,"b":2}}', want: [{ key: 'b', line: 1 }], because: 'JSON is YAML' },
  { name: 'what cannot be read', text: 'a: [', want: [], because: 'that is said elsewhere' },
];
test.each(rows)('duplicate keys: $name', ({ text, want, because }) => {
  expect(listDuplicateKeys(text), because).toEqual(want);
});
