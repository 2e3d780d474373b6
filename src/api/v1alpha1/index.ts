/**
 * Kargo's kinds (`kargo.akuity.io/v1alpha1`): types, resource types, schemas, and the names of annotations and labels.
 * Each kind stands in its folder; `kinds.ts` lists them for the generator. It never decides anything.
 */
export {
  type ClusterConfig,
  type ClusterConfigSpec,
  type ClusterConfigStatus,
  clusterConfigKind,
  clusterConfigs,
} from './cluster-config/schema.ts';
export {
  type ClusterPromotionTask,
  clusterPromotionTaskKind,
  clusterPromotionTasks,
} from './cluster-promotion-task/schema.ts';
export {
  type Freight,
  type FreightStatus,
  freightKind,
  freights,
  type StoredMetadata,
} from './freight/schema.ts';
export { kargoKinds } from './kinds.ts';
export {
  annotations,
  eventAnnotationPrefix,
  finalizer,
  labels,
  rbacClaimAnnotationPrefix,
} from './names.ts';
export { type Project, type ProjectStatus, projectKind, projects } from './project/schema.ts';
export {
  type ProjectConfig,
  type ProjectConfigSpec,
  type ProjectConfigStatus,
  type PromotionPolicy,
  projectConfigKind,
  projectConfigs,
} from './project-config/schema.ts';
export { type Promotion, type PromotionSpec, promotionKind, promotions } from './promotion/schema.ts';
export {
  type PromotionRequest,
  type PromotionRequestPhase,
  type PromotionRequestSpec,
  type PromotionRequestStatus,
  promotionRequestKind,
  promotionRequests,
} from './promotion-request/schema.ts';
export { type PromotionTask, promotionTaskKind, promotionTasks } from './promotion-task/schema.ts';
export type {
  ArtifactReference,
  Chart,
  FreightCollection,
  FreightOrigin,
  FreightReference,
  GitCommit,
  Image,
  VerificationInfo,
  VerificationPhase,
} from './shared/artifacts.ts';
export type { DeepLink, PromotionWindow, WebhookReceiver } from './shared/config-members.ts';
export { kargoApiVersion, kargoGroup, kargoVersion } from './shared/group.ts';
export type { PromotionPhase, PromotionStatus } from './shared/promotion-status.ts';
export type { LabelSelector, NameAndLabelSelector } from './shared/selectors.ts';
export type {
  ExpressionVariable,
  HealthCheckStep,
  PromotionStep,
  StepExecutionMetadata,
  StepStatus,
} from './shared/steps.ts';
export type { PromotionTaskSpec } from './shared/task-spec.ts';
export {
  type AutoPromotionHold,
  type Health,
  type HealthState,
  type PromotionReference,
  type Stage,
  type StageStatus,
  stageKind,
  stages,
} from './stage/schema.ts';
export type { FreightRequest, FreightSources, StageSpec, Verification } from './stage/spec.ts';
export { type Target, type TargetSpec, targetKind, targets } from './target/schema.ts';
export { type Warehouse, type WarehouseSpec, warehouseKind, warehouses } from './warehouse/schema.ts';
export type {
  ChartDiscovery,
  DiscoveredArtifacts,
  DiscoveredCommit,
  DiscoveredImage,
  GitDiscovery,
  ImageDiscovery,
  WarehouseStatus,
} from './warehouse/status.ts';
export {
  type ChartSubscription,
  chartSubscription,
  type GitSubscription,
  gitSubscription,
  type ImageSubscription,
  imageSubscription,
  parseSubscription,
  type Subscription,
  type SubscriptionProblem,
  type SubscriptionResult,
} from './warehouse/subscription.ts';
