import { expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../../../test/support/manual-clock.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import type { HttpHead, RequestTurn } from '../../ports/index.ts';
import { httpErrors } from '../errors.ts';
import { createHostBudgets, type HostBudgetsOptions } from './budgets.ts';

const never = new AbortController().signal;
const fine: HttpHead = { status: 200, url: 'https://a/', headers: {} };

/** A host that answers when the test says so. */
function open(options: Partial<HostBudgetsOptions> = {}) {
  const clock = createManualClock();
  const budgets = createHostBudgets(
    { clock, random: createSeededRandom() },
    { requestsPerSecond: 1000, ...options },
  );
  const begun: string[] = [];
  const answers = new Map<string, (answer: HttpHead) => void>();
  /** Asks; the answer waits for `answer`, or comes at once when it is given here. */
  const ask = (name: string, turn: Partial<RequestTurn> = {}, answer?: HttpHead | Error) =>
    budgets.run(
      { host: 'a', identity: 'me', ...turn },
      () => {
        begun.push(name);
        if (answer instanceof Error) return Promise.reject(answer);
        return answer === undefined
          ? new Promise<HttpHead>((resolve) => answers.set(name, resolve))
          : Promise.resolve(answer);
      },
      never,
    );
  const answer = async (name: string, head: HttpHead = fine): Promise<void> => {
    answers.get(name)?.(head);
    await clock.settle();
  };
  return { clock, budgets, begun, ask, answer };
}

const refused = (headers: Record<string, string> = {}, status = 429): HttpHead => ({
  ...fine,
  status,
  headers,
});

test('a burst is free, then requests are spread over time, per host', async () => {
  const { clock, begun, ask } = open({ requestsPerSecond: 10, burst: 3 });
  for (let index = 0; index < 6; index++) void ask(`a${index}`, { isAwaited: true }, fine);
  await clock.settle();
  expect(begun).toHaveLength(3);
  await ask('b', { host: 'b' }, fine);
  await clock.advance(100);
  expect(begun).toHaveLength(5);
  await clock.advance(200);
  expect(begun).toHaveLength(7);
});

test('polling leaves half of the burst to what somebody waits for, and gets its full rate', async () => {
  const { clock, begun, ask } = open({ requestsPerSecond: 10, burst: 10 });
  for (let index = 0; index < 20; index++) void ask(`poll${index}`, {}, fine);
  await clock.settle();
  expect(begun).toHaveLength(5);
  for (let index = 0; index < 5; index++) void ask(`now${index}`, { isAwaited: true }, fine);
  await clock.settle();
  expect(
    begun.filter((name) => name.startsWith('now')).length,
    'but for the turn of polling',
  ).toBeGreaterThanOrEqual(4);
  await clock.advance(2000);
  expect(begun, '10 at once and 20 in two seconds').toHaveLength(25);
});

test('only so many are under way at once; hosts do not wait for each other', async () => {
  const { clock, begun, ask, answer } = open({ concurrency: 2, hosts: { b: { concurrency: 1 } } });
  for (const name of ['a1', 'a2', 'a3']) void ask(name);
  for (const name of ['b1', 'b2']) void ask(name, { host: 'b' });
  await clock.settle();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  await answer('b1');
  expect(begun, 'a is still busy').toEqual(['a1', 'a2', 'b1', 'b2']);
});

test('parties take turns, however many requests one of them has', async () => {
  const { clock, begun, ask, answer } = open({ concurrency: 1 });
  for (const name of ['a1', 'a2', 'a3', 'a4']) void ask(name, { party: 'a' });
  void ask('b1', { party: 'b' });
  await clock.settle();
  for (const name of ['a1', 'a2', 'b1', 'a3', 'a4']) await answer(name);
  expect(begun.indexOf('b1')).toBeLessThan(3);
});

test('what somebody waits for overtakes polling, which still gets on', async () => {
  const { clock, begun, ask, answer } = open({ concurrency: 1 });
  for (let index = 0; index < 20; index++) void ask(`poll${index}`, { party: `p${index}` });
  for (let index = 0; index < 10; index++) void ask(`now${index}`, { isAwaited: true, party: 'me' });
  await clock.settle();
  for (let index = 0; index < 12; index++) await answer(begun[index] ?? '');
  const first = begun.slice(1, 12);
  expect(first.filter((name) => name.startsWith('now')).length).toBeGreaterThanOrEqual(8);
  expect(first.filter((name) => name.startsWith('poll')).length).toBeGreaterThanOrEqual(2);
});

test('a pause holds for the identity it was asked of, and is reported with its length', async () => {
  const { ask, budgets } = open();
  await ask('one', { identity: 'one' }, refused({ 'retry-after': '60' }));
  await expect(ask('again', { identity: 'one' }, fine)).rejects.toMatchObject({
    code: 'http.host-paused',
    disposition: 'wait',
  });
  const leftMs = budgets.pauseMs({ host: 'a', identity: 'one' });
  expect(leftMs).toBeGreaterThanOrEqual(60_000);
  expect(leftMs).toBeLessThanOrEqual(66_000);
  await ask('other', { identity: 'two' }, fine);
  await ask('elsewhere', { host: 'b', identity: 'one' }, fine);
});

test('whoever waits already is told when a long pause begins', async () => {
  const { clock, ask, answer } = open({ concurrency: 1 });
  void ask('first');
  const waiting = ask('second');
  const other = ask('third', { identity: 'other' }, fine);
  await clock.settle();
  const told = expect(waiting).rejects.toMatchObject({ code: 'http.host-paused' });
  await answer('first', refused({ 'retry-after': '30' }));
  await told;
  await other;
});

test('a short pause is sat out', async () => {
  const { clock, begun, ask } = open();
  await ask('first', {}, refused({ 'retry-after': '1' }));
  void ask('second', {}, fine);
  await clock.advance(900);
  expect(begun).toEqual(['first']);
  await clock.advance(300);
  expect(begun).toEqual(['first', 'second']);
});

test('a server that is not available pauses for all', async () => {
  const { ask } = open();
  await ask('one', { identity: 'one' }, refused({ 'retry-after': '60' }, 503));
  await expect(ask('two', { identity: 'two' }, fine)).rejects.toMatchObject({ code: 'http.host-paused' });
});

test('refusals that say nothing make pauses longer and longer, until one is accepted', async () => {
  const { clock, ask, budgets } = open();
  const pauses: number[] = [];
  for (let round = 0; round < 12; round++) {
    await ask(`r${round}`, {}, refused());
    pauses.push(budgets.pauseMs({ host: 'a', identity: 'me' }));
    await clock.advance(1_000_000);
  }
  expect(pauses[0]).toBeLessThan(3_000);
  expect(pauses.at(-1)).toBeGreaterThan(600_000);
  expect(pauses.at(-1)).toBeLessThanOrEqual(990_000);
  await ask('fine', {}, fine);
  await ask('once more', {}, refused());
  expect(budgets.pauseMs({ host: 'a', identity: 'me' })).toBeLessThan(3_000);
});

test('the last request that is left is not exceeded', async () => {
  const { ask } = open();
  await ask('last', {}, { ...fine, headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '90' } });
  await expect(ask('more', {}, fine)).rejects.toMatchObject({ code: 'http.host-paused' });
});

test('where pulls are counted apart, looking goes on when they are used up', async () => {
  const { ask } = open();
  const hub = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
  await ask('pull', { isPull: true }, { ...fine, headers: hub });
  await expect(ask('pull again', { isPull: true }, fine)).rejects.toMatchObject({ code: 'http.host-paused' });
  await ask('look', {}, fine);
});

test('a host that fails again and again is left alone, then tried with one request', async () => {
  const { clock, begun, ask, answer } = open();
  const failure = httpErrors.create('http.unreachable', 'no');
  for (let round = 0; round < 5; round++) await ask(`f${round}`, {}, failure).catch(() => undefined);
  await clock.advance(500);
  const inBetween = ask('between');
  void ask('and another');
  await clock.settle();
  expect(begun, 'left alone').toHaveLength(5);
  await clock.advance(3_000);
  expect(begun, 'one tries').toHaveLength(6);
  await answer('between');
  await inBetween;
  expect(begun).toHaveLength(7);
});

test('one that keeps failing turns callers away at once', async () => {
  const { clock, ask } = open();
  const failure = httpErrors.create('http.timeout', 'no');
  for (let round = 0; round < 8; round++) {
    await ask(`f${round}`, {}, failure).catch(() => undefined);
    await clock.advance(70_000);
  }
  await ask('again', {}, failure).catch(() => undefined);
  await expect(ask('refused', {}, fine)).rejects.toMatchObject({ code: 'http.host-paused' });
  await ask('other host', { host: 'b' }, fine);
});

test('a queue of more than a minute lets in only what somebody waits for', async () => {
  const { clock, begun, ask } = open({ requestsPerSecond: 1, burst: 1 });
  for (let index = 0; index < 62; index++) void ask(`q${index}`, {}, fine);
  await clock.settle();
  await expect(ask('too many', {}, fine)).rejects.toMatchObject({ code: 'http.host-busy' });
  void ask('awaited', { isAwaited: true }, fine);
  await clock.advance(2_000);
  expect(begun).toContain('awaited');
});

test('waiting ends when the caller gives up, and leaves nothing behind', async () => {
  const clock: ManualClock = createManualClock();
  const budgets = createHostBudgets(
    { clock, random: createSeededRandom() },
    { requestsPerSecond: 1, burst: 1 },
  );
  const turn = { host: 'a', identity: '' };
  await budgets.run(turn, async () => fine, never);
  const abort = new AbortController();
  const waiting = budgets.run(turn, async () => fine, abort.signal);
  abort.abort(new Error('gave up'));
  await expect(waiting).rejects.toThrow('gave up');
  expect(clock.pending).toBe(0);
});
