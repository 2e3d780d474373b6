import type { DiscoveredCommit } from '../../../api/v1alpha1/index.ts';
import type { ValueMap } from '../../../expr/index.ts';
import { formatTime } from '../../time.ts';
import type { CommitFact, GitMoment } from './facts.ts';
import type { GitRule } from './rule.ts';
import { subjectOf } from './subject.ts';

/** Something that may be selected, in the order of the selection. */
export interface Candidate {
  readonly commit: CommitFact;
  /** As it is selected. */
  toEntry(): DiscoveredCommit;
  /** What the expression knows of it. */
  toVariables(): ValueMap;
}

/** What is known of the changes of commits: does a change count? By commit. */
export type TouchFacts = ReadonlyMap<string, boolean>;

/** What came of going through candidates. */
export type Sifted =
  /** Best first; fewer than the limit when the candidates are too few. */
  | { readonly kind: 'kept'; readonly commits: readonly DiscoveredCommit[] }
  /** Whether the changes of these commits count must be found out first. */
  | { readonly kind: 'need-touched'; readonly commits: readonly string[] }
  | { readonly kind: 'refused'; readonly problem: string };

/** Keeps the candidates that expression and paths admit, up to the limit. */
export function sift(
  rule: GitRule,
  candidates: Iterable<Candidate>,
  touched: TouchFacts,
  nowMs: number,
): Sifted {
  const kept: DiscoveredCommit[] = [];
  const unknown: string[] = [];
  let seen = 0;
  for (const candidate of candidates) {
    if (kept.length === rule.limit) break;
    seen++;
    const verdict = rule.filter?.accepts(candidate.toVariables(), nowMs);
    if (verdict?.ok === false) return { kind: 'refused', problem: verdict.problem };
    if (verdict?.isTrue === false) continue;
    const isTouched = rule.paths === undefined ? true : touched.get(candidate.commit.id);
    if (isTouched === undefined) {
      unknown.push(candidate.commit.id);
      // As many at once as are still wanted, and more the longer the search goes on.
      if (unknown.length >= Math.max(rule.limit - kept.length, seen - unknown.length)) break;
    } else if (isTouched && unknown.length === 0) kept.push(candidate.toEntry());
  }
  return unknown.length > 0
    ? { kind: 'need-touched', commits: [...new Set(unknown)] }
    : { kind: 'kept', commits: kept };
}

/** A commit as it is selected. */
export function toEntry(
  commit: CommitFact,
  place: { readonly branch?: string; readonly tag?: string },
  created: GitMoment,
): DiscoveredCommit {
  return {
    id: commit.id,
    ...place,
    subject: subjectOf(commit.message),
    author: commit.author,
    committer: commit.committer,
    creatorDate: formatTime(created.timeSec * 1000),
  };
}
