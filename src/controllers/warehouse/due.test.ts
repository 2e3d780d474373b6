import { expect, test } from 'vitest';
import { warehouse } from '../../../test/support/warehouse-data.ts';
import { notBeforeMs } from './due.ts';

const nowMs = Date.parse('2026-01-02T03:04:05.500Z');
const created = (time: string) => warehouse({ metadata: { creationTimestamp: time } });

const rows = [
  { name: 'asked', object: warehouse({}), want: Number.POSITIVE_INFINITY, because: 'somebody waits' },
  { name: 'changed', object: warehouse({}), want: Number.POSITIVE_INFINITY, because: 'somebody waits' },
  {
    name: 'first',
    object: created('2026-01-02T03:04:00Z'),
    want: Date.parse('2026-01-02T03:04:01Z'),
    because: 'what was pushed before it was made must be found',
  },
  {
    name: 'first',
    object: created('2026-01-02T03:04:05Z'),
    want: Number.POSITIVE_INFINITY,
    because: 'it may have been made this very moment',
  },
  {
    name: 'interval',
    object: warehouse({}),
    want: nowMs - 299_000,
    because: 'the next look comes when it is too old',
  },
  {
    name: 'interval',
    object: warehouse({ spec: { interval: '500ms' } }),
    want: nowMs,
    because: 'an answer from the future cannot be had',
  },
] as const;
test.each(rows)('the oldest answer that will do for the reason $name', ({ name, object, want, because }) => {
  expect(notBeforeMs(object, name, nowMs), because).toBe(want);
});
