/** Names of annotations, labels and finalizers that are part of the protocol, as Kargo spells them. */

/** Annotations. */
export const annotations = {
  /** A changed value asks for a fresh look; echoed in `status.lastHandledRefresh`. */
  refresh: 'kargo.akuity.io/refresh',
  /** On a Stage: verify again; the value is the id of the verification, or JSON with it. */
  reverify: 'kargo.akuity.io/reverify',
  /** On a Stage: abort the verification with this id. On a Promotion: "terminate" aborts it. */
  abort: 'kargo.akuity.io/abort',
  /** Who created a Promotion or Project. */
  createActor: 'kargo.akuity.io/create-actor',
  /** On a Promotion: the origin whose promotions are no longer to start by themselves. */
  autoPromotionHold: 'kargo.akuity.io/auto-promotion-hold',
  /** On a Promotion: the origin whose promotions may start by themselves again. */
  autoPromotionResume: 'kargo.akuity.io/auto-promotion-resume',
  /** On a Promotion: "true" marks it as a rollback. */
  rollback: 'kargo.akuity.io/rollback',
  /** The full name of the Stage, where the label had to be shortened. */
  stage: 'kargo.akuity.io/stage',
  /** On an AnalysisRun: the Promotion that caused it. */
  promotion: 'kargo.akuity.io/promotion',
  /** On a Stage: the Applications that its last Promotion touched, as JSON. */
  argocdContext: 'kargo.akuity.io/argocd-context',
  /** On an Argo CD Application: "project:stage" pairs, separated by commas, that may change it. */
  authorizedStage: 'kargo.akuity.io/authorized-stage',
  /** A text for the user interface. */
  description: 'kargo.akuity.io/description',
  /** On a Stage: a colour for the user interface. */
  color: 'kargo.akuity.io/color',
  /** Which one-time migrations were done, as JSON. */
  migrated: 'kargo.akuity.io/migrated',
  /** On a Project or its namespace: "true" keeps the namespace when the Project goes. */
  keepNamespace: 'kargo.akuity.io/keep-namespace',
  /** On a GitHub App's Secret: repositories by Project, as JSON. */
  githubTokenScopes: 'kargo.akuity.io/github-token-scopes',
  /** On a shared Secret or ConfigMap: "*" copies it to all Projects. */
  replicateTo: 'kargo.akuity.io/replicate-to',
  /** On a copy: when it was made. */
  replicatedAt: 'kargo.akuity.io/replicated-at',
  /** On RBAC objects: "true" lets Kargo's API manage them. */
  rbacManaged: 'rbac.kargo.akuity.io/managed',
  /** On a ServiceAccount: the OIDC claims it stands for, as JSON. */
  rbacClaims: 'rbac.kargo.akuity.io/claims',
} as const;

/** Prefix of the annotations that carry the data of an Event. */
export const eventAnnotationPrefix = 'event.kargo.akuity.io/';
/** Prefix of the older annotations that hold one OIDC claim each. */
export const rbacClaimAnnotationPrefix = 'rbac.kargo.akuity.io/claim.';

/** Labels. */
export const labels = {
  /** On Freight: its alias. */
  alias: 'kargo.akuity.io/alias',
  /** The responsible controller. */
  shard: 'kargo.akuity.io/shard',
  /** The Stage, shortened to 63 characters. */
  stage: 'kargo.akuity.io/stage',
  /** On an AnalysisRun: the id of the collection of Freight. */
  freightCollection: 'kargo.akuity.io/freight-collection',
  /** On a Namespace: "true" marks it as that of a Project. */
  project: 'kargo.akuity.io/project',
  /** On a Secret: git, helm, image or generic. */
  credentialType: 'kargo.akuity.io/cred-type',
  /** On a Lease: the controller whose heartbeat it is. */
  controller: 'kargo.akuity.io/controller',
  /** On a copy: the name of its source. */
  replicatedFrom: 'kargo.akuity.io/replicated-from',
  /** On a copy: 16 hexadecimal characters of the hash of its content. */
  replicatedSha: 'kargo.akuity.io/replicated-sha',
  /** On AnalysisRuns: the Argo Rollouts instance that runs them. */
  rolloutsInstance: 'argo-rollouts.argoproj.io/controller-instance-id',
} as const;

/** The one finalizer. */
export const finalizer = 'kargo.akuity.io/finalizer';
