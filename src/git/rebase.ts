import { type Commit, decodeTree, type GitObject, type ObjectId } from '../wire/git/index.ts';
import { createSigned, type LocalCommit } from './commits.ts';
import { type LocalObjects, mergeOrThrow } from './merge.ts';
import type { RemoteObjects } from './objects.ts';
import { withoutSignature } from './signing/signed.ts';
import type { Signer } from './signing/types.ts';
import type { Anchor } from './worktree.ts';

/** A commit and its id. */
export interface KnownCommit {
  readonly id: ObjectId;
  readonly commit: Commit;
  /** Signs it again, where it was signed here. */
  readonly signer?: Signer;
}

/** Commits to be put onto another head. */
export interface Replay {
  /** Oldest first. */
  readonly commits: readonly KnownCommit[];
  readonly onto: Anchor;
  /** The branch that it is the head of, for messages. */
  readonly branch: string;
  /** Objects that only exist here. */
  readonly objects: LocalObjects;
  /** Signs what has no signer of its own. */
  readonly signer: Signer | undefined;
}

/** Commits on their new place, and the objects that were made for it. */
export interface Replayed {
  readonly commits: readonly LocalCommit[];
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
}

/**
 * Puts commits onto another head by merging trees; authors, dates, headers and messages stay, signatures are made
 * anew or go. A commit whose change is there already is left out, as git does.
 *
 * Errors: git.conflict with the paths; those of the source.
 */
export async function rebase(replay: Replay, source: RemoteObjects, signal: AbortSignal): Promise<Replayed> {
  const made = new Map<ObjectId, GitObject>();
  const objects = { get: (id: ObjectId) => made.get(id) ?? replay.objects.get(id) };
  const trees = new Map(replay.commits.map(({ id, commit }) => [id, commit.tree]));
  const commits: LocalCommit[] = [];
  let head = replay.onto;
  for (const { commit, signer = replay.signer } of replay.commits) {
    const [parent] = commit.parents;
    const base = parent === undefined ? undefined : await treeOf(parent);
    const sides = { base, ours: head.tree, theirs: commit.tree };
    const names = { branch: replay.branch, head: replay.onto.commit, subject: commit.message };
    const merged = await mergeOrThrow(sides, names, { objects, source }, signal);
    if (merged.tree === head.tree) continue;
    for (const [id, object] of merged.objects) made.set(id, object);
    const moved = { ...withoutSignature(commit), tree: merged.tree, parents: [head.commit] };
    const replayed = await createSigned(moved, signer);
    commits.push(replayed);
    head = { commit: replayed.id, tree: merged.tree };
  }
  return { commits, objects: made };

  async function treeOf(id: ObjectId): Promise<ObjectId> {
    return trees.get(id) ?? (await source.readCommit(id, signal)).tree;
  }
}

/** The objects that are reached from commits and exist only here, ready to be packed. */
export function collectNewObjects(
  commits: readonly LocalCommit[],
  objects: ReadonlyMap<ObjectId, GitObject>,
): Map<ObjectId, GitObject> {
  const found = new Map<ObjectId, GitObject>();
  const visit = (id: ObjectId): void => {
    const object = objects.get(id);
    if (object === undefined || found.has(id)) return;
    found.set(id, object);
    if (object.type === 'tree') for (const entry of decodeTree(object.data)) visit(entry.id);
  };
  for (const { id, commit, object } of commits) {
    found.set(id, object);
    visit(commit.tree);
  }
  return found;
}
