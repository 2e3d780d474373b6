/**
 * Argo CD's Application (`argoproj.io/v1alpha1`): the members that Gantry reads and writes. Everything else an Application
 * has is carried along untouched. It never decides anything.
 */
export {
  type Application,
  type ApplicationOperation,
  type ApplicationSource,
  type ApplicationStatus,
  applications,
  type OperationState,
} from './application.ts';
