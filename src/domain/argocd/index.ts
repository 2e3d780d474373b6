/**
 * What Argo CD Applications say about a Stage: who may touch them, and whether they are healthy.
 * Pure; it must never reach Argo CD. Start reading at `health.ts`.
 */
export {
  type ApplicationView,
  isReconciledAfterOperation,
  sourcesOf,
  syncedRevisions,
} from './application.ts';
export {
  type AuthorizedStage,
  authorizedStageAnnotation,
  parseAuthorizedStages,
} from './authorized-stages.ts';
export { argocdContext } from './context.ts';
export {
  type ApplicationCriterion,
  type ApplicationsHealth,
  evaluateApplication,
  evaluateApplications,
  type HealthFinding,
  mergeHealth,
  readCriteria,
} from './health.ts';
