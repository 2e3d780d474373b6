import { describe, expect, test } from 'vitest';
import { aFreight, aPromotion, aStage } from '../../../test/support/kargo-objects.ts';
import { annotations, type PromotionStatus } from '../../api/v1alpha1/index.ts';
import type { EngineResult } from '../../domain/index.ts';
import { decide } from './decide.ts';
import { report } from './report.ts';
import type { Plan, Seen } from './types.ts';

const nowMs = Date.parse('2026-01-02T04:00:00Z');
const now = '2026-01-02T04:00:00Z';
const freight = aFreight('a');
const promotion = aPromotion('dev.1', 'dev', freight);
const stage = { ...aStage('dev'), status: { currentPromotion: { name: promotion.metadata.name } } };

function seen(status?: PromotionStatus, notes?: Readonly<Record<string, string>>): Seen {
  const metadata = { ...promotion.metadata, ...(notes === undefined ? {} : { annotations: notes }) };
  const object = { ...promotion, metadata, ...(status === undefined ? {} : { status }) };
  return {
    object,
    nowMs,
    isMine: true,
    component: 'promotion-controller',
    stage,
    turn: promotion.metadata.name,
    freight,
  };
}

const nothing = { kind: 'nothing' } as const;

describe('without a run', () => {
  const cases: readonly {
    readonly name: string;
    readonly status?: PromotionStatus;
    readonly plan: Plan;
    readonly want: object;
  }[] = [
    { name: 'nothing', plan: nothing, want: { status: undefined, events: [], wakeUp: { kind: 'none' } } },
    {
      name: 'ended a minute ago, perhaps by a process that died before it could tell',
      status: { phase: 'Failed', message: 'm', finishedAt: '2026-01-02T03:59:00Z' },
      plan: nothing,
      want: {
        status: undefined,
        events: [{ reason: 'PromotionFailed', once: expect.stringMatching(/ ended$/) }],
        wakeUp: { kind: 'none' },
      },
    },
    {
      name: 'ended long ago',
      status: { phase: 'Failed', message: 'm', finishedAt: '2026-01-02T03:50:00Z' },
      plan: nothing,
      want: { status: undefined, events: [], wakeUp: { kind: 'none' } },
    },
    {
      name: 'pending',
      plan: { kind: 'pend', message: 'm', wakeAfterMs: undefined },
      want: {
        status: { phase: 'Pending', message: 'm' },
        events: [],
        wakeUp: { kind: 'after', delayMs: 300_000 },
      },
    },
    {
      name: 'pending while it runs',
      status: { phase: 'Running', currentStep: 2 },
      plan: { kind: 'pend', message: 'm', wakeAfterMs: 60_000 },
      want: {
        status: { phase: 'Running', message: 'm', currentStep: 2 },
        wakeUp: { kind: 'after', delayMs: 60_000 },
      },
    },
    {
      name: 'aborted before it began',
      plan: { kind: 'abort', message: 'm' },
      want: {
        status: { phase: 'Aborted', message: 'm', finishedAt: now },
        events: [{ reason: 'PromotionAborted', message: 'Promotion Aborted: m' }],
        wakeUp: { kind: 'none' },
      },
    },
    {
      name: 'aborted in its second step',
      status: {
        phase: 'Running',
        currentStep: 1,
        stepExecutionMetadata: [
          { alias: 'a', status: 'Succeeded', finishedAt: 'x' },
          { alias: 'b', status: 'Running', startedAt: 'x' },
        ],
      },
      plan: { kind: 'abort', message: 'm' },
      want: {
        status: {
          phase: 'Aborted',
          stepExecutionMetadata: [
            { alias: 'a', status: 'Succeeded', finishedAt: 'x' },
            { alias: 'b', status: 'Aborted', finishedAt: now },
          ],
        },
      },
    },
    {
      name: 'refused',
      plan: { kind: 'refuse', message: 'm' },
      want: {
        status: { phase: 'Errored', message: 'm', finishedAt: now },
        events: [{ reason: 'PromotionErrored', message: 'Promotion Errored: m' }],
      },
    },
  ];
  test.each(cases)('$name', ({ status, plan, want }) => {
    expect(report(seen(status), plan, nothing)).toMatchObject(want);
  });
});

describe('after a run', () => {
  const plan = decide(seen());
  const status = { phase: 'Running', startedAt: now, currentStep: 1, state: { a: { b: 1 } } } as const;
  const cases: readonly { readonly name: string; readonly result: EngineResult; readonly want: object }[] = [
    {
      name: 'waiting',
      result: { kind: 'waiting', status, wakeAfterMs: 1000, wakes: [] },
      want: { status, events: [], wakeUp: { kind: 'after', delayMs: 1000 } },
    },
    {
      name: 'waiting for long',
      result: { kind: 'waiting', status, wakeAfterMs: 9e9, wakes: [] },
      want: { wakeUp: { kind: 'after', delayMs: 300_000 } },
    },
    {
      name: 'to be tried again',
      result: { kind: 'retry', status, message: 'm' },
      want: { wakeUp: { kind: 'backoff' } },
    },
    {
      name: 'interrupted',
      result: { kind: 'interrupted', status },
      want: { status, events: [], wakeUp: { kind: 'after', delayMs: 0 } },
    },
    {
      name: 'ended well',
      result: { kind: 'ended', status: { ...status, phase: 'Succeeded', finishedAt: now } },
      want: {
        status: { phase: 'Succeeded', finishedAt: now },
        events: [{ reason: 'PromotionSucceeded', message: 'Promotion Succeeded' }],
        wakeUp: { kind: 'none' },
      },
    },
    {
      name: 'ended badly',
      result: { kind: 'ended', status: { ...status, phase: 'Failed', message: 'no', finishedAt: now } },
      want: { events: [{ reason: 'PromotionFailed', message: 'Promotion Failed: no' }] },
    },
  ];
  test.each(cases)('$name', ({ result, want }) => {
    const told = report(seen(), plan, { kind: 'ran', result });
    expect(told).toMatchObject(want);
    expect(told.status?.freightCollection).toBeDefined();
  });
});

test('records the request to look again, once there is a status to record it in', () => {
  const notes = { [annotations.refresh]: 'token' };
  const pending = report(seen(undefined, notes), { kind: 'pend', message: 'm', wakeAfterMs: 1 }, nothing);
  expect(pending.status?.lastHandledRefresh).toBe('token');
  expect(report(seen(undefined, notes), nothing, nothing).status).toBeUndefined();
});
