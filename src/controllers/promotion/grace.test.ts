import { expect, test } from 'vitest';
import { kargoApiVersion, type Promotion, type Stage } from '../../api/v1alpha1/index.ts';
import { decide } from './decide.ts';

const createdAt = '2026-01-01T00:00:00Z';
const createdMs = Date.parse(createdAt);

function promotion(phase?: 'Pending' | 'Running'): Promotion {
  return {
    apiVersion: kargoApiVersion,
    kind: 'Promotion',
    metadata: { name: 'p', namespace: 'demo', creationTimestamp: createdAt },
    spec: { stage: 'dev', freight: 'f', steps: [] },
    ...(phase === undefined ? {} : { status: { phase } }),
  };
}

function stage(): Stage {
  return {
    apiVersion: kargoApiVersion,
    kind: 'Stage',
    metadata: { name: 'dev', namespace: 'demo' },
    spec: { requestedFreight: [] },
  };
}

test.each([
  { name: 'new', ageMs: 300, want: 'hold', because: 'its Stage is about to look' },
  { name: 'passed over', ageMs: 2000, want: 'pend', because: 'people want to know why nothing happens' },
  { name: 'made by a clock that runs ahead', ageMs: -60_000, want: 'pend', because: 'its age says nothing' },
  { name: 'behind another one', ageMs: 300, current: 'other', want: 'pend', because: 'the reason is known' },
  {
    name: 'behind another one while it ran',
    ageMs: 9000,
    current: 'other',
    phase: 'Running',
    want: 'pend',
    because: 'only one runs',
  },
  { name: 'known to wait', ageMs: 300, phase: 'Pending', want: 'pend', because: 'the reason is kept true' },
] as const)('a Promotion that is $name', (row) => {
  const { ageMs, want, because } = row;
  const plan = decide({
    object: promotion('phase' in row ? row.phase : undefined),
    nowMs: createdMs + ageMs,
    stage: stage(),
    turn: 'current' in row ? row.current : undefined,
    freight: undefined,
    isMine: true,
    component: 'promotion-controller',
  });
  expect(plan.kind, because).toBe(want);
  if (plan.kind === 'hold') expect(plan.wakeAfterMs).toBe(2000 - ageMs);
});

test('a Promotion that runs and has no turn is left as it is until its Stage has looked', () => {
  const object = { object: promotion('Running'), stage: stage(), turn: undefined, freight: undefined };
  const plan = decide({
    ...object,
    nowMs: createdMs + 90_000,
    isMine: true,
    component: 'promotion-controller',
  });
  expect(plan).toEqual({ kind: 'hold', wakeAfterMs: 2000 });
});
