import { compileRe2 } from '../../../base/index.ts';
import { compileGlob } from './glob.ts';

/** What is known of all files below a folder from its name alone. */
export type Below = 'all' | 'none' | 'some';

/** Which changed files make a commit count. */
export interface PathRule {
  /** Names the rule: equal texts are equal rules. */
  readonly source: string;
  /** Does a change of this file count? The path is without a slash in front. */
  matches(path: string): boolean;
  /** Do changes of the files below this folder count? */
  below(folder: string): Below;
}

/** A rule, or what is wrong with a selector. */
export type PathRuleResult =
  | { readonly ok: true; readonly rule: PathRule | undefined }
  | { readonly ok: false; readonly problem: string };

interface Selector {
  matches(path: string): boolean;
  below(folder: string): Below;
}

/**
 * Understands `includePaths` and `excludePaths`: "glob:…", "regex:…" or "regexp:…", else a folder or file with all that is
 * below. Without any there is no rule: every commit counts.
 *
 * Source: Kargo's behavior, but that two dots within a name are nothing special.
 */
export function compilePathRule(
  includePaths: readonly string[] = [],
  excludePaths: readonly string[] = [],
): PathRuleResult {
  const include = compileAll('includePaths', includePaths);
  if (!include.ok) return include;
  const exclude = compileAll('excludePaths', excludePaths);
  if (!exclude.ok) return exclude;
  if (include.all.length + exclude.all.length === 0) return { ok: true, rule: undefined };
  const source = JSON.stringify([includePaths, excludePaths]);
  return { ok: true, rule: { source, ...combine(include.all, exclude.all) } };
}

/** Do these changed files make a commit count? */
export function touches(rule: PathRule, changedPaths: readonly string[]): boolean {
  return changedPaths.some((path) => rule.matches(path));
}

function combine(include: readonly Selector[], exclude: readonly Selector[]): Selector {
  return {
    matches: (path) =>
      (include.length === 0 || include.some((one) => one.matches(path))) &&
      !exclude.some((one) => one.matches(path)),
    below(folder) {
      const included = include.length === 0 ? 'all' : widest(include, folder);
      const excluded = widest(exclude, folder);
      if (included === 'none' || excluded === 'all') return 'none';
      return included === 'all' && excluded === 'none' ? 'all' : 'some';
    },
  };
}

function widest(selectors: readonly Selector[], folder: string): Below {
  const known = selectors.map((one) => one.below(folder));
  if (known.includes('all')) return 'all';
  return known.includes('some') ? 'some' : 'none';
}

function compileAll(
  field: string,
  texts: readonly string[],
):
  | { readonly ok: true; readonly all: readonly Selector[] }
  | { readonly ok: false; readonly problem: string } {
  const all: Selector[] = [];
  for (const text of texts) {
    const selector = compileSelector(text);
    if (typeof selector === 'string') {
      return { ok: false, problem: `${field} has the invalid selector "${text}": ${selector}` };
    }
    all.push(selector);
  }
  return { ok: true, all };
}

function compileSelector(text: string): Selector | string {
  const [, kind, rest = ''] = /^(glob|regexp?):(.*)$/s.exec(text) ?? [];
  if (kind === undefined) return baseSelector(text);
  const compiled = kind === 'glob' ? compileGlob(rest) : compileRe2(rest);
  if (!compiled.ok) return compiled.problem;
  const { re2 } = compiled;
  const matches = (path: string): boolean => re2.test(path);
  return kind === 'glob'
    ? { matches, below: (folder) => belowGlob(rest, folder) }
    : { matches, below: () => 'some' };
}

/** A folder with all that is below, or one file. */
function baseSelector(text: string): Selector {
  const base = cleanPath(text);
  if (base === undefined) return { matches: () => false, below: () => 'none' };
  const covers = (path: string): boolean => base === '' || path === base || path.startsWith(`${base}/`);
  return { matches: covers, below: (folder) => belowBase(base, covers(folder), folder) };
}

function belowBase(base: string, isCovered: boolean, folder: string): Below {
  if (isCovered) return 'all';
  return folder === '' || base.startsWith(`${folder}/`) ? 'some' : 'none';
}

/** The names in front of the first one that a pattern leaves open say where it leads. */
function belowGlob(pattern: string, folder: string): Below {
  const names = pattern.split('/');
  const open = names.findIndex((name) => /[*?[\]{}\\]/.test(name));
  const fixed = names.slice(0, open < 0 ? names.length : open).join('/');
  if (fixed === '') return 'some';
  const isInside = folder === fixed || folder.startsWith(`${fixed}/`);
  if (isInside) return pattern === `${fixed}/**` ? 'all' : 'some';
  return folder === '' || fixed.startsWith(`${folder}/`) ? 'some' : 'none';
}

/** A path without ".", ".." and doubled slashes, "" for the root; `undefined` when it leads out of the repository. */
function cleanPath(text: string): string | undefined {
  if (text.startsWith('/')) return undefined;
  const names: string[] = [];
  for (const name of text.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names.join('/');
}
