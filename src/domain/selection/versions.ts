import { type Constraint, meetsConstraint, parseConstraint, sortVersions } from '../semver/index.ts';

/**
 * The tags that are versions and meet a constraint, highest first, or what is wrong with the constraint; an empty one
 * admits every version.
 */
export function compileVersionOrder(
  constraint: string,
  isStrict: boolean,
):
  | { readonly ok: true; readonly rank: (tags: readonly string[]) => readonly string[] }
  | { readonly ok: false; readonly problem: string } {
  const parsed: Constraint | undefined = constraint === '' ? undefined : parseConstraint(constraint);
  if (constraint !== '' && parsed === undefined) {
    return { ok: false, problem: `"${constraint}" is not a semver constraint` };
  }
  return {
    ok: true,
    rank: (tags) =>
      sortVersions(tags, isStrict)
        .filter((version) => parsed === undefined || meetsConstraint(version, parsed))
        .map((version) => version.original),
  };
}
