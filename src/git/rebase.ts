import { type Commit, decodeTree, type GitObject, mergeTrees, type ObjectId } from '../wire/git/index.ts';
import { createCommit, type LocalCommit } from './commits.ts';
import { gitErrors } from './errors.ts';
import type { RemoteObjects } from './objects.ts';
import type { Anchor } from './worktree.ts';

/** A commit and its id. */
export interface KnownCommit {
  readonly id: ObjectId;
  readonly commit: Commit;
}

/** Commits to be put onto another head. */
export interface Replay {
  /** Oldest first. */
  readonly commits: readonly KnownCommit[];
  readonly onto: Anchor;
  /** Objects that only exist here. */
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
}

/** Commits on their new place, and the objects that the remote may not have. */
export interface Replayed {
  readonly commits: readonly LocalCommit[];
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
}

/** Paths that a message about a conflict names. */
const maxShownPaths = 20;

/**
 * Puts commits onto another head by merging trees; authors, dates, headers and messages stay, signatures go. A commit
 * whose change is there already is left out, as git does.
 *
 * Errors: git.conflict with the paths; those of the source.
 */
export async function rebase(replay: Replay, source: RemoteObjects, signal: AbortSignal): Promise<Replayed> {
  const objects = new Map(replay.objects);
  const trees = new Map(replay.commits.map(({ id, commit }) => [id, commit.tree]));
  const commits: LocalCommit[] = [];
  let head = replay.onto;
  for (const { commit } of replay.commits) {
    const [parent] = commit.parents;
    const base = parent === undefined ? undefined : await treeOf(parent);
    const merged = await mergeTrees(
      { base, ours: head.tree, theirs: commit.tree },
      { read: (ids) => readObjects(ids, { objects, source }, signal) },
    );
    if (merged.conflicts.length > 0) {
      const paths = merged.conflicts.map((conflict) => conflict.path);
      const shown = paths.slice(0, maxShownPaths).join(', ');
      throw gitErrors.create('git.conflict', `commits of the branch changed the same places: ${shown}`, {
        data: { paths: paths.slice(0, maxShownPaths) },
      });
    }
    if (merged.tree === head.tree) continue;
    for (const [id, object] of merged.objects) objects.set(id, object);
    const headers = commit.headers.filter((header) => !header.name.startsWith('gpgsig'));
    const made = createCommit({ ...commit, headers, tree: merged.tree, parents: [head.commit] });
    commits.push(made);
    head = { commit: made.id, tree: merged.tree };
  }
  return { commits, objects };

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

async function readObjects(
  ids: readonly ObjectId[],
  from: { readonly objects: ReadonlyMap<ObjectId, GitObject>; readonly source: RemoteObjects },
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectId, GitObject>> {
  const found = new Map<ObjectId, GitObject>();
  const remote: ObjectId[] = [];
  for (const id of ids) {
    const object = from.objects.get(id);
    if (object === undefined) remote.push(id);
    else found.set(id, object);
  }
  for (const [id, object] of await from.source.read(remote, signal)) found.set(id, object);
  return found;
}
