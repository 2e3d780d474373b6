import { expect, test } from 'vitest';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import { warehouse } from '../../../test/support/warehouse-data.ts';
import type { Secret } from '../../api/core/index.ts';
import { warehouses } from '../../api/v1alpha1/index.ts';
import { watchCredentials } from './watch.ts';

function statusOf(reason: string) {
  const lastTransitionTime = '2026-01-02T03:04:05Z';
  return {
    conditions: [{ type: 'Healthy', status: 'False' as const, reason, message: '', lastTransitionTime }],
  };
}

function secret(namespace: string, type: string): Secret {
  const labels = { 'kargo.akuity.io/cred-type': type };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'robot', namespace, labels } };
}

const cases = [
  {
    name: 'in the Project',
    given: secret('demo', 'image'),
    want: ['demo/failed'],
    because: 'it may be the remedy',
  },
  {
    name: 'in the shared namespace',
    given: secret('shared', 'image'),
    want: ['demo/failed', 'other/failed'],
    because: 'it serves all Projects',
  },
  { name: 'for git', given: secret('demo', 'git'), want: ['demo/failed'], because: 'it may be the remedy' },
  { name: 'for charts', given: secret('demo', 'helm'), want: ['demo/failed'], because: 'so may this' },
  { name: 'for a step', given: secret('demo', 'generic'), want: [], because: 'no repository uses it' },
  {
    name: 'of somebody else',
    given: secret('elsewhere', 'image'),
    want: [],
    because: 'it serves nobody here',
  },
];
test.each(cases)('a credential $name', ({ given, want, because }) => {
  const cluster = createFakeCluster({ watched: [{ type: warehouses }] });
  for (const [namespace, name, reason] of [
    ['demo', 'failed', 'DiscoveryFailed'],
    ['demo', 'fine', 'ReconciliationSucceeded'],
    ['other', 'failed', 'DiscoveryFailed'],
  ] as const) {
    cluster.put(warehouses, warehouse({ metadata: { namespace, name }, status: statusOf(reason) }));
  }
  const keys = watchCredentials('shared').toKeys({ kind: 'added', object: given }, cluster.reader);
  expect(keys.map((key) => `${key.namespace}/${key.name}`).sort(), because).toEqual(want);
});
