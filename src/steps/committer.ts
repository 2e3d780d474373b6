import type { Committer, GitSignature, SigningKey } from '../ports/index.ts';

/** An author as steps configure it. */
interface Author {
  readonly name: string;
  readonly email: string;
  readonly signingKey?: string | undefined;
}

/** A configured author as one who commits; an empty key is none. */
export function toCommitter({ name, email, signingKey }: Author): Committer {
  return signingKey ? { name, email, signingKey: { privateKey: signingKey } } : { name, email };
}

/** Who signs a commit or tag, and when: the promotion's start, so that a replay makes the same. */
export function toSignature({ name, email }: Committer, startedAtMs: number): GitSignature {
  return { name, email, timeSec: Math.floor(startedAtMs / 1000) };
}

/** The member of a draft that has it signed. */
export function signedBy({ signingKey }: Committer): { readonly signingKey?: SigningKey } {
  return signingKey === undefined ? {} : { signingKey };
}
