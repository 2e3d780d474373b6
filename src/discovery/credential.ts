import { AppError } from '../base/index.ts';
import type { Credential, CredentialRequest, Credentials } from '../ports/index.ts';

/**
 * Reads with the credential of a repository. When the host refuses it and a newer one can be had, reads once more with
 * that one; so `read` must be safe to repeat.
 */
export async function withCredential<T>(
  credentials: Credentials,
  request: CredentialRequest,
  read: (credential: Credential | undefined) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const credential = await credentials.find(request, signal);
  try {
    return await read(credential);
  } catch (error) {
    if (signal.aborted || credential === undefined || !isRefusal(error)) throw error;
    const newer = await credentials.find({ ...request, refused: credential }, signal);
    if (newer === undefined || isSame(newer, credential)) throw error;
    return await read(newer);
  }
}

/** Codes by which hosts refuse a credential. */
const refusals: readonly string[] = ['oci.auth-failed', 'git.auth-failed', 'helm.auth-failed'];

function isRefusal(error: unknown): boolean {
  return error instanceof AppError && refusals.includes(error.code);
}

function isSame(a: Credential, b: Credential): boolean {
  return (
    a.identity === b.identity &&
    a.username === b.username &&
    a.password === b.password &&
    a.identityToken === b.identityToken &&
    a.sshPrivateKey === b.sshPrivateKey
  );
}

/** The source that a subscription names for itself, as part of a request. */
export function sourceMember(source: string | undefined): Pick<CredentialRequest, 'source'> {
  return source === undefined ? {} : { source };
}
