import type { AppError } from '../base/index.ts';
import type { Credential, CredentialKind, CredentialLevel } from '../ports/index.ts';

/** What a source gave. */
export interface Material extends Omit<Credential, 'identity' | 'revision'> {
  /** Changes by itself all the time, so that it says nothing about a change of identity. */
  readonly isToken?: boolean;
  /** What was tried and served, where a source has several ways, e.g. the name of a role. */
  readonly via?: string;
  /** How long it may be kept, milliseconds, where the source says so. */
  readonly keptForMs?: number;
  /** What deserves attention although it works; one sentence each, never a value. */
  readonly warnings?: readonly string[];
}

/** A request with its address in the forms that sources compare. */
export interface Wanted {
  readonly project: string;
  readonly kind: CredentialKind;
  readonly repoURL: string;
  readonly normalURL: string;
  /** "host[:port]/path" of an OCI registry; `undefined` for git and for chart repositories over HTTP. */
  readonly place: string | undefined;
  readonly source: string | undefined;
}

/** One place that a credential could come from, looked at for one request. */
export interface Candidate {
  readonly level: CredentialLevel;
  readonly identity: string;
  readonly matches: boolean;
  /** Why it matches or not; one sentence, never a value. */
  readonly reason: string;
  /** Known to be of no use without trying. */
  readonly problem?: AppError;
  /** `refused`: what the host does not accept any more, so that nothing kept will do. */
  resolve(refused: Credential | undefined, signal: AbortSignal): Promise<Material>;
}

/** One step of the order in which sources are tried. */
export interface Level {
  /** `isExplaining`: everything is wanted; otherwise those after the first match are not. */
  look(wanted: Wanted, isExplaining: boolean, signal: AbortSignal): Promise<readonly Candidate[]>;
}

/** A candidate that has nothing to give. */
export function noMatch(level: CredentialLevel, identity: string, reason: string): Candidate {
  return {
    level,
    identity,
    matches: false,
    reason,
    resolve: () => Promise.reject(new Error('a candidate that does not match was asked')),
  };
}
