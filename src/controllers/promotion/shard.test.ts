import { expect, test } from 'vitest';
import type { Promotion } from '../../api/v1alpha1/index.ts';
import { decide } from './decide.ts';

test('a Promotion of another shard is left alone, even when it is being deleted', () => {
  const object = {
    apiVersion: 'kargo.akuity.io/v1alpha1',
    kind: 'Promotion',
    metadata: {
      namespace: 'demo',
      name: 'p',
      deletionTimestamp: '2026-01-02T03:04:05Z',
      finalizers: ['kargo.akuity.io/finalizer'],
    },
    spec: { stage: 'test', freight: 'f', steps: [] },
  } as Promotion;
  const seen = { object, nowMs: 0, component: 'c', stage: undefined, turn: undefined, freight: undefined };
  expect(decide({ ...seen, isMine: false })).toEqual({ kind: 'nothing' });
  expect(decide({ ...seen, isMine: true }).kind).toBe('release');
});
