import { expect, test } from 'vitest';
import type { StepOutcome, StepRecord } from '../../domain/index.ts';
import { type Conclusion, concludeAttempt } from './conclude.ts';

const now = '2026-01-02T03:04:05Z';
const nowMs = Date.parse(now);
const failed = { kind: 'failed', code: 'x.y', message: 'no', terminal: false } as const;
const waiting: StepOutcome = { kind: 'waiting', message: 'for it', pollAfterMs: 1, wakes: [] };

const cases: readonly {
  readonly name: string;
  readonly outcome: StepOutcome;
  readonly record?: Partial<StepRecord>;
  readonly errorThreshold?: number;
  readonly timeoutMs?: number;
  readonly waitedMs?: number;
  readonly want: { readonly kind: Conclusion['kind']; readonly record: Partial<StepRecord> };
}[] = [
  {
    name: 'success after errors',
    outcome: { kind: 'done', status: 'Succeeded' },
    record: { errorCount: 2, message: 'old' },
    want: {
      kind: 'ended',
      record: { status: 'Succeeded', errorCount: 2, message: undefined, finishedAt: now },
    },
  },
  {
    name: 'skipped by itself',
    outcome: { kind: 'done', status: 'Skipped', message: 'nothing to do' },
    want: { kind: 'ended', record: { status: 'Skipped', message: 'nothing to do', finishedAt: now } },
  },
  {
    name: 'waiting',
    outcome: waiting,
    want: { kind: 'waiting', record: { status: 'Running', message: 'for it' } },
  },
  {
    name: 'waiting for exactly as long as allowed',
    outcome: waiting,
    timeoutMs: 5000,
    waitedMs: 5000,
    want: { kind: 'waiting', record: { status: 'Running' } },
  },
  {
    name: 'waiting for longer',
    outcome: waiting,
    timeoutMs: 5000,
    waitedMs: 5001,
    want: {
      kind: 'ended',
      record: { status: 'Errored', message: 'step "a" timed out after 5s: for it', finishedAt: now },
    },
  },
  {
    name: 'a failure for good',
    outcome: { ...failed, status: 'Failed', terminal: true },
    errorThreshold: 5,
    want: { kind: 'ended', record: { status: 'Failed', message: 'step "a": no', errorCount: 0 } },
  },
  {
    name: 'an error for good',
    outcome: { ...failed, status: 'Errored', terminal: true },
    errorThreshold: 5,
    want: {
      kind: 'ended',
      record: { status: 'Errored', message: 'an unrecoverable error occurred: error running step "a": no' },
    },
  },
  {
    name: 'the first error of one',
    outcome: { ...failed, status: 'Errored' },
    want: {
      kind: 'ended',
      record: {
        status: 'Errored',
        errorCount: 1,
        message: 'step "a" met error threshold of 1: error running step "a": no',
      },
    },
  },
  {
    name: 'the second failure of three',
    outcome: { ...failed, status: 'Failed' },
    record: { errorCount: 1 },
    errorThreshold: 3,
    want: {
      kind: 'retry',
      record: { status: 'Failed', errorCount: 2, message: 'step "a": no; step will be retried' },
    },
  },
  {
    name: 'an error below the threshold but past the timeout',
    outcome: { ...failed, status: 'Errored' },
    errorThreshold: 3,
    timeoutMs: 1000,
    waitedMs: 2000,
    want: { kind: 'ended', record: { status: 'Errored', errorCount: 1 } },
  },
  {
    name: 'success past the timeout',
    outcome: { kind: 'done', status: 'Succeeded' },
    timeoutMs: 1000,
    waitedMs: 2000,
    want: { kind: 'ended', record: { status: 'Succeeded' } },
  },
];

test.each(cases)('$name', ({ outcome, record, errorThreshold = 1, timeoutMs = 0, waitedMs = 0, want }) => {
  const conclusion = concludeAttempt({
    record: { alias: 'a', errorCount: 0, ...record },
    outcome,
    limits: { errorThreshold, timeoutMs },
    stepStartedAtMs: nowMs - waitedMs,
    nowMs,
    now,
  });
  expect(conclusion.kind).toBe(want.kind);
  expect(conclusion.record).toMatchObject(want.record);
  expect(conclusion.record.finishedAt).toBe(want.kind === 'ended' ? now : undefined);
});
