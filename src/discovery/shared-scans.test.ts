import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createSharedScans } from './index.ts';

const never = (): AbortSignal => new AbortController().signal;

function open() {
  const clock = createManualClock();
  const scans = createSharedScans<string>(clock);
  const asked: string[] = [];
  const ask = (wants: string[], notBeforeMs: number) =>
    scans.ask(
      { key: 'repository', wants, notBeforeMs },
      async (all) => {
        asked.push(all.join('+'));
        return `answer ${asked.length}`;
      },
      never(),
    );
  return { clock, asked, ask };
}

test('an answer serves all for whom it is young enough', async () => {
  const { clock, asked, ask } = open();
  const first = await ask(['a'], 0);
  await clock.advance(60_000);
  expect(await ask(['a'], clock.nowMs() - 60_000)).toEqual(first);
  expect(await ask(['a'], clock.nowMs() - 59_999)).toMatchObject({ answer: 'answer 2' });
  expect(asked).toEqual(['a', 'a']);
});

test('an answer that somebody waits for begins now', async () => {
  const { asked, ask } = open();
  await ask(['a'], 0);
  expect(await ask(['a'], Number.POSITIVE_INFINITY)).toMatchObject({ answer: 'answer 2' });
  expect(asked).toHaveLength(2);
});

test('questions at the same time are one', async () => {
  const { asked, ask } = open();
  await Promise.all(Array.from({ length: 20 }, () => ask(['a'], 0)));
  await Promise.all(Array.from({ length: 20 }, () => ask(['a'], Number.POSITIVE_INFINITY)));
  expect(asked).toHaveLength(2);
});

test('what others want comes along, until they have not wanted it for a while', async () => {
  const { clock, asked, ask } = open();
  await ask(['a'], 0);
  await ask(['b'], 0);
  await clock.advance(1_000);
  await ask(['a'], clock.nowMs());
  expect(asked, 'the second question needs more than the first had').toEqual(['a', 'a+b', 'a+b']);
  await ask(['b'], clock.nowMs());
  expect(asked).toHaveLength(3);
  await clock.advance(4_000_000);
  await ask(['a'], clock.nowMs());
  expect(asked.at(-1)).toBe('a');
});

test('a failure is nobody else’s', async () => {
  const scans = createSharedScans<string>(createManualClock());
  const question = { key: 'k', wants: [], notBeforeMs: 0 };
  await expect(scans.ask(question, () => Promise.reject(new Error('no')), never())).rejects.toThrow('no');
  expect((await scans.ask(question, async () => 'yes', never())).answer).toBe('yes');
});
