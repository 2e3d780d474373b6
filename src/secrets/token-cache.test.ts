import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createTokenCache, type TokenQuestion } from './token-cache.ts';
import type { Material } from './types.ts';

const { signal } = new AbortController();

function world() {
  const clock = createManualClock();
  const tokens = createTokenCache(clock);
  let count = 0;
  let lifeMs: number | undefined = 100_000;
  let failing = false;
  const fetch = async (): Promise<Material> => {
    count += 1;
    if (failing) throw new Error(`failure ${count}`);
    return {
      password: `token-${count}`,
      ...(lifeMs === undefined ? {} : { expiresAtMs: clock.nowMs() + lifeMs }),
    };
  };
  const ask = (question: Partial<TokenQuestion> = {}, by: AbortSignal = signal) =>
    tokens.get(
      { key: 'k', identity: 'me', maxLifeMs: 3_600_000, refused: undefined, ...question },
      fetch,
      by,
    );
  return {
    clock,
    tokens,
    ask,
    setFailing: (now: boolean) => {
      failing = now;
    },
    setLife: (ms: number | undefined) => {
      lifeMs = ms;
    },
  };
}

test('a token is kept for 80 % of its life, and fetched anew before it ends', async () => {
  const { clock, ask } = world();
  expect((await ask()).password).toBe('token-1');
  await clock.advance(79_000);
  expect((await ask()).password).toBe('token-1');
  await clock.advance(2_000);
  expect((await ask()).password).toBe('token-2');
});

test('a given limit counts where the token does not tell', async () => {
  const { clock, ask, setLife } = world();
  setLife(undefined);
  expect((await ask({ maxLifeMs: 50_000 })).password).toBe('token-1');
  await clock.advance(49_000);
  expect((await ask({ maxLifeMs: 50_000 })).password).toBe('token-1');
  await clock.advance(1_000);
  expect((await ask({ maxLifeMs: 50_000 })).password).toBe('token-2');
});

test('a jump of the clock ends it', async () => {
  const { clock, ask } = world();
  await ask();
  await clock.advance(30 * 24 * 3_600_000);
  expect((await ask()).password).toBe('token-2');
});

test('all who ask at once share one fetch, and who gives up does not end it for the others', async () => {
  const { ask } = world();
  const gone = new AbortController();
  const all = [ask(), ask({}, gone.signal), ask()];
  gone.abort(new Error('gone'));
  const ends = await Promise.allSettled(all);
  expect(ends.map((end) => (end.status === 'fulfilled' ? end.value.password : 'gone'))).toEqual([
    'token-1',
    'gone',
    'token-1',
  ]);
});

test('what the host refuses is fetched anew once, and not again at once', async () => {
  const { clock, ask } = world();
  const first = await ask();
  await clock.advance(20_000);
  const refused = { identity: 'me', ...first };
  const second = await ask({ refused });
  expect(second.password).toBe('token-2');
  // The same refusal of the old one, e.g. by another request that was under way: there is a newer one.
  expect((await ask({ refused })).password).toBe('token-2');
  const again = { identity: 'me', ...second };
  expect((await ask({ refused: again })).password).toBe('token-2');
  await clock.advance(10_000);
  expect((await ask({ refused: again })).password).toBe('token-3');
});

test('a failure to renew is a warning while the token works, and an error afterwards', async () => {
  const { clock, ask, setFailing } = world();
  await ask();
  setFailing(true);
  await clock.advance(85_000);
  expect(await ask()).toMatchObject({ password: 'token-1', warnings: ['me cannot be renewed: failure 2'] });
  await clock.advance(1_000);
  expect(await ask()).toMatchObject({ password: 'token-1', warnings: ['me cannot be renewed: failure 2'] });
  await clock.advance(15_000);
  await expect(ask()).rejects.toThrow('failure 3');
});

test('a fetch that hangs ends at its limit', async () => {
  const { clock, tokens } = world();
  const question = { key: 'h', identity: 'me', maxLifeMs: 1, refused: undefined, timeLimitMs: 5_000 };
  const hanging = tokens.get(question, () => new Promise(() => undefined), signal);
  const failed = expect(hanging).rejects.toMatchObject({ code: 'credentials.unavailable' });
  await clock.advance(5_000);
  await failed;
});
