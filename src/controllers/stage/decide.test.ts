import { describe, expect, test } from 'vitest';
import { findCondition } from '../../api/meta/index.ts';
import {
  type Freight,
  freightKind,
  kargoApiVersion,
  type Promotion,
  type Stage,
  type StageStatus,
  type Warehouse,
} from '../../api/v1alpha1/index.ts';
import { AppError } from '../../base/index.ts';
import { decide } from './decide.ts';
import { report } from './report.ts';
import type { StageDone, StageSeen } from './types.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const now = '2026-03-01T12:00:00Z';
const origin = { kind: 'Warehouse', name: 'main' } as const;
const nothingDone: StageDone = { created: [], refused: [], error: undefined };
const collection = { id: 'c', items: { 'Warehouse/main': { name: 'f1', origin } } };
const verified = {
  ...collection,
  verificationHistory: [{ id: 'v', phase: 'Successful', finishTime: now } as const],
};

function head(kind: string, name: string) {
  return { apiVersion: kargoApiVersion, kind, metadata: { name, namespace: 'demo', generation: 3 } };
}

function freight(name: string, more: Partial<Freight> = {}): Freight {
  return { ...head(freightKind.kind, name), origin, discoveredAt: now, ...more };
}

function promotion(name: string, status?: Promotion['status']): Promotion {
  const spec = { stage: 'dev', freight: 'f1', steps: [{ uses: 'a' }] };
  return { ...head('Promotion', name), spec, ...(status === undefined ? {} : { status }) };
}

function see(given: {
  readonly status?: StageStatus;
  readonly metadata?: Partial<Stage['metadata']>;
  readonly spec?: Partial<Stage['spec']>;
  readonly seen?: Partial<StageSeen>;
}): StageSeen {
  const base = head('Stage', 'dev');
  const warehouse: Warehouse = {
    ...head('Warehouse', 'main'),
    spec: { interval: '5m0s', freightCreationPolicy: 'Automatic', subscriptions: [{}] },
  };
  return {
    object: {
      ...base,
      metadata: { ...base.metadata, ...given.metadata },
      spec: {
        requestedFreight: [{ origin, sources: { direct: true } }],
        promotionTemplate: { spec: { steps: [{ uses: 'a' }] } },
        ...given.spec,
      },
      ...(given.status === undefined ? {} : { status: given.status }),
    },
    nowMs,
    controller: 'stage-controller',
    isMine: true,
    promotions: [],
    freight: [freight('f1')],
    warehouses: [warehouse],
    projectConfig: undefined,
    applications: [],
    argocdNamespace: 'argocd',
    turn: undefined,
    verificationId: 'fresh',
    ...given.seen,
  };
}

const automatic = {
  ...head('ProjectConfig', 'demo'),
  spec: { promotionPolicies: [{ stageSelector: { name: 'dev' }, autoPromotionEnabled: true }] },
};
const deployed: StageStatus = {
  freightHistory: [verified],
  lastPromotion: { name: 'dev.01', status: { phase: 'Succeeded', freightCollection: collection } },
};
const failed = { phase: 'Failed', startedAt: now, message: 'no key' } as const;

describe('which rule decides', () => {
  test.each([
    {
      name: 'another shard',
      given: { seen: { isMine: false } },
      want: 'ignore',
      because: 'it has its own controller',
    },
    {
      name: 'being deleted',
      given: { metadata: { deletionTimestamp: now } },
      want: 'release',
      because: 'nothing else matters then',
    },
    { name: 'anything else', given: {}, want: 'run', because: 'there is work to look for' },
  ])('$name: $want, $because', ({ given, want }) => {
    expect(decide(see(given)).kind).toBe(want);
  });
});

describe('what starts by itself', () => {
  test.each([
    { name: 'the best Freight', given: {}, want: ['f1'], because: 'nothing speaks against it' },
    {
      name: 'nothing without a policy',
      given: { seen: { projectConfig: undefined } },
      want: [],
      because: 'the default is no',
    },
    {
      name: 'nothing that is deployed',
      given: { status: deployed },
      want: [],
      because: 'it is there already',
    },
    {
      name: 'nothing that waits already',
      given: { seen: { promotions: [promotion('dev.02')] } },
      want: [],
      because: 'once is enough',
    },
    {
      name: 'nothing that failed',
      given: {
        status: deployed,
        seen: { freight: [freight('f1')], promotions: [promotion('dev.00', failed)] },
      },
      want: [],
      because: 'it would fail again',
    },
    {
      name: 'nothing that is held',
      given: { status: { autoPromotionHolds: { 'Warehouse/main': { freightName: 'f0', origin } } } },
      want: [],
      because: 'somebody wants it to stay',
    },
    {
      name: 'nothing for Stages with Targets',
      given: { spec: { targets: { selectors: [] } } },
      want: [],
      because: 'those are for PromotionRequests',
    },
  ])('$name: $because', ({ given, want }) => {
    const plan = decide(see({ ...given, seen: { projectConfig: automatic, ...given.seen } }));
    const names =
      plan.kind === 'run' ? plan.draft.creations.map((item) => item.freight.metadata.name) : undefined;
    expect(names).toEqual(want);
  });
});

describe('why a Stage is ready or not', () => {
  const error = new AppError('kube.unreachable', 'no route', { disposition: 'retry' });
  test.each([
    { name: 'verified', given: { status: deployed }, want: ['True', 'Verified'] },
    { name: 'nothing there', given: {}, want: ['False', 'NoFreight'] },
    {
      name: 'a write failed',
      given: { status: deployed },
      done: { ...nothingDone, error },
      want: ['False', 'ReconcileError'],
    },
    {
      name: 'a Promotion runs',
      given: {
        status: deployed,
        seen: {
          promotions: [promotion('dev.02', { phase: 'Running', startedAt: now })],
          turn: { promotion: 'dev.02', sinceMs: nowMs - 1_000 },
        },
      },
      want: ['False', 'ActivePromotion'],
    },
    {
      name: 'the last Promotion failed',
      given: { status: deployed, seen: { promotions: [promotion('dev.02', failed)] } },
      want: ['False', 'LastPromotionFailed'],
    },
    {
      name: 'a missing Warehouse',
      given: { status: deployed, seen: { warehouses: [] } },
      want: ['False', 'WarehouseNotFound'],
    },
    {
      name: 'a policy that cannot be read',
      given: {
        status: deployed,
        seen: {
          projectConfig: {
            ...automatic,
            spec: { promotionPolicies: [{ stageSelector: { name: 'regex:(' }, autoPromotionEnabled: true }] },
          },
        },
      },
      want: ['False', 'InvalidPromotionPolicy'],
    },
    {
      name: 'unhealthy',
      given: {
        status: {
          ...deployed,
          lastPromotion: {
            name: 'dev.01',
            status: {
              phase: 'Succeeded' as const,
              healthChecks: [{ uses: 'argocd-update', config: { apps: [{ name: 'app' }] } }],
            },
          },
        },
      },
      want: ['False', 'Unknown'],
    },
  ])('$name: $want', ({ given, done, want }) => {
    const seen = see(given);
    const { status } = report(seen, decide(seen), done ?? nothingDone);
    const ready = findCondition(status?.conditions, 'Ready');
    expect([ready?.status, ready?.reason]).toEqual(want);
    expect(status?.observedGeneration).toBe(3);
  });
});

test('a failure wakes again by back-off and keeps what was worked out', () => {
  const seen = see({ status: deployed });
  const error = new AppError('kube.unreachable', 'no route', { disposition: 'retry' });
  const said = report(seen, decide(seen), { ...nothingDone, error });
  expect([said.wakeUp.kind, said.error?.code]).toEqual(['backoff', 'kube.unreachable']);
  expect(said.status?.freightSummary).toBe('f1');
  expect(findCondition(said.status?.conditions, 'Reconciling')?.reason).toBe('RetryAfterError');
});

test('the Applications of the last Promotion are told again, in case they were lost after the status', () => {
  const healthChecks = [{ uses: 'argocd-update', config: { apps: [{ name: 'app' }] } }];
  const last = promotion('dev.01', { phase: 'Succeeded', startedAt: now, healthChecks });
  const seen = see({ status: deployed, seen: { promotions: [last] } });
  const said = report(seen, decide(seen), nothingDone);
  expect(said.annotations?.['kargo.akuity.io/argocd-context']).toBe('[{"name":"app"}]');
});
