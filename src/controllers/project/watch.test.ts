import { expect, test } from 'vitest';
import type { Condition } from '../../api/meta/index.ts';
import { kargoApiVersion, type Stage } from '../../api/v1alpha1/index.ts';
import { countedToProject } from './watch.ts';

function stage(status: Condition['status'], reason: string): Stage {
  const conditions = [{ type: 'Healthy', status, reason, message: '', lastTransitionTime: '' }];
  return {
    apiVersion: kargoApiVersion,
    kind: 'Stage',
    metadata: { name: 'dev', namespace: 'demo' },
    spec: { requestedFreight: [] },
    status: { conditions },
  };
}

const healthy = stage('True', 'Healthy');
const promoting = stage('Unknown', 'ActivePromotion');
const unhealthy = stage('False', 'Unhealthy');

test.each([
  { name: 'becomes unhealthy', old: healthy, object: unhealthy, want: 1, because: 'the figures differ' },
  {
    name: 'is promoted to',
    old: healthy,
    object: promoting,
    want: 0,
    because: 'it will tell when that is over',
  },
  {
    name: 'is healthy again',
    old: promoting,
    object: healthy,
    want: 1,
    because: 'nobody knows what it was before',
  },
  { name: 'stays healthy', old: healthy, object: healthy, want: 0, because: 'the figures are the same' },
])('a Stage that $name', ({ old, object, want, because }) => {
  expect(countedToProject({ kind: 'updated', old, object }).length, because).toBe(want);
});
