/** Orders tags by semantic version, or says what is wrong with the constraint. */
export function compileVersionOrder(
  constraint: string,
  _isStrict: boolean,
):
  | { readonly ok: true; readonly rank: (tags: readonly string[]) => readonly string[] }
  | { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: `semver constraint "${constraint}" cannot be read yet` };
}
