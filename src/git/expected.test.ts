import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { Expected } from './expected.ts';
import type { GitWorktree } from './worktree.ts';

const live = new AbortController().signal;

function setUp() {
  const clock = createManualClock();
  const expected = new Expected(clock);
  const worktree = (): GitWorktree => ({}) as GitWorktree;
  let isOver = false;
  const wait = (key: string, signal = live): void => {
    void expected.wait(key, 200, signal).then(() => {
      isOver = true;
    });
  };
  return { clock, expected, worktree, wait, isOver: () => isOver };
}

test('nothing is waited for when nothing is expected', async () => {
  const { clock, expected, worktree, wait, isOver } = setUp();
  expected.add(worktree(), 'other');
  wait('main');
  await clock.settle();
  expect(isOver()).toBe(true);
});

test('a push waits until all others of its branch have come', async () => {
  const { clock, expected, worktree, wait, isOver } = setUp();
  const [one, two] = [worktree(), worktree()];
  expected.add(one, 'main');
  expected.add(two, 'main');
  wait('main');
  expected.remove(one);
  await clock.settle();
  expect(isOver()).toBe(false);
  expected.remove(two);
  await clock.settle();
  expect(isOver()).toBe(true);
});

test('what does not come is not waited for long', async () => {
  const { clock, expected, worktree, wait, isOver } = setUp();
  expected.add(worktree(), 'main');
  wait('main');
  await clock.advance(199);
  expect(isOver()).toBe(false);
  await clock.advance(1);
  expect(isOver()).toBe(true);
});

test('an old checkout is not expected to be pushed at any moment', async () => {
  const { clock, expected, worktree, wait, isOver } = setUp();
  expected.add(worktree(), 'main');
  await clock.advance(2001);
  wait('main');
  await clock.settle();
  expect(isOver()).toBe(true);
});

test('an abort ends the waiting', async () => {
  const { clock, expected, worktree, wait, isOver } = setUp();
  const stop = new AbortController();
  expected.add(worktree(), 'main');
  wait('main', stop.signal);
  stop.abort();
  await clock.settle();
  expect(isOver()).toBe(true);
});
