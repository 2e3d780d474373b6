import { expect, test } from 'vitest';
import { rules, warehouse } from '../../../test/support/warehouse-data.ts';
import { AppError } from '../../base/index.ts';
import { decide } from './decide.ts';
import { whyDue } from './due.ts';
import { report } from './report.ts';
import type { DiscoveredArtifacts, Warehouse, WarehouseDone, WarehouseSeen } from './types.ts';

const nowMs = Date.parse('2026-01-02T03:04:05Z');
const found: DiscoveredArtifacts = {
  discoveredAt: '2026-01-02T03:04:05Z',
  git: [],
  images: [
    { repoURL: 'ghcr.io/example/app', references: [{ tag: 'main', digest: `sha256:${'a'.repeat(64)}` }] },
  ],
  charts: [],
  results: [],
};
const failure = (disposition: 'retry' | 'wait' | 'stop'): AppError =>
  new AppError('oci.test', 'registry ghcr.io says no', { disposition, hint: 'Do this', retryAfterMs: 7000 });
const base: WarehouseSeen = {
  object: warehouse({}),
  nowMs,
  isMine: true,
  look: { kind: 'found', artifacts: found, skipped: [] },
  hasFreight: false,
};

const cases: {
  name: string;
  given: Partial<WarehouseSeen>;
  done?: WarehouseDone | 'created';
  conditions: readonly string[];
  wakeUp: object;
  because: string;
}[] = [
  {
    name: 'Freight was made',
    given: {},
    done: 'created',
    conditions: [
      'FreightCreationCriteriaSatisfied=True CriteriaSatisfied',
      'FreightCreated=True NewFreight',
      'Healthy=True ReconciliationSucceeded',
      'Ready=True ArtifactsDiscovered',
    ],
    wakeUp: { kind: 'after', delayMs: 300_000 },
    because: 'the next look is an interval later',
  },
  {
    name: 'somebody was faster',
    given: {},
    done: { kind: 'existed' },
    conditions: [
      'FreightCreationCriteriaSatisfied=True CriteriaSatisfied',
      'FreightCreated=False AlreadyExists',
      'Healthy=True ReconciliationSucceeded',
      'Ready=True ArtifactsDiscovered',
    ],
    wakeUp: { kind: 'after', delayMs: 300_000 },
    because: 'it is the same Freight',
  },
  {
    name: 'Freight was refused',
    given: {},
    done: { kind: 'refused', error: failure('retry') },
    conditions: [
      'FreightCreationCriteriaSatisfied=True CriteriaSatisfied',
      'Healthy=False FreightBuildFailure',
      'Ready=False FreightCreationFailure',
    ],
    wakeUp: { kind: 'backoff' },
    because: 'it is tried again',
  },
  {
    name: 'the look failed',
    given: { look: { kind: 'failed', error: failure('wait') } },
    conditions: [
      'Reconciling=True ScheduledDiscovery',
      'Healthy=False DiscoveryFailed',
      'Ready=False DiscoveryFailure',
    ],
    wakeUp: { kind: 'backoff' },
    because: "the runner honors the error's own delay",
  },
  {
    name: 'the look failed and needs a human',
    given: { look: { kind: 'failed', error: failure('stop') } },
    conditions: [
      'Reconciling=True ScheduledDiscovery',
      'Healthy=False DiscoveryFailed',
      'Ready=False DiscoveryFailure',
    ],
    wakeUp: { kind: 'after', delayMs: 300_000 },
    because: 'the remedy may be a Secret, which wakes nobody',
  },
  {
    name: 'criteria said no',
    given: { object: warehouse({ spec: { freightCreationCriteria: { expression: 'no' } } }) },
    conditions: [
      'FreightCreationCriteriaSatisfied=False CriteriaNotSatisfied',
      'Healthy=True ReconciliationSucceeded',
      'Ready=True ArtifactsDiscovered',
    ],
    wakeUp: { kind: 'after', delayMs: 300_000 },
    because: 'a Warehouse that waits is healthy',
  },
  {
    name: 'a neighbor was left out',
    given: {
      look: {
        kind: 'found',
        artifacts: found,
        skipped: [{ repoURL: 'ghcr.io/example/app', tag: 'bad', problem: 'is text' }],
      },
      hasFreight: true,
    },
    conditions: [
      'FreightCreationCriteriaSatisfied=True CriteriaSatisfied',
      'FreightCreated=False AlreadyExists',
      'Healthy=True ReconciliationSucceeded',
      'Ready=True ArtifactsDiscovered',
      'gantry.io/SkippedTags=True TagsUnreadable',
    ],
    wakeUp: { kind: 'after', delayMs: 300_000 },
    because: 'it is named, and does no harm',
  },
];
test.each(cases)('$name', ({ given, done, conditions, wakeUp, because }) => {
  const seen = { ...base, ...given };
  const plan = decide(seen, rules);
  const outcome: WarehouseDone =
    done === 'created' && plan.kind === 'mint'
      ? { kind: 'created', freight: plan.freight }
      : done === undefined || done === 'created'
        ? { kind: 'nothing' }
        : done;
  const got = report(seen, plan, outcome, rules);
  const texts = got.status?.conditions?.map((item) => `${item.type}=${item.status} ${item.reason}`);
  expect(texts, because).toEqual(conditions);
  expect(got.wakeUp).toEqual(wakeUp);
  expect(got.events.map((event) => event.reason)).toEqual(done === 'created' ? ['FreightCreated'] : []);
});

test('a failure names what to do, keeps what was found and is not taken for a pass over this generation', () => {
  const object = warehouse({
    metadata: { generation: 2, annotations: { 'kargo.akuity.io/refresh': 'now' } },
    status: { discoveredArtifacts: found, observedGeneration: 1 },
  });
  const seen: WarehouseSeen = { ...base, object, look: { kind: 'failed', error: failure('retry') } };
  const { status, error } = report(seen, decide(seen, rules), { kind: 'nothing' }, rules);
  expect(status).toMatchObject({
    discoveredArtifacts: found,
    observedGeneration: 1,
    lastHandledRefresh: 'now',
  });
  expect(status?.conditions?.find((item) => item.type === 'Healthy')?.message).toBe(
    'Unable to discover artifacts: registry ghcr.io says no. Do this',
  );
  expect(error?.code).toBe('oci.test');
});

const status = { discoveredArtifacts: found, observedGeneration: 1 };
const due: { name: string; given: Warehouse; afterMs: number; want: string | undefined }[] = [
  { name: 'never looked', given: warehouse({}), afterMs: 0, want: 'first' },
  { name: 'just looked', given: warehouse({ status }), afterMs: 299_000, want: undefined },
  { name: 'interval over', given: warehouse({ status }), afterMs: 300_000, want: 'interval' },
  {
    name: 'spec changed',
    given: warehouse({ metadata: { generation: 2 }, status }),
    afterMs: 0,
    want: 'changed',
  },
  {
    name: 'asked',
    given: warehouse({
      metadata: { annotations: { 'kargo.akuity.io/refresh': 'b' } },
      status: { ...status, lastHandledRefresh: 'a' },
    }),
    afterMs: 0,
    want: 'asked',
  },
  {
    name: 'asked and answered',
    given: warehouse({
      metadata: { annotations: { 'kargo.akuity.io/refresh': 'a' } },
      status: { ...status, lastHandledRefresh: 'a' },
    }),
    afterMs: 0,
    want: undefined,
  },
];
test.each(due)('a look is due: $name', ({ given, afterMs, want }) => {
  expect(whyDue(given, nowMs + afterMs)).toBe(want);
});

test('old spellings are told as long as they stand there', () => {
  const image = { repoURL: 'ghcr.io/example/app', semverConstraint: '^1.0.0' };
  const object = warehouse({ spec: { subscriptions: [{ image }] } });
  const conditionsOf = (seen: WarehouseSeen): unknown =>
    report(seen, decide(seen, rules), { kind: 'existed' }, rules).status?.conditions?.filter(({ type }) =>
      type.startsWith('gantry.io/'),
    );
  expect(conditionsOf({ ...base, object })).toMatchObject([
    {
      type: 'gantry.io/OldSpelling',
      status: 'True',
      reason: 'DeprecatedFields',
      message: expect.stringContaining('spec.subscriptions[0]: semverConstraint is read as constraint'),
    },
  ]);
  expect(conditionsOf(base)).toEqual([]);
});

test('a look that was put off leaves the status alone and comes back', () => {
  const seen: WarehouseSeen = { ...base, look: { kind: 'deferred', delayMs: 1_500 } };
  expect(report(seen, decide(seen, rules), { kind: 'nothing' }, rules)).toEqual({
    status: undefined,
    events: [],
    wakeUp: { kind: 'after', delayMs: 1_500 },
  });
});
