import {
  type Freight,
  kargoApiVersion,
  type Project,
  type Promotion,
  type PromotionStatus,
  type Stage,
  type StageStatus,
  type Warehouse,
} from '../../src/api/v1alpha1/index.ts';

/** When the objects of these tests were made; `minutesAfter` counts from here. */
const startMs = Date.parse('2026-01-02T03:00:00Z');

/** RFC 3339, so many minutes after 2026-01-02T03:00:00Z. */
export function minutesAfter(minutes: number): string {
  return new Date(startMs + minutes * 60_000).toISOString().replace('.000Z', 'Z');
}

const namespace = 'ameide';

/** The Project of these tests. */
export const aProject: Project = {
  apiVersion: kargoApiVersion,
  kind: 'Project',
  metadata: { name: namespace },
};

/** The Warehouse "ameide", which follows the image ghcr.io/ameideio/web. */
export function aWarehouse(): Warehouse {
  return {
    apiVersion: kargoApiVersion,
    kind: 'Warehouse',
    metadata: { name: 'ameide', namespace, creationTimestamp: minutesAfter(0) },
    spec: {
      interval: '5m0s',
      freightCreationPolicy: 'Automatic',
      subscriptions: [{ image: { repoURL: 'ghcr.io/ameideio/web', constraint: 'main' } }],
    },
  };
}

/** Freight found so many minutes after the start; its one image has a digest that begins with `digest`. */
export function aFreight(
  alias: string,
  more: { readonly minutes?: number; readonly digest?: string; readonly status?: Freight['status'] } = {},
): Freight {
  const { minutes = 1, digest = 'aaaaaaaa', status } = more;
  return {
    apiVersion: kargoApiVersion,
    kind: 'Freight',
    metadata: {
      name: `${alias.replaceAll(/[^a-f0-9]/g, '0')}${'0'.repeat(40)}`.slice(0, 40),
      namespace,
      creationTimestamp: minutesAfter(minutes),
    },
    alias,
    discoveredAt: minutesAfter(minutes),
    origin: { kind: 'Warehouse', name: 'ameide' },
    images: [{ repoURL: 'ghcr.io/ameideio/web', tag: 'main', digest: `sha256:${digest.padEnd(64, '0')}` }],
    ...(status === undefined ? {} : { status }),
  };
}

/** A Stage that takes Freight of the Warehouse "ameide", directly or from these Stages. */
export function aStage(
  name: string,
  more: { readonly from?: readonly string[]; readonly soak?: string; readonly status?: StageStatus } = {},
): Stage {
  const { from, soak, status } = more;
  const sources =
    from === undefined
      ? { direct: true }
      : { stages: from, ...(soak === undefined ? {} : { requiredSoakTime: soak }) };
  return {
    apiVersion: kargoApiVersion,
    kind: 'Stage',
    metadata: { name, namespace, creationTimestamp: minutesAfter(0) },
    spec: { requestedFreight: [{ origin: { kind: 'Warehouse', name: 'ameide' }, sources }] },
    ...(status === undefined ? {} : { status }),
  };
}

/** The status of a Stage that runs a Freight. */
export function runs(freight: Freight, more: Partial<StageStatus> = {}): StageStatus {
  return {
    freightHistory: [
      {
        id: 'collection',
        items: {
          'Warehouse/ameide': {
            name: freight.metadata.name,
            origin: freight.origin,
            images: freight.images ?? [],
          },
        },
        verificationHistory: [{ id: 'one', phase: 'Successful', finishTime: minutesAfter(4) }],
      },
    ],
    health: { status: 'Healthy' },
    ...more,
  };
}

/** A Promotion of the Freight to the Stage, with the steps of a pull request. */
export function aPromotion(
  name: string,
  stage: string,
  freight: Freight,
  status?: PromotionStatus,
): Promotion {
  return {
    apiVersion: kargoApiVersion,
    kind: 'Promotion',
    metadata: { name, namespace, creationTimestamp: minutesAfter(5) },
    spec: {
      stage,
      freight: freight.metadata.name,
      steps: [
        { uses: 'git-open-pr', as: 'open-pr' },
        { uses: 'git-wait-for-pr', as: 'wait-for-pr' },
        { uses: 'argocd-update', as: 'sync' },
      ],
    },
    ...(status === undefined ? {} : { status }),
  };
}

/** The status of a Promotion that waits for its pull request 7. */
export const waitsForMerge: PromotionStatus = {
  phase: 'Running',
  startedAt: minutesAfter(5),
  currentStep: 1,
  stepExecutionMetadata: [
    { alias: 'open-pr', status: 'Succeeded', startedAt: minutesAfter(5), finishedAt: minutesAfter(5) },
    {
      alias: 'wait-for-pr',
      status: 'Running',
      startedAt: minutesAfter(5),
      message: 'waiting for pull request 7',
    },
  ],
  state: { 'open-pr': { pr: { id: 7, url: 'https://github.com/ameideio/gitops/pull/7' } } },
};
