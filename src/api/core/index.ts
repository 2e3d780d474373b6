/**
 * The kinds of Kubernetes itself that the program reads or writes: as little of each as is used.
 * Types and resource types only; it never validates.
 */
export {
  type AdmissionRequest,
  type AdmissionResponse,
  type AdmissionReview,
  type AdmissionWebhook,
  type MutatingWebhookConfiguration,
  mutatingWebhookConfigurations,
  type ValidatingWebhookConfiguration,
  validatingWebhookConfigurations,
  type WebhookClientConfig,
  type WebhookRule,
} from './admission.ts';
export {
  type ConfigMap,
  configMaps,
  type Event,
  events,
  type Lease,
  leases,
  type Namespace,
  namespaces,
  type ObjectReference,
  type Secret,
  type ServiceAccount,
  secrets,
  serviceAccounts,
} from './core.ts';
export {
  type CustomResourceColumn,
  type CustomResourceDefinition,
  type CustomResourceNames,
  type CustomResourceVersion,
  customResourceDefinitions,
} from './extensions.ts';
export {
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoleBindings,
  clusterRoles,
  type PolicyRule,
  type RbacSubject,
  type Role,
  type RoleBinding,
  type RoleReference,
  roleBindings,
  roles,
  type SubjectAccessReview,
  subjectAccessReviews,
} from './rbac.ts';
export type { LabelSelectorSpec } from './selectors.ts';
