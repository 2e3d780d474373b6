import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { AppError } from '../base/index.ts';
import { createPollBudget } from './poll-budget.ts';

/** The delay that a look is given; 0 when it may be made. */
function look(budget: ReturnType<typeof createPollBudget>, host: string): number {
  try {
    budget.take(host);
    return 0;
  } catch (error) {
    if (error instanceof AppError && error.code === 'forge.rate-limited') return error.retryAfterMs ?? -1;
    throw error;
  }
}

test('a host gets its burst at once, and then its rate', async () => {
  const clock = createManualClock();
  const budget = createPollBudget(clock, { looksPerSecond: 2, burst: 3 });
  const delays = Array.from({ length: 6 }, () => look(budget, 'github.com'));
  expect(delays, 'those sent away come back one after the other').toEqual([0, 0, 0, 500, 1000, 1500]);
  expect(look(budget, 'gitlab.com'), 'hosts do not share').toBe(0);
  await clock.advance(500);
  expect(look(budget, 'github.com'), 'the first to come back gets its look').toBe(0);
  expect(look(budget, 'github.com'), 'a newcomer queues behind those that wait').toBe(1500);
});

test('a host that was left alone has its whole burst again', async () => {
  const clock = createManualClock();
  const budget = createPollBudget(clock, { looksPerSecond: 2, burst: 3 });
  for (let count = 0; count < 3; count++) look(budget, 'github.com');
  await clock.advance(10_000);
  expect(Array.from({ length: 3 }, () => look(budget, 'github.com'))).toEqual([0, 0, 0]);
});
