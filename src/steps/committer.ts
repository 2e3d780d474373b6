import type { StepOutcome } from '../domain/index.ts';
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

/** What git would not take as the message of a commit or tag; `undefined` when it would. */
export function refuseMessage(message: string): StepOutcome | undefined {
  const problem = message.includes('\0') ? 'has a zero byte' : message.trim() === '' ? 'is blank' : undefined;
  if (problem === undefined) return undefined;
  const text = `the message ${problem}`;
  return { kind: 'failed', status: 'Failed', code: 'step.invalid-config', message: text, terminal: true };
}

/** The member of a draft that has it signed. */
export function signedBy({ signingKey }: Committer): { readonly signingKey?: SigningKey } {
  return signingKey === undefined ? {} : { signingKey };
}
