import { expect, test } from 'vitest';
import { createFlights } from './index.ts';

const never = new AbortController().signal;

function createWork(): {
  work: (signal: AbortSignal) => Promise<number>;
  calls: ((value: number) => void)[];
} {
  const calls: ((value: number) => void)[] = [];
  const work = (signal: AbortSignal): Promise<number> =>
    new Promise((resolve, reject) => {
      calls.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  return { work, calls };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('equal work under way is shared', async () => {
  const flights = createFlights<number>();
  const { work, calls } = createWork();
  const first = flights.join('a', false, work, never);
  const second = flights.join('a', false, work, never);
  await settle();
  expect(calls).toHaveLength(1);
  calls[0]?.(7);
  expect(await Promise.all([first, second])).toEqual([7, 7]);
});

test('who needs a fresh answer does not get one that began before, and shares the next', async () => {
  const flights = createFlights<number>();
  const { work, calls } = createWork();
  const old = flights.join('a', false, work, never);
  await settle();
  const fresh = flights.join('a', true, work, never);
  const alsoFresh = flights.join('a', true, work, never);
  await settle();
  expect(calls, 'one at a time').toHaveLength(1);
  calls[0]?.(1);
  await settle();
  expect(calls).toHaveLength(2);
  calls[1]?.(2);
  expect(await Promise.all([old, fresh, alsoFresh])).toEqual([1, 2, 2]);
});

test('work is aborted when the last one who waits gives up, not before', async () => {
  const flights = createFlights<number>();
  const { work, calls } = createWork();
  const [one, two] = [new AbortController(), new AbortController()];
  const first = flights.join('a', false, work, one.signal);
  const second = flights.join('a', false, work, two.signal);
  await settle();
  one.abort(new Error('gave up'));
  await expect(first).rejects.toThrow('gave up');
  const third = flights.join('a', false, work, never);
  two.abort(new Error('gave up too'));
  await expect(second).rejects.toThrow('gave up too');
  calls[0]?.(3);
  expect(await third).toBe(3);
  expect(calls).toHaveLength(1);
});

test('after a failure the next one begins anew', async () => {
  const flights = createFlights<number>();
  await expect(flights.join('a', false, () => Promise.reject(new Error('no')), never)).rejects.toThrow('no');
  expect(await flights.join('a', false, () => Promise.resolve(1), never)).toBe(1);
});

test('what gathers begins with the next turn, and goes beside one that is under way', async () => {
  const flights = createFlights<number>({ gathers: true, atOnce: 2 });
  const { work, calls } = createWork();
  const first = flights.join('a', true, work, never);
  await Promise.resolve();
  const same = flights.join('a', true, work, never);
  await settle();
  expect(calls, 'asked for within one turn').toHaveLength(1);
  const second = flights.join('a', true, work, never);
  await settle();
  expect(calls, 'the second does not wait for the first').toHaveLength(2);
  const third = [flights.join('a', true, work, never), flights.join('a', true, work, never)];
  await settle();
  expect(calls, 'while two are under way, the others wait').toHaveLength(2);
  calls[0]?.(1);
  expect(await Promise.all([first, same])).toEqual([1, 1]);
  await settle();
  expect(calls, 'and go together').toHaveLength(3);
  calls[2]?.(3);
  expect(await Promise.all(third)).toEqual([3, 3]);
  calls[1]?.(2);
  expect(await second).toBe(2);
});

test('what is to be fresh overtakes only what is not', async () => {
  const flights = createFlights<number>({ freshOvertakes: true });
  const { work, calls } = createWork();
  const old = flights.join('a', false, work, never);
  await settle();
  const fresh = flights.join('a', true, work, never);
  await settle();
  expect(calls).toHaveLength(2);
  const next = flights.join('a', true, work, never);
  await settle();
  expect(calls, 'one that is fresh is under way').toHaveLength(2);
  const joined = flights.join('a', false, work, never);
  calls[1]?.(2);
  expect(await Promise.all([fresh, joined])).toEqual([2, 2]);
  await settle();
  calls[0]?.(1);
  calls[2]?.(3);
  expect(await Promise.all([old, next])).toEqual([1, 3]);
});

test('what nobody wants any more is not begun', async () => {
  const flights = createFlights<number>({ gathers: true });
  const { work, calls } = createWork();
  const gone = new AbortController();
  const first = flights.join('a', true, work, gone.signal);
  gone.abort('at once');
  await expect(first).rejects.toBe('at once');
  const next = flights.join('a', true, work, never);
  await settle();
  expect(calls).toHaveLength(1);
  calls[0]?.(4);
  expect(await next).toBe(4);
});
