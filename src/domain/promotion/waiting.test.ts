import { expect, test } from 'vitest';
import { formatWaiting, parseWaiting, type WaitingReason, waitingReasons } from './waiting.ts';

test.each(Object.keys(waitingReasons) as WaitingReason[])('%s reads back as it was written', (reason) => {
  const message = formatWaiting(reason, 'prod.01jv.8a1b2c3');
  expect(message.startsWith(`${reason}: `)).toBe(true);
  expect(parseWaiting(message)).toMatchObject({ reason, blocker: 'prod.01jv.8a1b2c3' });
  expect(message).toContain(parseWaiting(message)?.says);
});

test.each([
  { given: undefined, because: 'a new Promotion has said nothing yet' },
  { given: 'waiting for Promotion "p1" to end', because: 'Kargo gives no reason' },
  { given: 'StageOnFire: Stage "dev" burns', because: 'the list is closed; a newer version may know more' },
  { given: 'toString: of "x"', because: 'only own names are reasons' },
  { given: 'StageBusy: of nobody', because: 'a blocker has a name' },
])('$given is no reason: $because', ({ given }) => {
  expect(parseWaiting(given)).toBeUndefined();
});
