import { secrets } from '../../src/api/core/index.ts';
import type { KubeObject, ResourceType } from '../../src/api/meta/index.ts';
import { labels, type Promotion, type Stage, type Warehouse } from '../../src/api/v1alpha1/index.ts';
import type { JsonObject } from '../../src/base/index.ts';

const apiVersion = 'kargo.akuity.io/v1alpha1';

/** Where the bench's repositories stand in manifests. */
export const gitUrl = (name: string): string => `https://github.com/bench/${name}.git`;
/** Where the bench's images stand in manifests. */
export const imageUrl = (name: string): string => `ghcr.io/bench/${name}`;

/** Secrets with which a Project reaches the sandbox's git and registry. */
export function credentialObjects(
  namespace: string,
  account: { readonly username: string; readonly password: string },
): readonly (readonly [ResourceType, KubeObject])[] {
  const secret = (kind: string, repoURL: string): KubeObject =>
    ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: kind, labels: { [labels.credentialType]: kind } },
      stringData: {
        repoURL,
        repoURLIsRegex: 'true',
        username: account.username,
        password: account.password,
      },
    }) as KubeObject;
  return [
    [secrets, secret('git', '^https://github.com/bench/.*$')],
    [secrets, secret('image', '^ghcr.io/bench/.*$')],
  ];
}

/** A Warehouse of one image. */
export function imageWarehouse(
  namespace: string,
  name: string,
  image: JsonObject,
  policy: 'Automatic' | 'Manual' = 'Automatic',
): Warehouse {
  return {
    apiVersion,
    kind: 'Warehouse',
    metadata: { namespace, name },
    spec: { interval: '1h0m0s', freightCreationPolicy: policy, subscriptions: [{ image }] },
  } as unknown as Warehouse;
}

/** A Stage that takes Freight straight from a Warehouse, or from another Stage. */
export function createStage(
  namespace: string,
  name: string,
  source: { readonly warehouse: string; readonly upstream?: string },
  steps: readonly JsonObject[],
): Stage {
  const { warehouse, upstream } = source;
  return {
    apiVersion,
    kind: 'Stage',
    metadata: { namespace, name },
    spec: {
      requestedFreight: [
        {
          origin: { kind: 'Warehouse', name: warehouse },
          sources: upstream === undefined ? { direct: true } : { stages: [upstream] },
        },
      ],
      promotionTemplate: { spec: { steps } },
    },
  } as unknown as Stage;
}

/** The pipeline that the figures are about: clone, update one image reference, commit, push. */
export function updateSteps(repository: string, file: string, image: string): readonly JsonObject[] {
  return [
    {
      uses: 'git-clone',
      config: { repoURL: gitUrl(repository), checkout: [{ branch: 'main', path: './src' }] },
    },
    {
      uses: 'yaml-update',
      as: 'update',
      config: {
        path: `./src/${file}`,
        updates: [{ key: 'image.ref', value: `${image}@\${{ imageFrom("${image}").Digest }}` }],
      },
    },
    {
      uses: 'git-commit',
      as: 'commit',
      config: { path: './src', message: '${{ ctx.promotion }} ${{ ctx.stage }}' },
    },
    { uses: 'git-push', as: 'push', config: { path: './src' } },
  ];
}

/** A Promotion as people create it: Stage and Freight, everything else comes from admission. */
export function createPromotion(namespace: string, stage: string, freight: string): Promotion {
  return {
    apiVersion,
    kind: 'Promotion',
    metadata: { namespace, name: '', generateName: 'promo-' },
    spec: { stage, freight, steps: [] },
  } as unknown as Promotion;
}

/** A values file with an image reference that a promotion writes. */
export function valuesFile(env: string, app: string): string {
  return `# ${app} in ${env}: written by promotions, digest pinned
replicaCount: ${env === 'production' ? 3 : 1}
image:
  ref: registry.example/${app}@sha256:${'0'.repeat(64)}
  pullPolicy: IfNotPresent
config:
  logLevel: info
  environment: ${env}
`;
}
