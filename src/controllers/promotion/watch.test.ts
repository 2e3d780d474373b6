import { describe, expect, test } from 'vitest';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import { aFreight, aPromotion, aStage } from '../../../test/support/kargo-objects.ts';
import type { Application } from '../../api/argocd/index.ts';
import { annotations, type Promotion, promotions, type Stage } from '../../api/v1alpha1/index.ts';
import { fromApplication, fromStage, interrupts, promotionIndexes, wakes } from './watch.ts';

const promotion = aPromotion('dev.1', 'dev', aFreight('a'));

function withMetadata(metadata: Partial<Promotion['metadata']>): Promotion {
  return { ...promotion, metadata: { ...promotion.metadata, ...metadata } };
}

const terminate = { [annotations.abort]: '{"action":"terminate"}' };

describe('a change of the Promotion', () => {
  test.each([
    {
      name: 'of its status',
      object: { ...promotion, status: { phase: 'Running' as const } },
      wakes: false,
      stops: false,
    },
    { name: 'of a label', object: withMetadata({ labels: { a: 'b' } }), wakes: false, stops: false },
    { name: 'of its generation', object: withMetadata({ generation: 9 }), wakes: true, stops: false },
    {
      name: 'that asks to look again',
      object: withMetadata({ annotations: { [annotations.refresh]: 'x' } }),
      wakes: true,
      stops: false,
    },
    {
      name: 'that asks to abort',
      object: withMetadata({ annotations: terminate }),
      wakes: true,
      stops: true,
    },
    {
      name: 'that asks for something else',
      object: withMetadata({ annotations: { [annotations.abort]: 'pause' } }),
      wakes: true,
      stops: false,
    },
    { name: 'to be deleted', object: withMetadata({ deletionTimestamp: 'x' }), wakes: true, stops: true },
  ])('$name', ({ object, wakes: isWoken, stops }) => {
    expect([wakes(promotion, object), interrupts(promotion, object)]).toEqual([isWoken, stops]);
    expect(interrupts(object, object)).toBe(false);
  });
});

function createReader(...objects: readonly Promotion[]) {
  const cluster = createFakeCluster({ watched: [{ type: promotions, indexes: promotionIndexes }] });
  for (const object of objects) cluster.put(promotions, object);
  return cluster.reader;
}

function named(name: string, status?: Promotion['status']): Promotion {
  return { ...withMetadata({ name }), ...(status === undefined ? {} : { status }) };
}

describe('a Stage', () => {
  const stage = aStage('dev');
  const current = (name?: string): Stage => ({
    ...stage,
    status: name === undefined ? {} : { currentPromotion: { name } },
  });
  const reader = createReader(named('one'), named('two'), named('done', { phase: 'Failed' }));
  const cases = [
    { name: 'takes one up', old: current(), object: current('one'), want: ['one'] },
    { name: 'goes on to the next', old: current('one'), object: current('two'), want: ['two'] },
    { name: 'says nothing new', old: current('one'), object: current('one'), want: [] },
    { name: 'lets go', old: current('one'), object: current(), want: [] },
  ];
  test.each(cases)('that $name wakes $want', ({ old, object, want }) => {
    const keys = fromStage({ kind: 'updated', old, object }, reader);
    expect(keys).toEqual(want.map((name) => ({ namespace: 'ameide', name })));
  });

  test.each(['added', 'deleted'] as const)('that is %s wakes all that have not ended', (kind) => {
    const change = { kind, object: stage } as Parameters<typeof fromStage>[0];
    expect(fromStage(change, reader).map((key) => key.name)).toEqual(['one', 'two']);
  });
});

test('an Application wakes the Promotions whose current step waits for it', () => {
  const apps = [{ name: 'app', namespace: 'argocd' }];
  const stepExecutionMetadata = [{ alias: 'a' }, { alias: 'sync' }];
  const waiting = {
    phase: 'Running',
    stepExecutionMetadata,
    state: { sync: { apps }, a: { x: 1 } },
  } as const;
  const reader = createReader(
    named('waits', { ...waiting, currentStep: 1 }),
    named('elsewhere', { ...waiting, currentStep: 0 }),
    named('ended', { ...waiting, currentStep: 1, phase: 'Succeeded' }),
  );
  const object: Application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'app', namespace: 'argocd' },
  };
  const keys = fromApplication({ kind: 'updated', old: object, object }, reader);
  expect(keys).toEqual([{ namespace: 'ameide', name: 'waits' }]);
});
