import { expect, test } from 'vitest';
import { rules, warehouse } from '../../../test/support/warehouse-data.ts';
import { decide } from './decide.ts';
import type { DiscoveredArtifacts, WarehouseSeen } from './types.ts';

const found: DiscoveredArtifacts = {
  discoveredAt: '2026-01-02T03:04:05Z',
  git: [],
  images: [
    { repoURL: 'ghcr.io/example/app', references: [{ tag: 'main', digest: `sha256:${'a'.repeat(64)}` }] },
  ],
  charts: [],
  results: [],
};
const empty: DiscoveredArtifacts = { ...found, images: [{ repoURL: 'ghcr.io/example/app', references: [] }] };
const error = Object.assign(new Error('no'), {});

const base: WarehouseSeen = {
  object: warehouse({}),
  nowMs: 0,
  isMine: true,
  look: { kind: 'found', artifacts: found, skipped: [] },
  hasFreight: false,
};

const cases: { name: string; given: Partial<WarehouseSeen>; want: object; because: string }[] = [
  { name: 'not mine', given: { isMine: false }, want: { kind: 'ignore' }, because: 'another shard does it' },
  {
    name: 'being deleted',
    given: { object: warehouse({ metadata: { deletionTimestamp: '2026-01-02T03:04:05Z' } }) },
    want: { kind: 'ignore' },
    because: 'nothing new is made for what goes away',
  },
  {
    name: 'was turned away by a busy host',
    given: { look: { kind: 'deferred', delayMs: 1_500 } },
    want: { kind: 'defer', delayMs: 1_500 },
    because: 'nothing is wrong and nothing is known yet',
  },
  {
    name: 'found something new',
    given: {},
    want: {
      kind: 'mint',
      freight: { images: [{ tag: 'main' }], origin: { kind: 'Warehouse', name: 'app' } },
    },
    because: 'Automatic is the default',
  },
  {
    name: 'found what is known',
    given: { hasFreight: true },
    want: { kind: 'keep' },
    because: 'no write is needed',
  },
  {
    name: 'not due, Freight was deleted',
    given: { look: { kind: 'not-due' }, object: warehouse({ status: { discoveredArtifacts: found } }) },
    want: { kind: 'mint' },
    because: 'minting is tried from stored discoveries too',
  },
  {
    name: 'nothing fits',
    given: { look: { kind: 'found', artifacts: empty, skipped: [] } },
    want: {
      kind: 'report-nothing-found',
      healthyReason: 'NoImageReferencesDiscovered',
      readyReason: 'MissingImageReferences',
      message:
        'No image references discovered in image repository ghcr.io/example/app: nothing there satisfies the subscription',
    },
    because: 'the repository is named',
  },
  {
    name: 'nothing at all',
    given: { look: { kind: 'not-due' } },
    want: {
      kind: 'report-nothing-found',
      healthyReason: 'MissingArtifacts',
      readyReason: 'MissingArtifacts',
    },
    because: 'there is no result yet',
  },
  {
    name: 'manual policy',
    given: { object: warehouse({ spec: { freightCreationPolicy: 'Manual' } }) },
    want: { kind: 'leave-to-people' },
    because: 'people choose',
  },
  {
    name: 'criteria not satisfied',
    given: { object: warehouse({ spec: { freightCreationCriteria: { expression: 'no' } } }) },
    want: { kind: 'hold-back' },
    because: 'the expression said no',
  },
  {
    name: 'criteria broken',
    given: { object: warehouse({ spec: { freightCreationCriteria: { expression: 'broken' } } }) },
    want: { kind: 'report-bad-criteria', problem: 'it is broken' },
    because: 'it is not taken for a yes or a no',
  },
];
test.each(cases)('$name', ({ given, want, because }) => {
  expect(decide({ ...base, ...given }, rules), because).toMatchObject(want);
});

test('a failed look comes before everything that it would have told', () => {
  const failure = { kind: 'failed', error } as unknown as WarehouseSeen['look'];
  const seen = { ...base, look: failure, object: warehouse({ status: { discoveredArtifacts: found } }) };
  expect(decide(seen, rules)).toEqual({ kind: 'report-failure', error });
});
