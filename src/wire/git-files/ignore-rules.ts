import { asText } from './lines.ts';
import { matchPathPattern, type PathPattern, parsePathPattern } from './path-pattern.ts';

/** The rules of one `.gitignore`, in the order of its lines. */
export type IgnoreRules = readonly (PathPattern & { readonly isNegated: boolean })[];

/** What one file of rules says about a path; nothing is said when no rule matches. */
export type IgnoreVerdict = 'ignored' | 'kept' | undefined;

/** Reads a `.gitignore`. Guarantees: never fails; what git does not understand matches nothing. */
export function parseIgnore(content: Uint8Array): IgnoreRules {
  return asText(content)
    .split('\n')
    .map((line) => trimEnd(line.replace(/\r$/, '')))
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isNegated = line.startsWith('!');
      return { ...parsePathPattern(isNegated ? line.slice(1) : line), isNegated };
    });
}

/** The last rule that matches decides. The path is relative to the folder of the rules, as bytes. */
export function matchIgnore(rules: IgnoreRules, path: string, isDirectory: boolean): IgnoreVerdict {
  const rule = rules.findLast((one) => matchPathPattern(one, path, isDirectory));
  if (rule === undefined) return undefined;
  return rule.isNegated ? 'kept' : 'ignored';
}

/** Without spaces at the end, but for one behind a backslash. */
function trimEnd(line: string): string {
  let end = 0;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === ' ') continue;
    end = at + 1;
  }
  return line.slice(0, end);
}
