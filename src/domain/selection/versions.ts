import { meetsConstraint, parseConstraint, sortVersions } from '../semver/index.ts';

/**
 * Orders tags by semantic version, best first, and drops those that name no version or do not meet the constraint; or
 * says what is wrong with the constraint. The empty constraint means none.
 */
export function compileVersionOrder(
  constraint: string,
  isStrict: boolean,
):
  | { readonly ok: true; readonly rank: (tags: readonly string[]) => readonly string[] }
  | { readonly ok: false; readonly problem: string } {
  const parsed = constraint === '' ? undefined : parseConstraint(constraint);
  if (constraint !== '' && parsed === undefined) {
    return { ok: false, problem: `"${constraint}" is not a version constraint such as "^1.2.0"` };
  }
  return {
    ok: true,
    rank: (tags) =>
      sortVersions(tags, isStrict)
        .filter((version) => parsed === undefined || meetsConstraint(version, parsed))
        .map((version) => version.original),
  };
}
