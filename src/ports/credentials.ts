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
  /** Differs when the secret behind the identity was replaced; belongs into the key of tokens obtained with it. */
  readonly revision?: string;
  readonly username?: string;
  readonly password?: string;
  /** An OAuth refresh token, in place of the password; to be exchanged at the registry's token endpoint. */
  readonly identityToken?: string;
  /** Sent as it is, in place of user name and password. */
  readonly bearerToken?: string;
  readonly sshPrivateKey?: string;
  /** A known_hosts file that names the only hosts this credential may be used with. */
  readonly sshKnownHosts?: string;
  /** When the host will no longer accept it, milliseconds since the epoch, where that is known. */
  readonly expiresAtMs?: number;
}

/** What a credential is asked for. */
export interface CredentialRequest {
  readonly project: string;
  readonly kind: CredentialKind;
  readonly repoURL: string;
  /** The source that the subscription itself names, e.g. "pullsecret:kargo-demo/ghcr"; no other is looked at then. */
  readonly source?: string;
  /** What the last `find` gave and the host refuses: answered with a newer one where that can be had. */
  readonly refused?: Credential;
}

/** Where a candidate stands; they are tried in this order. */
export type CredentialLevel =
  | 'subscription'
  | 'project secret'
  | 'shared secret'
  | 'registry configuration'
  | 'docker configuration'
  | 'kubelet provider'
  | 'ambient';

/** One place that a credential could come from, and why it did or did not. */
export interface CredentialCandidate {
  readonly level: CredentialLevel;
  /** The identity that it has, or would have. */
  readonly identity: string;
  readonly verdict: 'chosen' | 'matches, but an earlier one is used' | 'does not match' | 'cannot be used';
  /** One sentence; never a value. */
  readonly reason: string;
}

/** What became of the last use of a credential by this process. */
export interface CredentialUse {
  /** `undefined`: without any credential. */
  readonly identity: string | undefined;
  /** "refused": by the host, with nothing newer to offer; "failed": there was no credential to be had. */
  readonly outcome: 'found' | 'refused' | 'failed';
  readonly atMs: number;
  /** Which of several ways the source took, e.g. the name of a role. */
  readonly via?: string;
  readonly expiresAtMs?: number;
  /** What deserves attention before it stops working, one sentence each. */
  readonly warnings: readonly string[];
}

/** Every place that a credential for a repository could come from. Nothing in it is secret. */
export interface CredentialExplanation {
  readonly request: CredentialRequest;
  /** The address in the form that is compared. */
  readonly normalURL: string;
  /** In the order in which they are tried. */
  readonly candidates: readonly CredentialCandidate[];
  /** What is used now; `undefined` when nothing matches and the repository is read without a credential. */
  readonly chosen: string | undefined;
  readonly lastUse: CredentialUse | undefined;
  /** What is wrong with the configuration as a whole. */
  readonly warnings: readonly string[];
}

/**
 * Finds the credential for a repository: Kargo's Secrets, registry configuration, docker's and the kubelet's ways, the
 * identity that a cloud gives to this process.
 *
 * Consistency: never older than the last change of a Secret that this process has seen; tokens are fetched anew before
 * they end.
 * Order: a source that matches and fails is an error, never a reason to try the next one.
 * Errors: credentials.unusable (a source matches but its data is incomplete), credentials.invalid-source,
 * credentials.refused-source, credentials.unavailable (a helper or token service fails).
 */
export interface Credentials {
  find(request: CredentialRequest, signal: AbortSignal): Promise<Credential | undefined>;
}

/** What else can be asked about credentials. */
export interface CredentialDesk extends Credentials {
  /** The last use for a repository by this process; `undefined` when there was none. */
  lastUse(request: CredentialRequest): CredentialUse | undefined;
  /** Fetches no token and runs no helper. */
  explain(request: CredentialRequest, signal: AbortSignal): Promise<CredentialExplanation>;
}
