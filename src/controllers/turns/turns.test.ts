import { expect, test } from 'vitest';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createStageTurns } from './index.ts';

const dev = { namespace: 'demo', name: 'dev' };

test('a turn is given once, wakes its Promotion, and is forgotten when it is taken back', async () => {
  const woken: unknown[] = [];
  const clock = createManualClock();
  const turns = createStageTurns({ clock }, (promotion) => void woken.push(promotion));
  expect(turns.of(dev)).toBeUndefined();
  turns.give(dev, 'dev.1');
  const sinceMs = clock.nowMs();
  await clock.advance(10);
  turns.give(dev, 'dev.1');
  expect(turns.of({ ...dev })).toEqual({ promotion: 'dev.1', sinceMs });
  expect(woken).toEqual([{ namespace: 'demo', name: 'dev.1' }]);
  turns.give(dev, 'dev.2');
  expect(turns.of(dev)).toEqual({ promotion: 'dev.2', sinceMs: sinceMs + 10 });
  expect(turns.of({ namespace: 'other', name: 'dev' })).toBeUndefined();
  turns.give(dev, undefined);
  turns.give(dev, undefined);
  expect(turns.of(dev)).toBeUndefined();
  expect(woken).toHaveLength(2);
});
