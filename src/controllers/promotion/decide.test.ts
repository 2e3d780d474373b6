import { describe, expect, test } from 'vitest';
import { aFreight, aPromotion, aStage } from '../../../test/support/kargo-objects.ts';
import { annotations, finalizer, type Promotion, type Stage } from '../../api/v1alpha1/index.ts';
import { decide } from './decide.ts';
import type { Seen } from './types.ts';

const nowMs = Date.parse('2026-01-02T04:00:00Z');
const freight = aFreight('a');
const promotion = aPromotion('dev.1', 'dev', freight);
const { name } = promotion.metadata;

/** A Stage whose turn it is to run the Promotion, and that takes Freight from its Warehouse. */
function stageOf(status: Stage['status'] = { currentPromotion: { name } }): Stage {
  return { ...aStage('dev'), status };
}

function seen(more: Partial<Seen> = {}): Seen {
  const stage = 'stage' in more ? more.stage : stageOf();
  return {
    object: promotion,
    nowMs,
    component: 'promotion-controller',
    isMine: true,
    stage,
    turn: stage?.status?.currentPromotion?.name,
    freight,
    ...more,
  };
}

function withMetadata(metadata: Partial<Promotion['metadata']>, status?: Promotion['status']): Promotion {
  return { ...promotion, metadata: { ...promotion.metadata, ...metadata }, ...(status ? { status } : {}) };
}

const aborted = { [annotations.abort]: '{"action":"terminate","actor":"ann"}' };
const deletionTimestamp = '2026-01-02T03:59:00Z';

const cases: readonly { readonly name: string; readonly given: Partial<Seen>; readonly want: object }[] = [
  {
    name: 'being deleted',
    given: { object: withMetadata({ deletionTimestamp }) },
    want: { kind: 'nothing' },
  },
  {
    name: 'being deleted with Kargo’s finalizer',
    given: { object: withMetadata({ deletionTimestamp, finalizers: ['other', finalizer] }) },
    want: { kind: 'release', finalizers: ['other'] },
  },
  {
    name: 'ended',
    given: { object: withMetadata({}, { phase: 'Succeeded' }) },
    want: { kind: 'nothing' },
  },
  {
    name: 'to be aborted',
    given: { object: withMetadata({ annotations: aborted }) },
    want: { kind: 'abort', message: 'Promotion terminated by ann' },
  },
  {
    name: 'to be aborted by nobody',
    given: { object: withMetadata({ annotations: { [annotations.abort]: 'terminate' } }) },
    want: { kind: 'abort', message: 'Promotion terminated by controller:promotion-controller' },
  },
  {
    name: 'asked for something else',
    given: { object: withMetadata({ annotations: { [annotations.abort]: 'pause' } }) },
    want: { kind: 'run' },
  },
  {
    name: 'without a Stage',
    given: { stage: undefined },
    want: {
      kind: 'pend',
      message: expect.stringContaining('StageMissing: Stage "dev"'),
      wakeAfterMs: 60_000,
    },
  },
  {
    name: 'not its turn',
    given: { stage: stageOf({ currentPromotion: { name: 'other' } }) },
    want: { kind: 'pend', message: 'StageBusy: waiting for Promotion "other" to end' },
  },
  {
    name: 'nobody’s turn',
    given: { stage: stageOf({}) },
    want: { kind: 'pend', message: 'StageNotReady: waiting for Stage "dev" to take it up' },
  },
  {
    name: 'the Stage verifies',
    given: {
      stage: stageOf({
        freightHistory: [{ id: 'c', verificationHistory: [{ id: 'v', phase: 'Running' }] }],
      }),
    },
    want: { kind: 'pend', message: 'StageVerifying: waiting for the verification that runs in Stage "dev"' },
  },
  {
    name: 'without its Freight',
    given: { freight: undefined },
    want: { kind: 'refuse', message: `Freight "${freight.metadata.name}" not found in namespace "ameide"` },
  },
  {
    name: 'with Freight of another origin',
    given: { freight: { ...freight, origin: { kind: 'Warehouse', name: 'other' } } },
    want: { kind: 'refuse', message: expect.stringContaining('is not available to Stage "dev"') },
  },
  { name: 'its turn', given: {}, want: { kind: 'run' } },
];

describe('decide', () => {
  test.each(cases)('$name: $want.kind', ({ given, want }) => {
    expect(decide(seen(given))).toMatchObject(want);
  });

  test('rules in order: each hides those below it', () => {
    const gone = { stage: undefined, freight: undefined };
    const done = withMetadata({ annotations: aborted }, { phase: 'Failed' });
    const layers: readonly Partial<Seen>[] = [
      {
        ...gone,
        object: { ...done, metadata: { ...done.metadata, deletionTimestamp, finalizers: [finalizer] } },
      },
      { ...gone, object: done },
      { ...gone, object: withMetadata({ annotations: aborted }) },
      gone,
      { freight: undefined, stage: stageOf({}) },
      { freight: undefined },
      {},
    ];
    const kinds = layers.map((layer) => decide(seen(layer)).kind);
    expect(kinds).toEqual(['release', 'nothing', 'abort', 'pend', 'pend', 'refuse', 'run']);
  });
});

describe('a run', () => {
  test('begins now, with a copy of the Freight and the set that it makes', () => {
    const plan = decide(seen());
    if (plan.kind !== 'run') throw new Error(plan.kind);
    expect(plan.run.status).toMatchObject({
      phase: 'Running',
      startedAt: '2026-01-02T04:00:00Z',
      freight: { name: freight.metadata.name },
      freightCollection: { items: { 'Warehouse/ameide': { name: freight.metadata.name } } },
    });
  });

  test('keeps what it began with', () => {
    const first = decide(seen());
    if (first.kind !== 'run') throw new Error(first.kind);
    const later = { ...freight, alias: 'renamed', images: [] };
    const object = withMetadata({}, { ...first.run.status, message: 'm' });
    const again = decide(seen({ object, freight: later, nowMs: nowMs + 60_000 }));
    if (again.kind !== 'run') throw new Error(again.kind);
    expect(again.run.status).toEqual({ ...first.run.status, message: 'm' });
  });
});
