import { describe, expect, test } from 'vitest';
import {
  aFreight,
  aPromotion,
  aStage,
  minutesAfter,
  runs,
  waitsForMerge,
} from '../../../test/support/kargo-objects.ts';
import type { Promotion, PromotionStatus, Stage } from '../../api/v1alpha1/index.ts';
import { formatAge } from './age.ts';
import { explainUnavailable } from './availability.ts';
import { explainPromotion } from './promotion.ts';
import { explainStage, type StageCase } from './stage.ts';
import type { Blocker } from './types.ts';

const nowMs = Date.parse(minutesAfter(10));
const old = aFreight('bold-eagle', { minutes: 1, digest: 'bbbbbbbb' });
const next = aFreight('calm-fox', { minutes: 3, digest: 'cccccccc' });

describe('explainPromotion', () => {
  const stage = aStage('staging', { status: { currentPromotion: { name: 'p1' } } });
  const ended = (phase: 'Succeeded' | 'Failed', message?: string): PromotionStatus => ({
    phase,
    finishedAt: minutesAfter(7),
    ...(message === undefined ? {} : { message }),
  });
  const rows: readonly {
    readonly name: string;
    readonly status?: PromotionStatus;
    readonly stage?: Stage | undefined;
    readonly want: Blocker;
    readonly says: string;
    readonly because: string;
  }[] = [
    {
      name: 'pull request',
      status: waitsForMerge,
      want: 'PullRequest',
      says: 'waits until somebody merges pull request 7: https://github.com/ameideio/gitops/pull/7.',
      because: 'the number and the page are what a person needs',
    },
    {
      name: 'succeeded',
      status: ended('Succeeded'),
      want: 'Ended',
      says: 'succeeded 3m ago and waits for nothing.',
      because: 'there is nothing to wait for',
    },
    {
      name: 'failed',
      status: ended('Failed', 'the branch is protected'),
      want: 'Failed',
      says: 'ended as Failed 3m ago: the branch is protected.',
      because: 'the message names the cause',
    },
    {
      name: 'stage missing',
      stage: undefined,
      want: 'StageMissing',
      says: 'waits for Stage "staging", which does not exist.',
      because: 'the missing thing is named',
    },
    {
      name: 'queue',
      stage: aStage('staging', { status: { currentPromotion: { name: 'p0' } } }),
      want: 'Turn',
      says: 'waits for its turn: Promotion p0 runs, and a Stage runs one at a time.',
      because: 'what is ahead is named',
    },
    {
      name: 'verification',
      stage: aStage('staging', {
        status: runs(old, {
          freightHistory: [{ id: 'x', verificationHistory: [{ id: 'v', phase: 'Running' }] }],
        }),
      }),
      want: 'Verification',
      says: 'waits until the verification that runs in Stage "staging" has ended.',
      because: 'a Stage is not promoted to while it is verified',
    },
    {
      name: 'not seen',
      stage: aStage('staging'),
      want: 'NotSeen',
      says: 'waits until Stage "staging" takes it up.',
      because: 'a controller may be missing',
    },
    {
      name: 'retry',
      status: {
        ...waitsForMerge,
        currentStep: 0,
        stepExecutionMetadata: [
          { alias: 'open-pr', status: 'Running', errorCount: 2, message: 'the forge answers 500' },
        ],
      },
      want: 'Retry',
      says: 'tries step "open-pr" (git-open-pr) again, which failed 2 times: the forge answers 500.',
      because: 'the last error is why it waits',
    },
    {
      name: 'step',
      status: {
        phase: 'Running',
        currentStep: 2,
        stepExecutionMetadata: [
          { alias: 'open-pr', status: 'Succeeded' },
          { alias: 'wait-for-pr', status: 'Succeeded' },
          { alias: 'sync', status: 'Running', message: 'waiting for Argo CD: "web": syncing' },
        ],
      },
      want: 'Step',
      says: 'is at step 3 of 3, "sync" (argocd-update): waiting for Argo CD: "web": syncing.',
      because: 'the step says itself what it waits for',
    },
  ];
  test.each(rows)('$name: $because', (row) => {
    const promotion: Promotion = aPromotion('p1', 'staging', old, row.status);
    const found = explainPromotion({
      promotion,
      stage: 'stage' in row ? row.stage : stage,
      freight: [old],
      nowMs,
    });
    expect(found.blocker).toBe(row.want);
    expect(found.headline).toBe(`Promotion p1 ${row.says}`);
    expect(found.facts[0]).toBe('It promotes Freight bold-eagle to Stage "staging", asked for 5m ago.');
  });
});

describe('explainStage', () => {
  const verifiedInDev = (freight: typeof old) => ({
    ...freight,
    status: {
      currentlyIn: { dev: { since: minutesAfter(4) } },
      verifiedIn: { dev: { verifiedAt: minutesAfter(4) } },
    },
  });
  const ready = (reason: string, message: string, type = 'Ready') => ({
    conditions: [{ type, status: 'False' as const, reason, message, lastTransitionTime: minutesAfter(4) }],
  });
  const rows: readonly ({
    readonly name: string;
    readonly want: Blocker;
    readonly says: string;
    readonly because: string;
  } & Partial<StageCase> & { readonly stage: Stage })[] = [
    {
      name: 'at rest',
      stage: aStage('dev', { status: runs(old) }),
      freight: [old],
      want: 'None',
      says: 'waits for nothing: it runs the newest Freight it may have, healthy and verified.',
      because: 'nothing is left to do',
    },
    {
      name: 'decision',
      stage: aStage('staging', { from: ['dev'], status: runs(old) }),
      freight: [old, verifiedInDev(next)],
      want: 'Decision',
      says: 'waits for a person to promote Freight calm-fox, found 7m ago.',
      because: 'newer Freight may come, and only a person brings it',
    },
    {
      name: 'auto-promotion',
      stage: aStage('dev', { status: runs(old, { autoPromotionEnabled: true }) }),
      freight: [old, next],
      want: 'NotSeen',
      says: 'promotes by itself and should soon start a Promotion of Freight calm-fox.',
      because: 'it is a matter of moments',
    },
    {
      name: 'hold',
      stage: aStage('dev', {
        status: runs(old, {
          autoPromotionEnabled: true,
          effectiveAutoPromotionHolds: {
            'Warehouse/ameide': {
              freightName: old.metadata.name,
              origin: old.origin,
              actor: 'alice',
            },
          },
        }),
      }),
      freight: [old, next],
      want: 'Hold',
      says: 'is held by alice at Freight bold-eagle: promotions of Warehouse "ameide" do not start by themselves.',
      because: 'who asked for the hold can lift it',
    },
    {
      name: 'upstream',
      stage: aStage('staging', { from: ['dev'] }),
      freight: [old],
      want: 'Upstream',
      says: 'has never run anything: Freight bold-eagle must first be verified in Stage "dev".',
      because: 'the Stage before it is the place to look',
    },
    {
      name: 'no Freight',
      stage: aStage('dev'),
      freight: [],
      want: 'NoFreight',
      says: 'waits for the first Freight of Warehouse "ameide".',
      because: 'the Warehouse is the place to look',
    },
    {
      name: 'missing Warehouse',
      stage: aStage('dev'),
      warehouses: [],
      want: 'Problem',
      says: 'asks for Freight of Warehouse "ameide", which does not exist.',
      because: 'a typing mistake is the usual cause',
    },
    {
      name: 'promotion',
      stage: aStage('staging', { status: { currentPromotion: { name: 'p1' } } }),
      promotions: [aPromotion('p1', 'staging', old, waitsForMerge)],
      freight: [old],
      want: 'PullRequest',
      says: 'is being promoted to: Promotion p1 waits until somebody merges pull request 7: https://github.com/ameideio/gitops/pull/7.',
      because: 'the Stage waits for what its Promotion waits for',
    },
    {
      name: 'failed promotion',
      stage: aStage('staging', {
        status: {
          lastPromotion: {
            name: 'p1',
            freight: { name: old.metadata.name },
            status: { phase: 'Errored', message: 'key not found' },
          },
        },
      }),
      freight: [old],
      want: 'Failed',
      says: 'waits for a person, because its last Promotion p1 (Freight bold-eagle) ended as Errored: key not found.',
      because: 'nothing happens before somebody acts',
    },
    {
      name: 'unhealthy',
      stage: aStage('dev', {
        status: runs(old, {
          ...ready('Unhealthy', 'Stage is not healthy'),
          health: { status: 'Unhealthy', issues: ['Application "web" is degraded'] },
        }),
      }),
      freight: [old],
      want: 'Health',
      says: 'waits to become healthy; its health is Unhealthy: Application "web" is degraded.',
      because: 'the issues name the thing',
    },
    {
      name: 'unverified',
      stage: aStage('dev', {
        status: runs(old, {
          freightHistory: [
            {
              id: 'x',
              items: { 'Warehouse/ameide': { name: old.metadata.name } },
              verificationHistory: [
                { id: 'v', phase: 'Failed', message: 'smoke test', finishTime: minutesAfter(5) },
              ],
            },
          ],
        }),
      }),
      freight: [old],
      want: 'Verification',
      says: 'runs Freight whose verification ended as Failed: smoke test.',
      because: 'the message of the verification says why',
    },
    {
      name: 'controller problem',
      stage: aStage('dev', { status: ready('InvalidPromotionPolicy', 'the policy cannot be read') }),
      freight: [old],
      want: 'Problem',
      says: 'has a problem (InvalidPromotionPolicy): the policy cannot be read.',
      because: 'conditions that nothing else explains are shown as they are',
    },
    {
      name: 'refused promotion',
      stage: aStage('dev', { status: ready('PromotionRefused', 'not permitted', 'AutoPromoting') }),
      freight: [old],
      want: 'Problem',
      says: 'could not start a Promotion by itself: not permitted.',
      because: 'admission said why',
    },
  ];
  test.each(rows)('$name: $because', ({ stage, freight = [], promotions = [], warehouses, want, says }) => {
    const found = explainStage({ stage, freight, promotions, warehouses: warehouses ?? ['ameide'], nowMs });
    expect(found.blocker).toBe(want);
    expect(found.headline).toBe(`Stage ${stage.metadata.name} ${says}`);
  });

  test('tells what runs and which newer Freight may not come yet', () => {
    const stage = aStage('staging', { from: ['dev'], status: runs(old) });
    const found = explainStage({
      stage,
      freight: [old, next],
      promotions: [],
      warehouses: ['ameide'],
      nowMs,
    });
    expect(found.facts).toEqual([
      'It runs Freight bold-eagle (web bbbbbbbb); health Healthy, not verified here.',
      'Freight calm-fox must first be verified in Stage "dev".',
    ]);
  });
});

describe('explainUnavailable', () => {
  const soaking = aFreight('calm-fox', {
    status: {
      currentlyIn: { dev: { since: minutesAfter(4) } },
      verifiedIn: { dev: { verifiedAt: minutesAfter(5) } },
    },
  });
  test.each([
    {
      name: 'soak',
      freight: soaking,
      stage: aStage('staging', { from: ['dev'], soak: '30m' }),
      want: 'must stay another 24m in Stage "dev"',
      because: 'the soak counts from entering the Stage',
    },
    {
      name: 'soaked',
      freight: soaking,
      stage: aStage('staging', { from: ['dev'], soak: '5m' }),
      want: undefined,
      because: 'it may be promoted',
    },
    {
      name: 'one of several',
      freight: aFreight('calm-fox'),
      stage: aStage('staging', { from: ['dev', 'qa'] }),
      want: 'must first be verified in Stages "dev" or "qa"',
      because: 'one of them is enough',
    },
    {
      name: 'other origin',
      freight: { ...aFreight('calm-fox'), origin: { kind: 'Warehouse' as const, name: 'other' } },
      stage: aStage('dev'),
      want: 'comes from Warehouse "other", which the Stage does not ask for',
      because: 'the Stage never takes it',
    },
  ])('$name: $because', ({ freight, stage, want }) => {
    expect(explainUnavailable(freight, stage, nowMs)).toBe(want);
  });
});

test.each([
  { given: -5, want: '0s' },
  { given: 119_000, want: '119s' },
  { given: 120_000, want: '2m' },
  { given: 3_600_000, want: '1h' },
  { given: 12_000_000, want: '3h20m' },
  { given: 172_800_000, want: '2d' },
])('formatAge($given) is $want', ({ given, want }) => {
  expect(formatAge(given)).toBe(want);
});
