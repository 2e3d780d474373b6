import type { GitDiscovery } from '../../../api/v1alpha1/index.ts';
import type { TagRef } from './facts.ts';
import { compareBytes, type TagRule } from './rule.ts';

/** What a repository showed of itself; while it is equal, nothing needs to be selected anew. */
export type Observation = NonNullable<GitDiscovery['observedRefs']>;

/** Tags that an observation holds at most. Source: Kargo's behavior; a status must stay small. */
const maxTags = 1000;

/** What is to be remembered of a branch. */
export function observeBranch(head: string): Observation {
  return { branchHead: head };
}

/** What is to be remembered of tags: those whose names are wanted, by name; `undefined` when they are too many. */
export function observeTags(rule: TagRule, refs: readonly TagRef[]): Observation | undefined {
  const wanted = new Set(rule.rank(refs.map(({ name }) => name)));
  if (wanted.size > maxTags) return undefined;
  const tags = refs.filter(({ name }) => wanted.has(name)).map(({ name, id }) => ({ name, id }));
  return { tags: tags.sort((a, b) => compareBytes(a.name, b.name)) };
}

/** Do two looks show the same? Nothing observed equals nothing. */
export function isSameObservation(a: Observation | undefined, b: Observation | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (a.branchHead !== b.branchHead) return false;
  const [left = [], right = []] = [a.tags, b.tags];
  return (
    left.length === right.length &&
    left.every(({ name, id }, index) => right[index]?.name === name && right[index]?.id === id)
  );
}
