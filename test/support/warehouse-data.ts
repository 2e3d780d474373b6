import type { Warehouse, WarehouseRules } from '../../src/controllers/warehouse/types.ts';

/** A Warehouse "demo/app" with one image subscription, and what a test wants otherwise. */
export function warehouse(change: {
  readonly metadata?: Partial<Warehouse['metadata']>;
  readonly spec?: Partial<Warehouse['spec']>;
  readonly status?: Warehouse['status'];
}): Warehouse {
  return {
    apiVersion: 'kargo.akuity.io/v1alpha1',
    kind: 'Warehouse',
    metadata: { name: 'app', namespace: 'demo', generation: 1, ...change.metadata },
    spec: {
      interval: '5m0s',
      freightCreationPolicy: 'Automatic',
      subscriptions: [
        { image: { repoURL: 'ghcr.io/example/app', imageSelectionStrategy: 'Digest', constraint: 'main' } },
      ],
      ...change.spec,
    },
    ...(change.status === undefined ? {} : { status: change.status }),
  };
}

/** Rules whose criteria answer "no" with no, "broken" with a problem, and all else with yes. */
export const rules: WarehouseRules = {
  controllerName: 'warehouse-controller',
  minIntervalMs: 0,
  evaluateCriteria: (expression) =>
    expression === 'broken'
      ? { ok: false, problem: 'it is broken' }
      : { ok: true, isSatisfied: expression !== 'no' },
};
