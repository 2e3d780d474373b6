import { describe, expect, test } from 'vitest';
import {
  createEngineWorld,
  createTestExpressions,
  defineScripted,
  type ScriptedRun,
} from '../../../test/support/engine-world.ts';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { AppError } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { StepDefinition } from '../../ports/index.ts';

const done: StepOutcome = { kind: 'done', status: 'Succeeded' };

/** A promotion that has run `first`, waits, and needs the work directory in its next pass. */
async function createWaiting(
  first: StepDefinition,
  options: { readonly config?: () => string; readonly continueOnError?: boolean } = {},
) {
  let isReady = false;
  const expressions = createTestExpressions(createManualClock());
  const read = options.config;
  const world = createEngineWorld({
    steps: [
      { uses: first.name, as: 'a', continueOnError: options.continueOnError === true },
      { uses: 'wait', as: 'w' },
      { uses: 'use', as: 'u' },
    ],
    definitions: [
      first,
      defineScripted(
        'wait',
        () => (isReady ? done : { kind: 'waiting', message: '', pollAfterMs: 1, wakes: [] }),
        {
          effect: 'wait',
        },
      ),
      defineScripted('use', () => done, { needs: ['workdir'] }),
    ],
    ...(read === undefined
      ? {}
      : {
          expressions: {
            ...expressions,
            config: async () => ({ ok: true, value: { config: { value: read() }, verbatim: [] } }),
          },
        }),
  });
  await world.pass();
  isReady = true;
  return world;
}

/** A step kind that counts its runs. */
function counting(run: ScriptedRun, options: Partial<StepDefinition>) {
  const runs: unknown[] = [];
  const definition = defineScripted(
    'first',
    (context, config, alias) => {
      runs.push(context.pins);
      return run(context, config, alias);
    },
    { needs: ['workdir'], ...options },
  );
  return { runs, definition };
}

describe('which steps run again', () => {
  const skipped: StepOutcome = { kind: 'done', status: 'Skipped' };
  const failed: StepOutcome = { kind: 'failed', status: 'Failed', code: 'x.y', message: '', terminal: true };
  const cases = [
    { name: 'a local one', options: { effect: 'local' }, outcome: done, want: 2 },
    { name: 'a local one that found nothing to do', options: { effect: 'local' }, outcome: skipped, want: 2 },
    { name: 'a fetching one', options: { effect: 'fetch' }, outcome: done, want: 2 },
    { name: 'an outward one', options: { effect: 'outward' }, outcome: done, want: 1 },
    { name: 'a waiting one', options: { effect: 'wait' }, outcome: done, want: 1 },
    { name: 'one that failed and may', options: { effect: 'local' }, outcome: failed, want: 1 },
    { name: 'one without files', options: { effect: 'local', needs: [] }, outcome: done, want: 1 },
  ] as const;
  test.each(cases)('$name: $want', async ({ options, outcome, want }) => {
    const { runs, definition } = counting(() => outcome, options);
    const world = await createWaiting(definition, { continueOnError: true });
    await world.pass();
    expect(world.status.phase).toBe('Succeeded');
    expect(runs).toHaveLength(want);
  });
});

test('gives a fetching step what it pinned', async () => {
  const { runs, definition } = counting(
    (context) => {
      context.pin({ commit: context.pins?.['commit'] ?? 'c1' });
      return done;
    },
    { effect: 'fetch' },
  );
  const world = await createWaiting(definition);
  await world.pass();
  expect(runs).toEqual([undefined, { commit: 'c1' }]);
});

describe('a replay that would differ ends the promotion', () => {
  test('by its configuration', async () => {
    let value = 'old';
    const { definition } = counting(() => done, {});
    const world = await createWaiting(definition, { config: () => value });
    value = 'new';
    expect((await world.pass()).kind).toBe('ended');
    expect(world.status.message).toContain('step "a" would not do what it did before: its configuration');
    expect(JSON.stringify(world.status)).not.toContain('old');
  });

  test('by its output', async () => {
    let output = 1;
    const { definition } = counting(() => ({ ...done, output: { output: output++ } }), {});
    const world = await createWaiting(definition);
    await world.pass();
    expect(world.status).toMatchObject({ phase: 'Errored' });
    expect(world.status.message).toContain('its output is not the same as before');
  });

  test('by an error that stays', async () => {
    let isGone = false;
    const gone = new AppError('git.object-missing', 'commit c1 is gone', { disposition: 'stop' });
    const { definition } = counting(
      () => {
        if (isGone) throw gone;
        isGone = true;
        return done;
      },
      { effect: 'fetch' },
    );
    const world = await createWaiting(definition);
    expect((await world.pass()).kind).toBe('ended');
    expect(world.status.message).toContain('commit c1 is gone');
  });
});

test('nulls in outputs do not count: they do not survive in a status', async () => {
  const { definition } = counting(() => ({ ...done, output: { a: null, b: [null, 1], c: { d: null } } }), {});
  const world = await createWaiting(definition);
  await world.pass();
  expect(world.status.phase).toBe('Succeeded');
});

test('an outage in a replay is waited for and is nobody’s error', async () => {
  let runs = 0;
  const { definition } = counting(
    () => {
      runs += 1;
      if (runs === 2) throw new AppError('git.unreachable', 'no route', { disposition: 'retry' });
      return done;
    },
    { effect: 'fetch' },
  );
  const world = await createWaiting(definition);
  const result = await world.pass();
  expect(result).toMatchObject({ kind: 'waiting' });
  expect(world.status.message).toBe('the work directory cannot be rebuilt yet: no route');
  expect(world.status.stepExecutionMetadata?.[2]).toMatchObject({ alias: 'u', errorCount: 0 });
  expect((await world.pass()).kind).toBe('ended');
  expect(world.status.phase).toBe('Succeeded');
});
