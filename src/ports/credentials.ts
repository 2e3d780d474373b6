/** Which sort of repository a credential is for. */
export type CredentialKind = 'git' | 'image' | 'helm';

/**
 * A resolved credential.
 *
 * `identity` names where it comes from ("secret kargo-demo/github"), never what it is; two requests with the same
 * identity may share what they fetched.
 */
export interface Credential {
  readonly identity: string;
  readonly username?: string;
  readonly password?: string;
  readonly sshPrivateKey?: string;
}

/**
 * Finds the credential for a repository, as Kargo's Secrets describe it.
 *
 * Consistency: never older than the last change of a Secret that this process has seen.
 * Errors: credentials.unusable (a Secret matches but its data is incomplete).
 */
export interface Credentials {
  find(
    request: { readonly project: string; readonly kind: CredentialKind; readonly repoURL: string },
    signal: AbortSignal,
  ): Promise<Credential | undefined>;
}
