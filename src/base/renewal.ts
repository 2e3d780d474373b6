import { AppError } from './errors.ts';

/** What of a credential a host is shown. */
interface Shown {
  readonly identity: string;
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
  readonly bearerToken?: string;
  readonly sshPrivateKey?: string;
}

/**
 * Uses a credential; when the host refuses it (an error `*.auth-failed`) and another one can be had,
 * uses that one, once. So `use` must be safe to repeat.
 *
 * `find` is called without `refused` first, and with what was refused when a newer one is wanted. The error of the host
 * stays when there is none.
 */
export async function withRenewal<Credential extends Shown, Result>(
  find: (refused?: Credential) => Promise<Credential | undefined>,
  use: (credential: Credential | undefined) => Promise<Result>,
  signal: { readonly aborted: boolean },
): Promise<Result> {
  const credential = await find();
  try {
    return await use(credential);
  } catch (error) {
    if (signal.aborted || credential === undefined || !isRefusal(error)) throw error;
    const newer = await find(credential);
    if (newer === undefined || isSame(newer, credential)) throw error;
    return await use(newer);
  }
}

/** Codes by which hosts refuse a credential. */
const refusals: ReadonlySet<string> = new Set([
  'forge.auth-failed',
  'git.auth-failed',
  'helm.auth-failed',
  'oci.auth-failed',
]);

function isRefusal(error: unknown): boolean {
  return error instanceof AppError && refusals.has(error.code);
}

function isSame(a: Shown, b: Shown): boolean {
  return (
    a.identity === b.identity &&
    a.username === b.username &&
    a.password === b.password &&
    a.identityToken === b.identityToken &&
    a.bearerToken === b.bearerToken &&
    a.sshPrivateKey === b.sshPrivateKey
  );
}
