import { expect, test } from 'vitest';
import { SharedWork } from './shared-work.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when it is told to; each round has a number. */
function createHost() {
  const ends: ((answer: string | Error) => void)[] = [];
  const signals: AbortSignal[] = [];
  const shared = new SharedWork<string>();
  const look = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      signals.push(signal);
      signal.addEventListener('abort', () => reject(signal.reason));
      ends.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  return { signals, end: (round: number, answer: string | Error) => ends[round]?.(answer), shared, look };
}

test('what is asked for within one turn is asked once, for each key', async () => {
  const { shared, look, signals, end } = createHost();
  const asked = ['a', 'a', 'b', 'a'].map((key) => shared.join(key, look, never));
  await turn();
  expect(signals).toHaveLength(2);
  end(0, 'first');
  end(1, 'other');
  expect(await Promise.all(asked)).toEqual(['first', 'first', 'other', 'first']);
});

test('nobody gets an answer that is older than the question', async () => {
  const { shared, look, signals, end } = createHost();
  const first = shared.join('a', look, never);
  await turn();
  const second = shared.join('a', look, never);
  await turn();
  expect(signals, 'the second does not wait for the first').toHaveLength(2);
  const later = [shared.join('a', look, never), shared.join('a', look, never)];
  await turn();
  expect(signals, 'while two are under way, the others wait').toHaveLength(2);
  end(0, 'first');
  expect(await first).toBe('first');
  expect(signals, 'and go together').toHaveLength(3);
  end(2, 'third');
  expect(await Promise.all(later)).toEqual(['third', 'third']);
  end(1, 'second');
  expect(await second).toBe('second');
});

test('a failure is for those who waited, not for the next', async () => {
  const { shared, look, end } = createHost();
  const failing = [shared.join('a', look, never), shared.join('a', look, never)];
  await turn();
  end(0, new Error('no answer'));
  for (const one of failing) await expect(one).rejects.toThrow('no answer');
  const next = shared.join('a', look, never);
  await turn();
  end(1, 'fine');
  expect(await next).toBe('fine');
});

test('giving up is for oneself; the work ends with the last one', async () => {
  const { shared, look, signals, end } = createHost();
  const [one, other] = [new AbortController(), new AbortController()];
  const first = shared.join('a', look, one.signal);
  const second = shared.join('a', look, other.signal);
  await turn();
  one.abort('enough');
  await expect(first).rejects.toBe('enough');
  expect(signals[0]?.aborted).toBe(false);
  other.abort('enough too');
  await expect(second).rejects.toBe('enough too');
  expect(signals[0]?.reason).toBe('enough too');
  const unbegun = new AbortController();
  const third = shared.join('a', look, unbegun.signal);
  unbegun.abort('at once');
  await expect(third).rejects.toBe('at once');
  const next = shared.join('a', look, never);
  await turn();
  expect(signals, 'what nobody wants is not begun').toHaveLength(2);
  end(1, 'fine');
  expect(await next).toBe('fine');
});
