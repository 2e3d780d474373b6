import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createBudget } from './budget.ts';
import { parseRetryAfterMs } from './retry-after.ts';

const { signal } = new AbortController();

test('a burst is free, then requests are spread over time, per host', async () => {
  const clock = createManualClock();
  const budget = createBudget(clock, { requestsPerSecond: 10, burst: 3 });
  let taken = 0;
  for (let index = 0; index < 6; index++) void budget.take('a', signal).then(() => taken++);
  await clock.settle();
  expect(taken).toBe(3);
  await budget.take('b', signal);
  await clock.advance(100);
  expect(taken).toBe(4);
  await clock.advance(200);
  expect(taken).toBe(6);
});

test('a short pause is sat out, a long one is reported with its length', async () => {
  const clock = createManualClock();
  const budget = createBudget(clock, { requestsPerSecond: 10, burst: 3 });
  budget.pause('a', 1000);
  let isTaken = false;
  void budget.take('a', signal).then(() => {
    isTaken = true;
  });
  await clock.advance(900);
  expect(isTaken).toBe(false);
  await clock.advance(200);
  expect(isTaken).toBe(true);
  budget.pause('a', 60_000);
  await expect(budget.take('a', signal)).rejects.toMatchObject({
    code: 'oci.rate-limited',
    retryAfterMs: 60_000,
  });
});

test('waiting ends when the caller gives up', async () => {
  const clock = createManualClock();
  const budget = createBudget(clock, { requestsPerSecond: 1, burst: 1 });
  await budget.take('a', signal);
  const abort = new AbortController();
  const waiting = budget.take('a', abort.signal);
  abort.abort(new Error('gave up'));
  await expect(waiting).rejects.toThrow('gave up');
  expect(clock.pending).toBe(0);
});

const nowMs = Date.parse('2026-01-02T03:04:05Z');
const headers = [
  { header: undefined, want: undefined },
  { header: '7', want: 7000 },
  { header: '99999999', want: 3_600_000 },
  { header: 'Fri, 02 Jan 2026 03:04:35 GMT', want: 30_000 },
  { header: 'Fri, 02 Jan 2026 03:04:00 GMT', want: 0 },
  { header: 'soon', want: undefined },
];
test.each(headers)('Retry-After: $header', ({ header, want }) => {
  expect(parseRetryAfterMs(header, nowMs)).toBe(want);
});
