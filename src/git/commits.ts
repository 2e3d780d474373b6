import type { CommitDraft, GitCommit, GitSignature } from '../ports/index.ts';
import {
  type Commit,
  decodeCommit,
  encodeCommit,
  type GitObject,
  hashObject,
  type ObjectId,
  type Signature,
} from '../wire/git/index.ts';
import { signCommit } from './signing/signed.ts';
import type { Signer } from './signing/types.ts';

/** The name of the object header that says which promotion made a commit. */
export const promotionHeader = 'promotion';

/** A commit that exists here, with its id and the object it is stored as. */
export interface LocalCommit {
  readonly id: ObjectId;
  readonly commit: Commit;
  readonly object: GitObject;
  /** Signs it again when it is rebased. */
  readonly signer?: Signer;
}

/** Makes a commit object, signed when there is a signer. */
export async function createSigned(commit: Commit, signer: Signer | undefined): Promise<LocalCommit> {
  if (signer === undefined) return createCommit(commit);
  return { ...createCommit(await signCommit(commit, signer)), signer };
}

/** Makes a commit object; the same input gives the same id. */
export function createCommit(commit: Commit): LocalCommit {
  const data = encodeCommit(commit);
  return { id: hashObject('commit', data), commit, object: { type: 'commit', data } };
}

/** The commit of a draft; times are in UTC. */
export function fromDraft(
  draft: CommitDraft,
  place: { readonly tree: ObjectId; readonly parents: readonly ObjectId[] },
): Commit {
  return {
    ...place,
    author: toSignature(draft.author),
    committer: toSignature(draft.committer),
    headers: draft.headers,
    message: draft.message.endsWith('\n') ? draft.message : `${draft.message}\n`,
  };
}

/** A commit as callers see it. */
export function toGitCommit(id: string, commit: Commit): GitCommit {
  return {
    id,
    tree: commit.tree,
    parents: commit.parents,
    author: fromSignature(commit.author),
    committer: fromSignature(commit.committer),
    message: commit.message,
    headers: commit.headers,
  };
}

/** Was this commit made by the promotion? */
export function isOfPromotion(commit: Commit, promotion: string): boolean {
  return commit.headers.some((header) => header.name === promotionHeader && header.value === promotion);
}

/** Reads the commits among objects. */
export function commitsOf(objects: ReadonlyMap<ObjectId, GitObject>): Map<ObjectId, Commit> {
  const commits = new Map<ObjectId, Commit>();
  for (const [id, object] of objects) {
    if (object.type === 'commit') commits.set(id, decodeCommit(object.data));
  }
  return commits;
}

function toSignature(signature: GitSignature): Signature {
  return { ...signature, timezone: '+0000' };
}

function fromSignature({ name, email, timeSec }: Signature): GitSignature {
  return { name, email, timeSec };
}
