import type { KubeObject } from '../../src/api/meta/index.ts';
import { gitopsRepository, parseManifests } from './pipeline-example.ts';
import type { FrontRequest } from './pipeline-front.ts';

/** What every row's environment holds at first; equal, so that what rows end with can be compared. */
export const rowValues = `# Values of one row.
image:
  ref: 'ghcr.io/ameideio/agents-runtime@sha256:${'0'.repeat(64)}'   # first-party
sidecar: &sidecar
  image: "docker.io/envoyproxy/envoy:v1.31.2"
other: *sidecar
`;

/** How a row's Stage brings its change in. */
export type Way = 'direct' | 'proposing';

/** A Project with credentials for every repository of the example's owner, and a Warehouse of one image. */
export function commonObjects(project: string, password: string): readonly KubeObject[] {
  return parseManifests(`
apiVersion: kargo.akuity.io/v1alpha1
kind: Project
metadata: { name: ${project} }
---
apiVersion: v1
kind: Secret
metadata:
  name: gitops
  namespace: ${project}
  labels: { kargo.akuity.io/cred-type: git }
stringData:
  repoURL: ^https://github\\.com/ameideio/
  repoURLIsRegex: "true"
  username: release-robot
  password: ${password}
---
apiVersion: v1
kind: Secret
metadata:
  name: images
  namespace: ${project}
  labels: { kargo.akuity.io/cred-type: image }
stringData:
  repoURL: ^ghcr\\.io/ameideio/
  repoURLIsRegex: "true"
  username: release-robot
  password: ${password}
---
apiVersion: kargo.akuity.io/v1alpha1
kind: Warehouse
metadata: { name: runtime, namespace: ${project} }
spec:
  interval: 1h0m0s
  subscriptions:
  - image:
      repoURL: ghcr.io/ameideio/agents-runtime
      imageSelectionStrategy: Digest
      constraint: main
`);
}

/** Stage and Application of one row, which share a name. */
export function rowObjects(
  project: string,
  name: string,
  way: Way,
  warehouse = 'runtime',
): readonly KubeObject[] {
  return parseManifests(`
apiVersion: kargo.akuity.io/v1alpha1
kind: Stage
metadata: { name: ${name}, namespace: ${project} }
spec:
  requestedFreight:
  - origin: { kind: Warehouse, name: ${warehouse} }
    sources: { direct: true }
  promotionTemplate:
    spec:
      steps:
      - uses: git-clone
        as: clone
        config:
          repoURL: https://github.com/${gitopsRepository}.git
          checkout:
          - { branch: main, path: ./gitops }
      - uses: yaml-update
        as: update
        config:
          path: ./gitops/${valuesPath(name)}
          updates:
          - key: image.ref
            value: ghcr.io/ameideio/agents-runtime@\${{ imageFrom('ghcr.io/ameideio/agents-runtime').Digest }}
      - uses: git-commit
        as: commit
        config: { path: ./gitops, message: 'Promote \${{ ctx.stage }}' }
${way === 'direct' ? directSteps : proposingSteps}
      - uses: argocd-update
        as: sync
        config: { apps: [{ name: ${name} }] }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
  annotations: { 'kargo.akuity.io/authorized-stage': '${project}:${name}' }
spec:
  project: default
  source:
    repoURL: https://github.com/${gitopsRepository}.git
    targetRevision: main
    path: charts/ameide
    helm: { valueFiles: [../../${valuesPath(name)}] }
  destination: { name: in-cluster, namespace: ${name} }
`);
}

/** Where a row's values lie in the GitOps repository. */
export function valuesPath(name: string): string {
  return `rows/${name}/values.yaml`;
}

const directSteps = `      - uses: git-push
        as: push
        config: { path: ./gitops }`;

const proposingSteps = `      - uses: git-push
        as: push
        config: { path: ./gitops, generateTargetBranch: true }
      - uses: git-open-pr
        as: open-pr
        config:
          repoURL: https://github.com/${gitopsRepository}.git
          sourceBranch: \${{ outputs.push.branch }}
          targetBranch: main
          labels: [promotion]
      - uses: git-wait-for-pr
        as: wait-for-pr
        config:
          repoURL: https://github.com/${gitopsRepository}.git
          prNumber: \${{ outputs['open-pr'].pr.id }}`;

/**
 * What a request is to the promotion of a row: its name in the table, or `undefined` when it is none of its moments.
 * Moments are all writes of the row's objects and everything that is asked of git server and forge.
 */
export function momentOf(
  request: FrontRequest,
  row: { readonly stage: string; readonly promotion: string },
): string | undefined {
  const path = request.path.split('?')[0] ?? '';
  if (request.host === 'github.com') return `git ${path.split('/').at(-1)}`;
  if (request.host === 'api.github.com') {
    return `forge ${request.method} ${path.replace(/^\/repos\/[^/]+\/[^/]+/, '').replaceAll(/\d+/g, 'N')}`;
  }
  if (request.host !== 'api' || request.method === 'GET') return undefined;
  if (path.endsWith(`/promotions/${row.promotion}/status`)) return 'Promotion status';
  if (path.endsWith(`/promotions/${row.promotion}`)) return 'Promotion';
  if (path.endsWith(`/stages/${row.stage}/status`)) return 'Stage status';
  if (path.endsWith(`/stages/${row.stage}`)) return 'Stage';
  if (path.endsWith(`/applications/${row.stage}`)) return 'Application';
  if (/\/freights\/[^/]+\/status$/.test(path)) return 'Freight status';
  return undefined;
}
