import type { LabelSelector } from '../../api/v1alpha1/index.ts';
import { compileRe2 } from '../../base/index.ts';

/** A label selector or name pattern applied, or why it cannot be. */
export type Match =
  | { readonly ok: true; readonly matches: boolean }
  | { readonly ok: false; readonly problem: string };

/** Does a label selector select these labels? An absent or empty one selects everything. */
export function matchLabels(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
): Match {
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    if (labels[key] !== value) return { ok: true, matches: false };
  }
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
    const isListed = label !== undefined && (values ?? []).includes(label);
    const holds = {
      In: isListed,
      NotIn: !isListed,
      Exists: label !== undefined,
      DoesNotExist: label === undefined,
    };
    const isKnown = Object.entries(holds).find(([name]) => name === operator);
    if (isKnown === undefined) return { ok: false, problem: `unknown label operator "${operator}"` };
    if (!isKnown[1]) return { ok: true, matches: false };
  }
  return { ok: true, matches: true };
}

/**
 * Does a name match a pattern: an exact name, "glob:dev-*", "regex:^prod" or "regexp:^prod"? An empty one matches all.
 *
 * Units: regular expressions are RE2 and unanchored; a glob has `*`, `?`, `[…]` and `{a,b}` and matches the whole name.
 */
export function matchName(pattern: string | undefined, name: string): Match {
  if (pattern === undefined || pattern === '') return { ok: true, matches: true };
  const colon = pattern.indexOf(':');
  if (colon < 0) return { ok: true, matches: pattern === name };
  const kind = pattern.slice(0, colon);
  const text = pattern.slice(colon + 1);
  if (kind !== 'glob' && kind !== 'regex' && kind !== 'regexp')
    return { ok: false, problem: `unknown kind of name pattern "${kind}" in "${pattern}"` };
  const compiled = compileRe2(kind === 'glob' ? globToRegex(text) : text);
  if (!compiled.ok)
    return { ok: false, problem: `name pattern "${pattern}" is malformed: ${compiled.problem}` };
  return { ok: true, matches: compiled.re2.test(name) };
}

/** A regular expression with the meaning of a glob; a malformed glob gives a malformed expression. */
function globToRegex(glob: string): string {
  let regex = '^';
  let depth = 0;
  for (let index = 0; index < glob.length; index += 1) {
    const character = glob[index] ?? '';
    if (character === '*') regex += '.*';
    else if (character === '?') regex += '.';
    else if (character === '[') {
      const end = glob.indexOf(']', index + 2);
      if (end < 0) return '[';
      regex += `[${glob
        .slice(index + 1, end)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\')}]`;
      index = end;
    } else if (character === '{') {
      depth += 1;
      regex += '(?:';
    } else if (character === '}' && depth > 0) {
      depth -= 1;
      regex += ')';
    } else if (character === ',' && depth > 0) regex += '|';
    else regex += character.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  }
  return `${regex}$`;
}
