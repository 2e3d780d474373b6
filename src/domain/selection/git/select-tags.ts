import type { GitTag } from './facts.ts';
import { taggedAt } from './facts.ts';
import { tagVariables } from './filter.ts';
import type { TagRule } from './rule.ts';
import { type Candidate, type Sifted, sift, type TouchFacts, toEntry } from './sift.ts';

/** How far a selection has come. */
export type TagSelection =
  /** These tags must be read. */
  { readonly kind: 'need-tags'; readonly names: readonly string[] } | Sifted;

/** Facts by name of the tag; `undefined` for one that leads to no commit. */
export type TagFacts = ReadonlyMap<string, GitTag | undefined>;

/**
 * One step of a selection among tags: what must be found out next, or the result. `names` is what `rule.rank` gave.
 *
 * Guarantees: pure; no tag is asked for that cannot be selected.
 */
export function selectFromTags(
  rule: TagRule,
  names: readonly string[],
  known: { readonly tags: TagFacts; readonly touched: TouchFacts; readonly nowMs: number },
): TagSelection {
  const missing = names.filter((name) => !known.tags.has(name));
  const ordered = rule.isByCreation ? newestFirst(names, known.tags) : names;
  if (rule.isByCreation && missing.length > 0) return { kind: 'need-tags', names: missing };
  const candidates: Candidate[] = [];
  let isCut = false;
  for (const name of ordered) {
    isCut = !known.tags.has(name);
    if (isCut) break;
    const tag = known.tags.get(name);
    if (tag !== undefined) candidates.push(toCandidate(tag));
  }
  const sifted = sift(rule, candidates, known.touched, known.nowMs);
  if (!isCut || sifted.kind !== 'kept' || sifted.commits.length === rule.limit) return sifted;
  const wanted = Math.max(rule.limit - sifted.commits.length, candidates.length);
  return { kind: 'need-tags', names: missing.slice(0, wanted) };
}

/** Tags of the same second stay in the order of their names. */
function newestFirst(names: readonly string[], tags: TagFacts): readonly string[] {
  const timeOf = (name: string): number => {
    const tag = tags.get(name);
    return tag === undefined ? 0 : taggedAt(tag).timeSec;
  };
  return [...names].sort((a, b) => timeOf(b) - timeOf(a));
}

function toCandidate(tag: GitTag): Candidate {
  return {
    commit: tag.commit,
    toEntry: () => toEntry(tag.commit, { tag: tag.name }, taggedAt(tag)),
    toVariables: () => tagVariables(tag),
  };
}
