import { expect, test } from 'vitest';
import type { JsonValue } from '../../base/index.ts';
import { describeUpdates, toScalarUpdates } from './plan.ts';

const cases: readonly { value: JsonValue; want: string }[] = [
  { value: 'v1.2.3', want: 'v1.2.3' },
  { value: 'ghcr.io/a/b@sha256:00', want: 'ghcr.io/a/b@sha256:00' },
  { value: '', want: '' },
  { value: '1.10', want: '"1.10"' },
  { value: 'true', want: '"true"' },
  { value: 'yes', want: 'yes' },
  { value: '12e4567', want: '"12e4567"' },
  { value: '{"a":1}', want: '"{\\"a\\":1}"' },
  { value: 'two\nlines', want: '"two\\nlines"' },
  { value: 20240115, want: '20240115' },
  { value: 1.5, want: '1.5' },
  { value: false, want: 'false' },
  { value: null, want: 'null' },
];

test.each(cases)('describes $value as $want', ({ value, want }) => {
  const text = describeUpdates('f.yaml', [{ key: 'image.tag', value }]);
  expect(text).toBe(`Updated f.yaml\n\n- image.tag: ${want}`);
});

test.each([
  { value: ['x'], want: 'a list' },
  { value: { a: 1 }, want: 'an object' },
])('takes no $want', ({ value, want }) => {
  const result = toScalarUpdates([
    { key: 'a', value: 1 },
    { key: 'b.c', value },
  ]);
  expect(result).toMatchObject({ ok: false });
  if (!result.ok) expect(result.message).toContain(`updates.1.value`);
  if (!result.ok) expect(result.message).toContain(`for "b.c", found ${want}`);
});
