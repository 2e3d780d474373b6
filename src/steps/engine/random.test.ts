import { expect, test } from 'vitest';
import {
  createDisturbedRun,
  type Disturbance,
  type Draft,
  disturbances,
  kinds,
  type Played,
} from '../../../test/support/disturbed-run.ts';
import { fc } from '../../../test/support/properties.ts';

const conditions = [undefined, undefined, undefined, 'always', 'failure', 'success', 'never'] as const;
const endings = ['done', 'done', 'done', 'skipped', 'failed', 'errored'] as const;

const aDraft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom(...kinds),
  errors: fc.constantFrom(0, 0, 0, 1, 2),
  threshold: fc.constantFrom(undefined, 1, 3),
  ending: fc.constantFrom(...endings),
  looks: fc.constantFrom(0, 1, 3, Number.POSITIVE_INFINITY),
  condition: fc.constantFrom(...conditions),
  continueOnError: fc.boolean(),
  isInTask: fc.boolean(),
  readsFrom: fc.nat(5),
});

const aDisturbance: fc.Arbitrary<Disturbance> = fc.record({
  at: fc.nat(70),
  kind: fc.constantFrom(...disturbances),
});

const plans = fc.array(aDraft, { minLength: 1, maxLength: 6 });
/** For hundreds of runs on a busy machine. */
const timeout = 120_000;

/** How each step ends by the rules alone, without an engine: status and number of errors. */
function predict(drafts: readonly Draft[]): readonly string[] {
  let isFailed = false;
  return drafts.map((draft) => {
    const end = predictOne(draft, isFailed);
    isFailed ||= !draft.continueOnError && /^(?:Errored|Failed)/.test(end);
    return end;
  });
}

function predictOne(draft: Draft, isFailed: boolean): string {
  const runs = { always: true, failure: isFailed, success: !isFailed, never: false, none: !isFailed };
  if (!runs[draft.condition ?? 'none']) return 'Skipped 0';
  const threshold = draft.threshold ?? 1;
  if (draft.errors >= threshold) return `Errored ${threshold}`;
  const isEndless = draft.kind === 'wait' && draft.looks === Number.POSITIVE_INFINITY;
  const ends = { done: 'Succeeded', skipped: 'Skipped', failed: 'Failed', errored: 'Errored' };
  return `${isEndless ? 'Errored' : ends[draft.ending]} ${draft.errors}`;
}

/** A fetch that is not recorded yet may find something newer; whatever it finds is kept from then on. */
function normalize({ world, outside }: Played): unknown {
  const text = JSON.stringify({ status: world.status, effects: outside.effects }, (name, value: unknown) =>
    ['config', 'claim', 'startedAt', 'finishedAt'].includes(name) ? undefined : value,
  );
  return JSON.parse(text.replaceAll(/@\d+/g, '@1'));
}

/** Which revisions of each fetched thing the promotion has used. */
function findMixtures({ world, outside }: Played): readonly string[] {
  const used = new Map<string, Set<string>>();
  const text = JSON.stringify([world.status.state, outside.effects]);
  for (const [, name = '', revision = ''] of text.matchAll(/(s\d+)@(\d+)/g)) {
    used.set(name, (used.get(name) ?? new Set()).add(revision));
  }
  return [...used].flatMap(([name, revisions]) => (revisions.size > 1 ? [name] : []));
}

test('an undisturbed run ends as the rules say', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (drafts) => {
      const { world } = await createDisturbedRun(drafts, []).play();
      const ends = world.status.stepExecutionMetadata?.map(
        ({ status, errorCount }) => `${status} ${errorCount ?? 0}`,
      );
      expect(ends).toEqual(predict(drafts));
    }),
    { numRuns: 150 },
  );
});

test('whatever disturbs a promotion, it ends as if nothing had, and does nothing outside twice', {
  timeout,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.array(aDisturbance, { maxLength: 8 }), async (drafts, happenings) => {
      const undisturbed = await createDisturbedRun(drafts, []).play();
      const played = await createDisturbedRun(drafts, happenings).play();
      expect(played.unnamed).toEqual([]);
      expect(new Set(played.outside.effects).size).toBe(played.outside.effects.length);
      expect(findMixtures(played)).toEqual([]);
      expect(normalize(played)).toEqual(normalize(undisturbed));
    }),
    { numRuns: 250 },
  );
});

test('a pass that has not heard of an equal claim does not act on it', { timeout }, async () => {
  const draft = {
    errors: 0,
    threshold: undefined,
    ending: 'done',
    looks: 0,
    condition: undefined,
    continueOnError: false,
    isInTask: false,
    readsFrom: 0,
  } as const;
  const { outside } = await createDisturbedRun(
    [
      { ...draft, kind: 'push' },
      { ...draft, kind: 'edit' },
    ],
    [
      { at: 3, kind: 'kill' },
      { at: 11, kind: 'kill' },
      { at: 12, kind: 'stale' },
    ],
  ).play();
  expect(outside.effects).toEqual(['s0: ']);
});

test('once an abort is seen, the pass ends and nothing is begun outside', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(
      plans,
      fc.array(aDisturbance, { maxLength: 4 }),
      fc.nat(40),
      async (drafts, happenings, abortAt) => {
        const run = createDisturbedRun(drafts, [...happenings, { at: abortAt, kind: 'abort' }]);
        const { outside, begunAtAbort } = await run.play();
        if (begunAtAbort !== undefined) expect(outside.begun).toBe(begunAtAbort);
      },
    ),
    { numRuns: 200 },
  );
});
