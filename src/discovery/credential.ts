import { withRenewal } from '../base/index.ts';
import type { Credential, CredentialRequest, Credentials } from '../ports/index.ts';

/**
 * Reads with the credential of a repository. When the host refuses it and a newer one can be had, reads once more with
 * that one; so `read` must be safe to repeat.
 */
export function withCredential<T>(
  credentials: Credentials,
  request: CredentialRequest,
  read: (credential: Credential | undefined) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const find = (refused?: Credential) =>
    credentials.find(refused === undefined ? request : { ...request, refused }, signal);
  return withRenewal(find, read, signal);
}

/** The source that a subscription names for itself, as part of a request. */
export function sourceMember(source: string | undefined): Pick<CredentialRequest, 'source'> {
  return source === undefined ? {} : { source };
}
