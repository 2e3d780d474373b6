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
import { readState } from './journal.ts';

const done: StepOutcome = { kind: 'done', status: 'Succeeded' };
const waiting: StepOutcome = { kind: 'waiting', message: 'for it', pollAfterMs: 60_000, wakes: [] };
const retriable = new AppError('test.away', 'away', { disposition: 'retry' });
const limited = new AppError('test.limited', 'slow down', { disposition: 'wait', retryAfterMs: 7000 });

function throws(error: unknown): ScriptedRun {
  return () => {
    throw error;
  };
}

describe('what a step throws', () => {
  const cases = [
    { name: 'a limit', error: limited, effect: 'outward', want: { kind: 'waiting', wakeAfterMs: 7000 } },
    {
      name: 'an outage, while waiting',
      error: retriable,
      effect: 'wait',
      want: { kind: 'waiting', wakeAfterMs: 1000 },
    },
    {
      name: 'an outage, at first',
      error: retriable,
      effect: 'outward',
      want: { kind: 'waiting', wakeAfterMs: 1000 },
    },
    { name: 'an outage of what is local', error: retriable, effect: 'local', want: { kind: 'ended' } },
    { name: 'something unforeseen', error: new TypeError('x'), effect: 'local', want: { kind: 'ended' } },
  ] as const;
  test.each(cases)('$name', async ({ error, effect, want }) => {
    const definitions = [defineScripted('x', throws(error), { effect })];
    const world = createEngineWorld({ steps: [{ uses: 'x', as: 'a' }], definitions });
    expect(await world.pass()).toMatchObject(want);
  });

  test('where it crashed is logged, what it said is not', async () => {
    const definitions = [defineScripted('x', throws(new TypeError('password "hunter2"')), {})];
    const world = createEngineWorld({ steps: [{ uses: 'x', as: 'a' }], definitions });
    await world.pass();
    expect(world.log.lines).toEqual([
      {
        level: 'error',
        message: 'step crashed',
        fields: expect.objectContaining({ step: 'a (x)', code: 'step.crashed', reason: 'TypeError' }),
      },
    ]);
    expect(String(world.log.lines[0]?.fields['stack'])).toContain('engine.test.ts');
    expect(JSON.stringify(world.log.lines)).not.toContain('hunter2');
  });

  test('an outage counts as an error when it lasts', async () => {
    const definitions = [defineScripted('x', throws(retriable), { effect: 'outward' })];
    const steps = [{ uses: 'x', as: 'a', retry: { errorThreshold: 2 } }];
    const world = createEngineWorld({ steps, definitions });
    expect((await world.pass()).kind, 'a connection that breaks is no answer').toBe('waiting');
    await world.clock.advance(20_000);
    expect((await world.pass()).kind).toBe('retry');
    expect((await world.pass()).kind).toBe('ended');
    expect(world.status.message).toContain('met error threshold of 2');
  });
});

describe('waiting', () => {
  test.each([
    { name: 'as the step asks', timeout: undefined, want: 60_000 },
    { name: 'never longer than its timeout', timeout: '5s', want: 5001 },
    { name: 'a timeout of none', timeout: '0s', want: 60_000 },
  ])('$name', async ({ timeout, want }) => {
    const definitions = [defineScripted('x', () => waiting, { defaultTimeoutMs: 300_000 })];
    const steps = [{ uses: 'x', as: 'a', ...(timeout === undefined ? {} : { retry: { timeout } }) }];
    const world = createEngineWorld({ steps, definitions });
    expect(await world.pass()).toMatchObject({ kind: 'waiting', wakeAfterMs: want });
  });

  test('ends at the timeout of its kind', async () => {
    const definitions = [defineScripted('x', () => waiting, { defaultTimeoutMs: 300_000 })];
    const world = createEngineWorld({ steps: [{ uses: 'x', as: 'a' }], definitions });
    await world.pass();
    await world.clock.advance(300_001);
    expect((await world.pass()).kind).toBe('ended');
    expect(world.status).toMatchObject({
      phase: 'Errored',
      message: 'step "a" timed out after 5m0s: for it',
    });
  });
});

describe('claims', () => {
  const push: ScriptedRun = async (context) => {
    await context.claim({ head: 'c1' });
    return { ...done, output: { commit: 'c1' } };
  };

  test('are written before the step acts, and answered before the next one', async () => {
    const definitions = [
      defineScripted('push', push, { effect: 'outward' }),
      defineScripted('x', () => done),
    ];
    const steps = [
      { uses: 'push', as: 'a' },
      { uses: 'x', as: 'b' },
    ];
    const world = createEngineWorld({ steps, definitions });
    await world.pass();
    const [before, after, ...more] = world.checkpoints;
    expect(more).toEqual([]);
    expect(readState(before?.status.state).journal['a']?.claim).toEqual({ head: 'c1' });
    expect(before).toMatchObject({ answers: undefined, status: { phase: 'Running', currentStep: 0 } });
    expect(readState(after?.status.state).journal['a']).not.toHaveProperty('claim');
    expect(after).toMatchObject({
      answers: '/status/state/gantry.io~1journal/steps/a/claim',
      status: { phase: 'Running', currentStep: 1, state: { a: { commit: 'c1' } } },
    });
  });

  test('of the last step are answered with the end of the promotion, which is not written twice', async () => {
    const definitions = [defineScripted('push', push, { effect: 'outward' })];
    const world = createEngineWorld({ steps: [{ uses: 'push', as: 'a' }], definitions });
    const result = await world.pass();
    expect(world.checkpoints.at(-1)?.status).toMatchObject({ phase: 'Succeeded' });
    expect(JSON.parse(JSON.stringify(result.status))).toEqual(world.checkpoints.at(-1)?.status);
  });

  test.each([
    { name: 'the step is not to blame', isCaught: false },
    { name: 'even when the step hides it', isCaught: true },
  ])('that cannot be written end the pass: $name', async ({ isCaught }) => {
    const conflict = new AppError('kube.conflict', 'moved on', { disposition: 'retry' });
    let acted = 0;
    const run: ScriptedRun = async (context) => {
      const claim = context.claim({ head: 'c1' });
      if (isCaught) await claim.catch(() => undefined);
      else await claim;
      acted += 1;
      return done;
    };
    const definitions = [defineScripted('push', run, { effect: 'outward' })];
    const world = createEngineWorld({ steps: [{ uses: 'push', as: 'a' }], definitions });
    const lost = world.pass({
      beforeCheckpoint: () => {
        throw conflict;
      },
    });
    await expect(lost).rejects.toBe(conflict);
    expect(world.status).toEqual({ phase: 'Running', startedAt: world.status.startedAt });
    expect(acted).toBe(isCaught ? 1 : 0);
  });

  test('are handed to the next attempt', async () => {
    const seen: unknown[] = [];
    const run: ScriptedRun = async (context) => {
      seen.push(context.claimed);
      if (context.claimed !== undefined) return done;
      await context.claim({ head: 'c1' });
      throw retriable;
    };
    const definitions = [defineScripted('push', run, { effect: 'outward' })];
    const steps = [{ uses: 'push', as: 'a', retry: { errorThreshold: 2 } }];
    const world = createEngineWorld({ steps, definitions });
    await world.pass();
    await world.pass();
    expect(seen).toEqual([undefined, { head: 'c1' }]);
    expect(world.checkpoints).toHaveLength(2);
  });

  test('of a step that is configured differently now end it', async () => {
    let value = 'old';
    const clock = createManualClock();
    const expressions = createTestExpressions(clock);
    const world = createEngineWorld({
      steps: [{ uses: 'push', as: 'a', retry: { errorThreshold: 2 } }],
      definitions: [
        defineScripted(
          'push',
          async (context) => {
            await context.claim({ head: 'c1' });
            throw retriable;
          },
          { effect: 'outward' },
        ),
      ],
      expressions: {
        ...expressions,
        config: async () => ({ ok: true, value: { config: { value }, verbatim: [] } }),
      },
    });
    await world.pass();
    value = 'new';
    expect((await world.pass()).kind).toBe('ended');
    expect(world.status.message).toContain('is configured differently now');
  });
});

describe('an interrupt', () => {
  test('stops a step that is running and keeps its claim', async () => {
    const abort = new AbortController();
    const run: ScriptedRun = async (context) => {
      await context.claim({ head: 'c1' });
      abort.abort();
      throw new Error('aborted');
    };
    const definitions = [defineScripted('push', run, { effect: 'outward' })];
    const world = createEngineWorld({ steps: [{ uses: 'push', as: 'a' }], definitions });
    expect((await world.pass({ signal: abort.signal })).kind).toBe('interrupted');
    expect(world.status.phase).toBe('Running');
    expect(readState(world.status.state).journal['a']?.claim).toEqual({ head: 'c1' });
  });

  test('does not lose the result of a step that has acted', async () => {
    const abort = new AbortController();
    const run: ScriptedRun = async (context) => {
      await context.claim({ head: 'c1' });
      abort.abort();
      return { ...done, output: { commit: 'c1' } };
    };
    const definitions = [
      defineScripted('push', run, { effect: 'outward' }),
      defineScripted('x', throws('never')),
    ];
    const steps = [
      { uses: 'push', as: 'a' },
      { uses: 'x', as: 'b' },
    ];
    const world = createEngineWorld({ steps, definitions });
    expect((await world.pass({ signal: abort.signal })).kind).toBe('interrupted');
    expect(world.status).toMatchObject({ currentStep: 1, state: { a: { commit: 'c1' } } });
  });

  test('before anything runs changes nothing', async () => {
    const definitions = [defineScripted('x', throws('never'))];
    const world = createEngineWorld({ steps: [{ uses: 'x', as: 'a' }], definitions });
    expect((await world.pass({ signal: AbortSignal.abort() })).kind).toBe('interrupted');
    expect(world.status.stepExecutionMetadata ?? []).toEqual([]);
  });
});

describe('what expressions read', () => {
  const cases = [
    { name: 'is away', error: retriable, want: 'retry' },
    { name: 'is limited', error: limited, want: 'waiting' },
    {
      name: 'is refused',
      error: new AppError('test.no', 'forbidden', { disposition: 'stop' }),
      want: 'ended',
    },
  ];
  test.each(cases)('$name: $want', async ({ error, want }) => {
    const fails = () => Promise.reject(error);
    const expressions = { ...createTestExpressions(createManualClock()), config: fails, condition: fails };
    for (const step of [
      { uses: 'x', as: 'a' },
      { uses: 'x', as: 'a', if: '${{ always() }}' },
    ]) {
      const definitions = [defineScripted('x', () => done)];
      const world = createEngineWorld({ steps: [step], definitions, expressions });
      expect((await world.pass()).kind).toBe(want);
      if (want === 'ended') expect(world.status).toMatchObject({ phase: 'Errored' });
      else expect(world.status.stepExecutionMetadata?.[0]?.errorCount ?? 0).toBe(0);
    }
  });
});

test('health checks are kept in order, and only of steps that succeeded', async () => {
  const check = (name: string) => ({ uses: 'x', config: { name } });
  const run: ScriptedRun = (_, config) => {
    const name = String(config['name']);
    const status = name === 'b' ? 'Skipped' : 'Succeeded';
    return { kind: 'done', status, healthCheck: check(name) };
  };
  const world = createEngineWorld({
    steps: ['a', 'b', 'c'].map((name) => ({ uses: 'x', as: name, config: { name } })),
    definitions: [defineScripted('x', run)],
  });
  await world.pass();
  expect(world.status.healthChecks).toEqual([check('a'), check('c')]);
});

test('errors of the program itself end a step for good', async () => {
  const world = createEngineWorld({
    steps: [{ uses: 'x', as: 'a', retry: { errorThreshold: 5 } }],
    definitions: [
      defineScripted('x', () => {
        throw new AppError('test.stop', 'no', { disposition: 'stop' });
      }),
    ],
  });
  expect((await world.pass()).kind).toBe('ended');
  expect(world.status.phase).toBe('Errored');
});
