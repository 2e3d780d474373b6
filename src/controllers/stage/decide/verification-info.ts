import type { VerificationInfo } from '../../../api/v1alpha1/index.ts';

const finalPhases: ReadonlySet<string> = new Set([
  'Successful',
  'Failed',
  'Error',
  'Aborted',
  'Inconclusive',
]);

/** Has the verification ended for good? */
export function isFinished(verification: VerificationInfo): boolean {
  return finalPhases.has(verification.phase ?? '');
}
