import { expect, test } from 'vitest';
import {
  aFreight,
  aPromotion,
  aStage,
  aWarehouse,
  minutesAfter,
  runs,
  waitsForMerge,
} from '../../../test/support/kargo-objects.ts';
import type { Application } from '../../api/argocd/index.ts';
import type { PromotionStatus, WarehouseStatus } from '../../api/v1alpha1/index.ts';
import { narrate, type StoryEvent } from './narrator.ts';

const freight = aFreight('bold-eagle', { digest: 'bbbbbbbb' });
const facts = {
  freight: [freight],
  stages: [aStage('staging', { status: { currentPromotion: { name: 'p1' } } })],
};

function promotion(now: PromotionStatus | undefined, old?: PromotionStatus, name = 'p1'): StoryEvent {
  return {
    kind: 'promotion',
    change: {
      kind: 'updated',
      object: aPromotion(name, 'staging', freight, now),
      old: aPromotion(name, 'staging', freight, old),
    },
  };
}

function application(status: Application['status'], old?: Application['status']): StoryEvent {
  const make = (value: Application['status']): Application => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'ameide-dev', namespace: 'argocd' },
    ...(value === undefined ? {} : { status: value }),
  });
  return { kind: 'application', change: { kind: 'updated', object: make(status), old: make(old) } };
}

const found: WarehouseStatus = {
  discoveredArtifacts: {
    images: [
      {
        repoURL: 'ghcr.io/ameideio/web',
        references: [{ tag: 'main', digest: `sha256:${'b'.repeat(64)}` }],
      },
    ],
  },
};

const rows: readonly {
  readonly name: string;
  readonly event: StoryEvent;
  readonly want: readonly string[];
  readonly because: string;
}[] = [
  {
    name: 'found images',
    event: {
      kind: 'warehouse',
      change: { kind: 'updated', object: { ...aWarehouse(), status: found }, old: aWarehouse() },
    },
    want: ['note Warehouse ameide: found web:main at bbbbbbbb'],
    because: 'only what was not known before is news',
  },
  {
    name: 'same images',
    event: {
      kind: 'warehouse',
      change: {
        kind: 'updated',
        object: { ...aWarehouse(), status: found },
        old: { ...aWarehouse(), status: found },
      },
    },
    want: [],
    because: 'another look that finds the same is no news',
  },
  {
    name: 'unreadable registry',
    event: {
      kind: 'warehouse',
      change: {
        kind: 'updated',
        object: {
          ...aWarehouse(),
          status: {
            conditions: [
              {
                type: 'Ready',
                status: 'False',
                reason: 'DiscoveryFailure',
                message: 'the registry answers 401',
                lastTransitionTime: minutesAfter(1),
              },
            ],
          },
        },
        old: aWarehouse(),
      },
    },
    want: ['waits Warehouse ameide: the registry answers 401'],
    because: 'why nothing happens must be told',
  },
  {
    name: 'minted',
    event: { kind: 'freight', change: { kind: 'added', object: freight } },
    want: ['did Freight: bold-eagle is minted from web bbbbbbbb'],
    because: 'digests are what moves',
  },
  {
    name: 'verified',
    event: {
      kind: 'freight',
      change: {
        kind: 'updated',
        object: { ...freight, status: { verifiedIn: { dev: { verifiedAt: minutesAfter(4) } } } },
        old: freight,
      },
    },
    want: ['did dev: Freight bold-eagle is verified here'],
    because: 'this is what upstream Stages are for',
  },
  {
    name: 'new promotion',
    event: {
      kind: 'promotion',
      change: { kind: 'added', object: aPromotion('p1', 'staging', freight) },
    },
    want: ['note staging: Promotion of Freight bold-eagle, started by the Stage itself'],
    because: 'nobody is named where nobody asked',
  },
  {
    name: 'steps',
    event: promotion(waitsForMerge),
    want: [
      'did staging: step 1/3 git-open-pr',
      'waits staging: step 2/3 git-wait-for-pr: waiting for pull request 7',
    ],
    because: 'several steps may have ended between two writes',
  },
  {
    name: 'same wait',
    event: promotion({ ...waitsForMerge, state: {} }, waitsForMerge),
    want: [],
    because: 'waiting on for the same is no news',
  },
  {
    name: 'output of a step',
    event: promotion({
      phase: 'Running',
      stepExecutionMetadata: [{ alias: 'open-pr', status: 'Succeeded' }],
      state: { 'open-pr': { commitMessage: 'Updated values.yaml\n\n- image.ref: x' } },
    }),
    want: ['did staging: step 1/3 git-open-pr: Updated values.yaml'],
    because: 'the first line of what it did says more than its kind',
  },
  {
    name: 'failed step',
    event: promotion({
      phase: 'Errored',
      message: 'key not found',
      stepExecutionMetadata: [{ alias: 'open-pr', status: 'Errored', message: 'key not found' }],
    }),
    want: [
      'failed staging: step 1/3 git-open-pr: key not found',
      'failed staging: Promotion ended as Errored: key not found',
    ],
    because: 'both the step and the end are told',
  },
  {
    name: 'success',
    event: promotion({
      phase: 'Succeeded',
      startedAt: minutesAfter(5),
      finishedAt: minutesAfter(6),
    }),
    want: ['did staging: Promotion succeeded after 60 s'],
    because: 'the time it took is of interest',
  },
  {
    name: 'a moment before its turn',
    event: promotion({ phase: 'Pending', message: 'StageNotReady: waiting' }),
    want: [],
    because: 'the Stage has taken it up meanwhile',
  },
  {
    name: 'queue',
    event: promotion({ phase: 'Pending', message: 'StageBusy: waiting for "p1"' }, undefined, 'p2'),
    want: ['waits staging: StageBusy: waiting for "p1"'],
    because: 'a queue can last',
  },
  {
    name: 'health',
    event: {
      kind: 'stage',
      change: { kind: 'updated', object: aStage('dev', { status: runs(freight) }), old: aStage('dev') },
    },
    want: ['did dev: health is Healthy'],
    because: 'verification waits for it',
  },
  {
    name: 'unhealthy',
    event: {
      kind: 'stage',
      change: {
        kind: 'updated',
        object: aStage('dev', { status: { health: { status: 'Unhealthy', issues: ['"web" is degraded'] } } }),
        old: aStage('dev'),
      },
    },
    want: ['failed dev: health is Unhealthy: "web" is degraded'],
    because: 'the issues say why',
  },
  {
    name: 'sync and health',
    event: application({
      operationState: {
        phase: 'Succeeded',
        startedAt: minutesAfter(5),
        finishedAt: minutesAfter(5),
        syncResult: { revision: '0123456789abcdef' },
      },
      health: { status: 'Progressing' },
    }),
    want: ['did Argo CD: ameide-dev synced to 01234567', 'waits Argo CD: ameide-dev is Progressing'],
    because: 'a sync is over before what it started is healthy',
  },
  {
    name: 'failed sync',
    event: application({
      operationState: { phase: 'Error', message: 'no such path', finishedAt: minutesAfter(5) },
    }),
    want: ['failed Argo CD: ameide-dev did not sync: no such path'],
    because: 'the message says why',
  },
  {
    name: 'deleted',
    event: { kind: 'freight', change: { kind: 'deleted', object: freight } },
    want: [],
    because: 'what goes is not part of the story',
  },
];

test.each(rows)('$name: $because', ({ event, want }) => {
  const lines = narrate(event, facts).map(({ mark, who, text }) => `${mark} ${who}: ${text}`);
  expect(lines).toEqual(want);
});
