import type { AppError } from '../../base/index.ts';
import { kubeErrors } from '../errors.ts';

/** Did the request fail on its way, so that repeating it may help? */
export function isTransient(error: unknown): error is AppError {
  return (
    kubeErrors.is(error, 'kube.unreachable') ||
    kubeErrors.is(error, 'kube.unavailable') ||
    kubeErrors.is(error, 'kube.too-many-requests') ||
    kubeErrors.is(error, 'kube.unauthorized') ||
    kubeErrors.is(error, 'kube.protocol')
  );
}

/** Did the world move on, so that the work should simply start anew? */
export function isOvertaken(error: unknown): error is AppError {
  return kubeErrors.is(error, 'kube.conflict') || kubeErrors.is(error, 'kube.not-found');
}
