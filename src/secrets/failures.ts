import type { AppError } from '../base/index.ts';
import type { CredentialLevel } from '../ports/index.ts';
import { credentialsErrors } from './errors.ts';
import type { Candidate } from './types.ts';

/** The error for a source whose content is of no use until somebody changes it. */
export function useless(identity: string, why: string): AppError {
  return credentialsErrors.create('credentials.unusable', `${identity} cannot be used: ${why}`, {
    data: { identity },
  });
}

/** The error for a helper or service that did not give what it was asked for; a cause says whether it is worth a retry. */
export function unavailable(identity: string, why: string, cause?: AppError): AppError {
  return credentialsErrors.create('credentials.unavailable', `${identity} gave no credential: ${why}`, {
    data: { identity },
    ...(cause === undefined ? {} : { disposition: cause.disposition }),
  });
}

/** A candidate that stops the search, because what somebody has configured must not be passed over. */
export function failing(level: CredentialLevel, identity: string, problem: AppError): Candidate {
  return {
    level,
    identity,
    matches: true,
    reason: problem.message,
    problem,
    resolve: () => Promise.reject(problem),
  };
}
