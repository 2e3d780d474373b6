import type { DiscoveredCommit } from '../../../api/v1alpha1/index.ts';
import type { CommitFact } from './facts.ts';
import { commitVariables } from './filter.ts';
import type { BranchRule } from './rule.ts';
import { type Candidate, type Sifted, sift, type TouchFacts, toEntry } from './sift.ts';

/** The way back from the head of a branch, along first parents, as far as it has been walked. */
export interface BranchWalk {
  /** Newest first. */
  readonly commits: readonly CommitFact[];
  /** Is the last one the beginning of the history? */
  readonly isWhole: boolean;
}

/** What an earlier selection by the same rule ended with. */
export interface EarlierSelection {
  readonly head: string;
  readonly commits: readonly DiscoveredCommit[];
}

/** How far a selection has come. */
export type BranchSelection =
  /** So many commits must be walked. */
  { readonly kind: 'need-commits'; readonly count: number } | Sifted;

/** Commits older than `since` that are passed in a row before the search ends. */
const maxOlderInARow = 64;
/** Commits that are walked at most. */
const maxWalk = 20_000;
const firstPage = 32;
/** Further commits that are asked for at once: every step doubles what is known, so that little is gone through twice. */
const maxPage = 8192;

/**
 * One step of a selection from a branch: what must be found out next, or the result.
 *
 * Guarantees: pure; the result is the same with or without an earlier selection, which only saves work. Unlike in Kargo, a
 * backdated commit does not hide those behind it from `since`.
 */
export function selectFromBranch(
  rule: BranchRule,
  walk: BranchWalk,
  known: { readonly touched: TouchFacts; readonly earlier?: EarlierSelection; readonly nowMs: number },
): BranchSelection {
  const { earlier, touched, nowMs } = known;
  const joint = earlier === undefined ? -1 : walk.commits.findIndex(({ id }) => id === earlier.head);
  const fresh = joint < 0 ? walk.commits : walk.commits.slice(0, joint);
  const { commits, isOver } = cutAtSince(rule, fresh);
  const sifted = sift(rule, commits.map(toCandidate(rule)), touched, nowMs);
  if (sifted.kind !== 'kept' || sifted.commits.length === rule.limit) return sifted;
  if (joint >= 0) {
    return { kind: 'kept', commits: [...sifted.commits, ...(earlier?.commits ?? [])].slice(0, rule.limit) };
  }
  if (walk.isWhole || isOver || walk.commits.length >= maxWalk) return sifted;
  return { kind: 'need-commits', count: nextCount(rule, walk.commits.length) };
}

/** Counts are rounded, so that selections of many subscriptions ask for the same. */
function nextCount({ limit }: BranchRule, walked: number): number {
  if (walked > 0) return Math.min(walked + Math.min(walked, maxPage), maxWalk);
  let count = firstPage;
  while (count < limit) count *= 2;
  return count;
}

function cutAtSince(
  { sinceSec }: BranchRule,
  commits: readonly CommitFact[],
): { readonly commits: readonly CommitFact[]; readonly isOver: boolean } {
  if (sinceSec === undefined) return { commits, isOver: false };
  const young: CommitFact[] = [];
  let olderInARow = 0;
  for (const commit of commits) {
    if (commit.committedAt.timeSec >= sinceSec) {
      young.push(commit);
      olderInARow = 0;
    } else if (++olderInARow >= maxOlderInARow) return { commits: young, isOver: true };
  }
  return { commits: young, isOver: false };
}

function toCandidate({ branch }: BranchRule): (commit: CommitFact) => Candidate {
  const place = branch === undefined ? {} : { branch };
  return (commit) => ({
    commit,
    toEntry: () => toEntry(commit, place, commit.committedAt),
    toVariables: () => commitVariables(commit),
  });
}
