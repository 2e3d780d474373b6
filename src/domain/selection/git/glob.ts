import { compileRe2, type Re2Result } from '../../../base/index.ts';

/** Alternatives of a pattern, e.g. of "{a,b}/{c,d}" there are four. */
const maxAlternatives = 512;
const invalid = 'syntax error in pattern';

/**
 * Compiles a pattern for paths: `*` and `?` stay within a name, `**` as a whole name stands for any number of folders,
 * `[a-z]`, `[!a]`, `{one,two/**}` and a backslash before what stands for itself.
 *
 * Guarantees: matching takes time linear in the path. Source: the doublestar library that Kargo uses.
 */
export function compileGlob(pattern: string): Re2Result {
  if (!isWellFormed(pattern)) return { ok: false, problem: invalid };
  const alternatives = expand(pattern);
  if (alternatives === undefined) {
    return { ok: false, problem: `the pattern has more than ${maxAlternatives} alternatives` };
  }
  return compileRe2(`^(?:${alternatives.map(translate).join('|')})$`);
}

function isWellFormed(pattern: string): boolean {
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === '\\') {
      if (++at >= pattern.length) return false;
    } else if (char === '[') {
      const end = endOfClass(pattern, at);
      if (end === undefined) return false;
      at = end;
    } else if (char === '{') depth++;
    else if (char === '}' && --depth < 0) return false;
  }
  return depth === 0;
}

/** The place of the bracket that closes the class which begins here; an empty class has none. */
function endOfClass(pattern: string, start: number): number | undefined {
  let at = start + 1;
  if (pattern[at] === '^' || pattern[at] === '!') at++;
  if (pattern[at] === ']') return undefined;
  for (; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']') return at;
  }
  return undefined;
}

/** The patterns without braces that a pattern stands for; `undefined` when they are too many. */
function expand(pattern: string): readonly string[] | undefined {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const brace = findBrace(next);
    if (brace === undefined) done.push(next);
    else {
      const [head, tail] = [next.slice(0, brace.start), next.slice(brace.end + 1)];
      for (const choice of brace.choices) open.push(head + choice + tail);
    }
    if (done.length + open.length > maxAlternatives) return undefined;
  }
  return done;
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly choices: readonly string[];
}

/** The first brace of a well-formed pattern. */
function findBrace(pattern: string): Brace | undefined {
  const choices: string[] = [];
  let depth = 0;
  let start = -1;
  let from = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === '\\') at++;
    else if (char === '[') at = endOfClass(pattern, at) ?? at;
    else if (char === '{' && depth++ === 0) {
      start = at;
      from = at + 1;
    } else if (depth === 1 && (char === ',' || char === '}')) {
      choices.push(pattern.slice(from, at));
      from = at + 1;
      if (char === '}') return { start, end: at, choices };
    } else if (char === '}') depth--;
  }
  return undefined;
}

/** The RE2 expression of a pattern without braces. */
function translate(pattern: string): string {
  // A path never ends with a slash, so that what is asked for beyond "**/" at the end is only nothing.
  if (pattern === '**') return '.*';
  let text = '';
  let at = 0;
  while (at < pattern.length) {
    const rest = pattern.slice(at);
    const isStart = at === 0 || pattern[at - 1] === '/';
    if (rest === '/**') return `${text}(?:/(?s:.*))?`;
    if (rest === '/**/') return text;
    if (isStart && rest === '**') return `${text}(?s:.*)`;
    if (isStart && rest.startsWith('**/')) {
      text += '(?:(?s:.*)/)?';
      at += 3;
      continue;
    }
    const [part, length] = translateOne(pattern, at);
    text += part;
    at += length;
  }
  return text;
}

/** The expression of what stands at a place, and its length. */
function translateOne(pattern: string, at: number): readonly [string, number] {
  const char = pattern[at] ?? '';
  if (char === '*') return ['[^/]*', 1];
  if (char === '?') return ['[^/]', 1];
  if (char === '\\') return [quote(pattern[at + 1] ?? ''), 2];
  if (char !== '[') return [quote(char), 1];
  const end = endOfClass(pattern, at) ?? at;
  return [translateClass(pattern.slice(at + 1, end)), end + 1 - at];
}

/** A class never stands for a slash. */
function translateClass(inner: string): string {
  const isNegated = inner.startsWith('^') || inner.startsWith('!');
  const text = isNegated ? inner.slice(1) : inner;
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\\') out += quote(text[++at] ?? '');
    else if (char === '-' && at > 0 && at < text.length - 1) out += '-';
    else out += quote(char);
  }
  return isNegated ? `[^/${out}]` : `[${out}]`;
}

function quote(char: string): string {
  return /[\\^$.|?*+()[\]{}\-&~]/.test(char) ? `\\${char}` : char;
}
