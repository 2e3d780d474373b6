/**
 * Argo CD's Application: type, resource type, a reader that keeps unknown members, and an open definition for the
 * embedded servers. It never talks to Argo CD.
 */
export {
  type Application,
  type ApplicationOperation,
  type ApplicationOperationState,
  type ApplicationSource,
  type ApplicationSpec,
  type ApplicationStatus,
  application,
  applicationDefinition,
  applications,
  argocdAnnotations,
  type HelmParameter,
  type OperationPhase,
  promotionInfoName,
} from './application.ts';
