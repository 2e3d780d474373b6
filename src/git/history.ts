import type { Commit, ObjectId } from '../wire/git/index.ts';
import { commitsOf } from './commits.ts';
import type { RemoteObjects } from './objects.ts';
import type { KnownCommit } from './rebase.ts';

/** Commits that are looked at on the way from a head to a base. */
export const maxHistory = 512;

/** The way from one commit back to another. */
export interface HistoryRange {
  readonly head: ObjectId;
  readonly base: ObjectId;
  /** What to leave out; trees come along when they are needed at once. */
  readonly filter: 'tree:0' | 'blob:none';
}

/** Commits between a head and a base. */
export interface History {
  /** Newest first. */
  readonly commits: readonly KnownCommit[];
  /** Is the base an ancestor of the head? Only known within the limit. */
  readonly reachesBase: boolean;
}

/** Commits from a head down to a base, or as far as the limit goes. At most one request, none when all are cached. */
export async function readHistory(
  range: HistoryRange,
  source: RemoteObjects,
  signal: AbortSignal,
): Promise<History> {
  const cached = walk(range, (id) => source.cachedCommit(id));
  if (cached.isWhole) return cached;
  const fetched = await fetchRange(range, source, signal);
  return walk(range, (id) => fetched.get(id) ?? source.cachedCommit(id));
}

/** Commits of one head that another one does not have. */
export interface OwnCommits {
  /** Oldest first, without merges: what a rebase takes along. */
  readonly commits: readonly KnownCommit[];
  /** Where the two went apart; several where they had been joined before. */
  readonly forks: readonly ObjectId[];
}

/** The commits of the head that the base does not have; `undefined` when there are more than the limit. */
export async function readOwnCommits(
  range: HistoryRange,
  source: RemoteObjects,
  signal: AbortSignal,
): Promise<OwnCommits | undefined> {
  // Only the server knows what the base has; the cache would lead further back.
  const fetched = await fetchRange(range, source, signal);
  if (fetched.size >= maxHistory) return undefined;
  const ordered: KnownCommit[] = [];
  const seen = new Set<ObjectId>();
  const forks = new Set<ObjectId>();
  const visit = (id: ObjectId): void => {
    const commit = fetched.get(id);
    if (commit === undefined) forks.add(id);
    if (commit === undefined || seen.has(id)) return;
    seen.add(id);
    for (const parent of commit.parents) visit(parent);
    if (commit.parents.length < 2) ordered.push({ id, commit });
  };
  visit(range.head);
  return { commits: ordered, forks: [...forks] };
}

async function fetchRange(
  { head, base, filter }: HistoryRange,
  source: RemoteObjects,
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectId, Commit>> {
  const objects = await source.fetch({ wants: [head], haves: [base], depth: maxHistory, filter }, signal);
  return commitsOf(objects);
}

function walk(
  { head, base }: HistoryRange,
  find: (id: ObjectId) => Commit | undefined,
): History & { readonly isWhole: boolean } {
  const commits: KnownCommit[] = [];
  const seen = new Set<ObjectId>([head]);
  let isWhole = true;
  let reachesBase = false;
  const queue = [head];
  for (let id = queue.shift(); id !== undefined && commits.length < maxHistory; id = queue.shift()) {
    if (id === base) {
      reachesBase = true;
      continue;
    }
    const commit = find(id);
    if (commit === undefined) {
      isWhole = false;
      continue;
    }
    commits.push({ id, commit });
    for (const parent of commit.parents) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      queue.push(parent);
    }
  }
  return { commits, reachesBase, isWhole: isWhole || reachesBase };
}
