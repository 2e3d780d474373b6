import { compileTagPatterns, type TagPatterns } from '../patterns.ts';
import { parseTimestampMs } from '../time.ts';
import { compileVersionOrder } from '../versions.ts';
import { type CommitFilter, compileCommitFilter } from './filter.ts';
import { compilePathRule, type PathRule } from './paths.ts';

/** The members of a git subscription that selection reads. */
export interface GitCriteria extends TagPatterns {
  readonly commitSelectionStrategy?: string | undefined;
  readonly branch?: string | undefined;
  readonly semverConstraint?: string | undefined;
  readonly strictSemvers?: boolean | undefined;
  readonly expressionFilter?: string | undefined;
  readonly includePaths?: readonly string[] | undefined;
  readonly excludePaths?: readonly string[] | undefined;
  readonly discoveryLimit?: number | undefined;
  readonly since?: string | undefined;
}

interface CommonRule {
  readonly filter: CommitFilter | undefined;
  readonly paths: PathRule | undefined;
  /** How many commits are wanted at most. */
  readonly limit: number;
}

/** Commits of a branch, newest first. */
export interface BranchRule extends CommonRule {
  readonly kind: 'branch';
  /** As configured; the default branch without. */
  readonly branch: string | undefined;
  /** What was committed before is left out. Seconds since the epoch. */
  readonly sinceSec: number | undefined;
}

/** Commits that tags lead to. */
export interface TagRule extends CommonRule {
  readonly kind: 'tags';
  /** Is the best tag the newest one, so that every candidate must be looked at? */
  readonly isByCreation: boolean;
  /** The names that may be selected, best first as far as names tell. */
  rank(names: readonly string[]): readonly string[];
}

/** A git subscription's criteria, understood. */
export type GitRule = BranchRule | TagRule;

/** A rule, or what is wrong with the criteria. */
export type GitRuleResult =
  | { readonly ok: true; readonly rule: GitRule }
  | { readonly ok: false; readonly problem: string };

const defaultLimit = 20;

/** Understands a git subscription's criteria. Source: Kargo's behavior. */
export function compileGitRule(criteria: GitCriteria): GitRuleResult {
  const paths = compilePathRule(criteria.includePaths, criteria.excludePaths);
  if (!paths.ok) return paths;
  const filter = compileCommitFilter(criteria.expressionFilter);
  if (!filter.ok) return filter;
  const common: CommonRule = {
    filter: filter.filter,
    paths: paths.rule,
    limit: criteria.discoveryLimit || defaultLimit,
  };
  const strategy = criteria.commitSelectionStrategy || 'NewestFromBranch';
  return strategy === 'NewestFromBranch'
    ? compileBranchRule(criteria, common)
    : compileTagRule(criteria, strategy, common);
}

function compileBranchRule(criteria: GitCriteria, common: CommonRule): GitRuleResult {
  const sinceMs = criteria.since ? parseTimestampMs(criteria.since) : undefined;
  if (criteria.since && sinceMs === undefined) {
    return { ok: false, problem: `since is "${criteria.since}", which is not a time as in RFC 3339` };
  }
  return {
    ok: true,
    rule: {
      kind: 'branch',
      branch: criteria.branch || undefined,
      // As git reads it: whole seconds.
      sinceSec: sinceMs === undefined ? undefined : Math.floor(sinceMs / 1000),
      ...common,
    },
  };
}

function compileTagRule(criteria: GitCriteria, strategy: string, common: CommonRule): GitRuleResult {
  const patterns = compileTagPatterns(criteria);
  if (!patterns.ok) return patterns;
  const order = compileOrder(criteria, strategy);
  if (!order.ok) return order;
  return {
    ok: true,
    rule: {
      kind: 'tags',
      isByCreation: strategy === 'NewestTag',
      rank: (names) => order.rank(names.filter(patterns.isWanted)),
      ...common,
    },
  };
}

function compileOrder(
  criteria: GitCriteria,
  strategy: string,
):
  | { readonly ok: true; readonly rank: (names: readonly string[]) => readonly string[] }
  | { readonly ok: false; readonly problem: string } {
  switch (strategy) {
    case 'SemVer':
      return compileVersionOrder(criteria.semverConstraint ?? '', criteria.strictSemvers ?? true);
    case 'Lexical':
      return { ok: true, rank: (names) => [...names].sort((a, b) => compareBytes(b, a)) };
    case 'NewestTag':
      return { ok: true, rank: (names) => [...names].sort(compareBytes) };
    default:
      return { ok: false, problem: `commitSelectionStrategy "${strategy}" is not known` };
  }
}

/** The order of two texts by their bytes in UTF-8, which is that of their code points. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  // A surrogate pair is told from others by the code point that it begins or ends.
  const start = at > 0 && isHighSurrogate(a.charCodeAt(at - 1)) ? at - 1 : at;
  return (a.codePointAt(start) ?? -1) - (b.codePointAt(start) ?? -1);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
