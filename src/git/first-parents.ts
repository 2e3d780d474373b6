import type { GitRemote } from '../ports/index.ts';
import type { Commit, ObjectId } from '../wire/git/index.ts';
import { commitsOf } from './commits.ts';
import type { Heads } from './heads.ts';
import type { RemoteObjects } from './objects.ts';
import type { KnownCommit } from './rebase.ts';

/** The way back from a commit, along first parents. */
export interface FirstParents {
  /** Newest first. */
  readonly commits: readonly KnownCommit[];
  /** Is the last one the beginning of the history? */
  readonly isWhole: boolean;
}

/** The shortest page that is fetched: a page of a few commits costs no more than one. */
const minPage = 16;

/**
 * The way back from a head, up to a number of commits. What is cached is not fetched; the rest comes in pages of as many
 * commits as are still wanted, trees and files left out.
 *
 * `seen` remembers the head of each walk: what lies behind the last one is not sent again when a branch moves on.
 */
export async function readFirstParents(
  source: RemoteObjects,
  walk: { readonly remote: GitRemote; readonly head: ObjectId; readonly count: number; readonly seen: Heads },
  signal: AbortSignal,
): Promise<FirstParents> {
  const commits: KnownCommit[] = [];
  const fetched = new Map<ObjectId, Commit>();
  let at: ObjectId | undefined = walk.head;
  while (at !== undefined && commits.length < walk.count) {
    const commit: Commit = findCommit(at, source, fetched) ?? (await fetchPage(at));
    commits.push({ id: at, commit });
    [at] = commit.parents;
  }
  walk.seen.set(walk.remote, walkKey, walk.head);
  return { commits, isWhole: at === undefined };

  async function fetchPage(id: ObjectId): Promise<Commit> {
    // One more than is wanted: what the last one changed shows only beside its parent.
    const depth = Math.max(minPage, walk.count - commits.length + 1);
    const last = id === walk.head ? walk.seen.get(walk.remote, walkKey) : undefined;
    const isUsable = last !== undefined && last !== id && source.cachedCommit(last) !== undefined;
    const base = isUsable ? { haves: [last] } : {};
    const objects = await source.fetch({ wants: [id], depth, filter: 'tree:0', ...base }, signal);
    for (const [found, commit] of commitsOf(objects)) fetched.set(found, commit);
    return fetched.get(id) ?? source.readCommit(id, signal);
  }
}

/** Walks of one repository share a memory, whatever branch they begin at. */
const walkKey = '';

function findCommit(
  id: ObjectId,
  source: RemoteObjects,
  fetched: ReadonlyMap<ObjectId, Commit>,
): Commit | undefined {
  return fetched.get(id) ?? source.cachedCommit(id);
}
