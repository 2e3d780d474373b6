import { compileRe2, type Re2 } from '../../base/index.ts';

/** The members of a subscription that choose among tags by their names. */
export interface TagPatterns {
  readonly allowTagsRegexes?: readonly string[] | undefined;
  readonly ignoreTagsRegexes?: readonly string[] | undefined;
  readonly allowTags?: string | undefined;
  readonly ignoreTags?: readonly string[] | undefined;
}

/** Says which tags are wanted, or what is wrong with the patterns. */
export type TagPatternsResult =
  | { readonly ok: true; readonly isWanted: (tag: string) => boolean }
  | { readonly ok: false; readonly problem: string };

/**
 * Understands what is said of the names of tags: what matches an ignored expression is out, and with allowed ones at
 * least one must match.
 *
 * Source: Kargo's behavior: RE2, anywhere in the name; the fields of old are refused.
 */
export function compileTagPatterns(patterns: TagPatterns): TagPatternsResult {
  if (patterns.allowTags) return refuse('allowTags is no longer supported; use allowTagsRegexes');
  if (patterns.ignoreTags?.length) return refuse('ignoreTags is no longer supported; use ignoreTagsRegexes');
  const allow = compileAll('allowTagsRegexes', patterns.allowTagsRegexes);
  if (!allow.ok) return allow;
  const ignore = compileAll('ignoreTagsRegexes', patterns.ignoreTagsRegexes);
  if (!ignore.ok) return ignore;
  return {
    ok: true,
    isWanted: (tag) =>
      !ignore.all.some((re2) => re2.test(tag)) &&
      (allow.all.length === 0 || allow.all.some((re2) => re2.test(tag))),
  };
}

function compileAll(
  field: string,
  sources: readonly string[] | undefined,
): { readonly ok: true; readonly all: readonly Re2[] } | { readonly ok: false; readonly problem: string } {
  const all: Re2[] = [];
  for (const source of sources ?? []) {
    const compiled = compileRe2(source);
    if (!compiled.ok) return refuse(`${field} has the invalid expression "${source}": ${compiled.problem}`);
    all.push(compiled.re2);
  }
  return { ok: true, all };
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
