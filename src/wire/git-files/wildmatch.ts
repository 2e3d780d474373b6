/** How a comparison of a part of a pattern ended, as in git: the last two save the callers above from trying further. */
type Outcome = 'match' | 'no-match' | 'abort' | 'abort-to-starstar';

/** What a pattern is compared with. */
interface Comparison {
  readonly pattern: string;
  readonly text: string;
  /** Stars, question marks and brackets do not match slashes. */
  readonly isPath: boolean;
  readonly known: Map<number, Outcome>;
}

/**
 * Does a text match a pattern of git's: `*`, `?`, `[a-z]`, `[!x]`, `[[:digit:]]`, `\` and, in paths, `**`?
 *
 * Shape: both are bytes, one character of at most U+00FF for each, because git's `?` is one byte.
 * Guarantees: pure; the same answer as git 2.39; the time is bounded by the product of the lengths.
 */
export function matchGlob(pattern: string, text: string, options: { readonly isPath: boolean }): boolean {
  return compare({ pattern, text, isPath: options.isPath, known: new Map() }, 0, 0) === 'match';
}

/** Compares from two places on. What comes out depends on nothing else, so that it is remembered. */
function compare(comparison: Comparison, start: number, at: number): Outcome {
  const key = start * (comparison.text.length + 1) + at;
  const known = comparison.known.get(key);
  if (known !== undefined) return known;
  const outcome = compareAnew(comparison, start, at);
  comparison.known.set(key, outcome);
  return outcome;
}

function compareAnew(comparison: Comparison, start: number, from: number): Outcome {
  const { pattern, text, isPath } = comparison;
  let at = from;
  for (let p = start; p < pattern.length; p++, at++) {
    const wanted = pattern[p];
    const found = text[at];
    if (found === undefined && wanted !== '*') return 'abort';
    if (wanted === '*') {
      const star = compareStar(comparison, start, p, at);
      if (typeof star === 'string') return star;
      ({ p, at } = star);
    } else if (wanted === '?') {
      if (isPath && found === '/') return 'no-match';
    } else if (wanted === '[') {
      const set = matchSet(pattern, p, found ?? '');
      if (set === undefined) return 'abort';
      if (!set.isMatch || (isPath && found === '/')) return 'no-match';
      p = set.end;
    } else {
      if (wanted === '\\') p++;
      if (pattern[p] !== found) return 'no-match';
    }
  }
  return at >= text.length ? 'match' : 'no-match';
}

/** A run of stars: an outcome, or the places of the slash up to which a single star has matched. */
function compareStar(
  comparison: Comparison,
  start: number,
  first: number,
  from: number,
): Outcome | { readonly p: number; readonly at: number } {
  const { pattern, text, isPath } = comparison;
  let p = first;
  while (pattern[p] === '*') p++;
  let takesSlash = !isPath;
  if (isPath && p - first > 1) {
    const isStart = first === start || pattern[first - 1] === '/';
    const isEnd = p === pattern.length || /^\\?\//.test(pattern.slice(p, p + 2));
    takesSlash = isStart && isEnd;
    // The two stars and their slash may stand for nothing.
    if (takesSlash && pattern[p] === '/' && compare(comparison, p + 1, from) === 'match') return 'match';
  }
  if (p === pattern.length) return !takesSlash && text.includes('/', from) ? 'no-match' : 'match';
  if (!takesSlash && pattern[p] === '/') {
    const slash = text.indexOf('/', from);
    return slash < 0 ? 'no-match' : { p, at: slash };
  }
  for (let at = from; at < text.length; at++) {
    const outcome = compare(comparison, p, at);
    if (outcome !== 'no-match') {
      if (!takesSlash || outcome !== 'abort-to-starstar') return outcome;
    } else if (!takesSlash && text[at] === '/') return 'abort-to-starstar';
  }
  return 'abort';
}

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[^ -~\x80-\xff]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** Is a character in the set that starts at a bracket, and where does the set end? `undefined` for a broken set. */
function matchSet(
  pattern: string,
  open: number,
  found: string,
): { readonly isMatch: boolean; readonly end: number } | undefined {
  let p = open + 1;
  const isNegated = pattern[p] === '!' || pattern[p] === '^';
  if (isNegated) p++;
  let isMatch = false;
  let before = '';
  for (let isFirst = true; isFirst || pattern[p] !== ']'; isFirst = false, p++) {
    let one = pattern[p];
    if (one === undefined) return undefined;
    if (one === '\\') {
      one = pattern[++p];
      if (one === undefined) return undefined;
      if (one === found) isMatch = true;
    } else if (one === '-' && before !== '' && pattern[p + 1] !== undefined && pattern[p + 1] !== ']') {
      one = pattern[++p];
      if (one === '\\') one = pattern[++p];
      if (one === undefined) return undefined;
      if (found >= before && found <= one) isMatch = true;
      one = '';
    } else if (one === '[' && pattern[p + 1] === ':') {
      const close = pattern.indexOf(']', p + 2);
      if (close < 0) return undefined;
      if (pattern[close - 1] === ':' && close - 1 >= p + 2) {
        const named = classes[pattern.slice(p + 2, close - 1)];
        if (named === undefined) return undefined;
        if (named.test(found)) isMatch = true;
        p = close;
        one = '';
      } else if (found === '[') isMatch = true;
    } else if (one === found) isMatch = true;
    before = one;
  }
  return { isMatch: isMatch !== isNegated, end: p };
}
