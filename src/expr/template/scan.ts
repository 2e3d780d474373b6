import { Fault } from '../problem.ts';

/** A piece of a template. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  /** `start` is where the expression's source stands in the template. */
  | { readonly kind: 'expression'; readonly source: string; readonly start: number };

/** Does the text open an expression at all? Otherwise it is no template and never coerced. */
export function hasExpression(text: string): boolean {
  return text.includes('${{') || text.includes('${%');
}

/**
 * The pieces of a template.
 *
 * An expression runs from its opening delimiter, `${{` or `${%`, to the first closing one of its form, found by plain
 * text search. An entirely empty expression ends the reading: the rest is text. Source: Kargo's behavior.
 * Errors: faults with `expr.template-unclosed`.
 */
export function scanTemplate(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (;;) {
    const open = nextOpening(text, at);
    if (open < 0) break;
    const close = text[open + 2] === '{' ? '}}' : '%}';
    const start = open + 3;
    const end = text.indexOf(close, start);
    if (end < 0) {
      throw new Fault('expr.template-unclosed', `the expression is not closed by "${close}"`, {
        range: { start: open, end: text.length },
      });
    }
    if (open > at) segments.push({ kind: 'text', text: text.slice(at, open) });
    if (end === start) {
      at = end + 2;
      break;
    }
    segments.push({ kind: 'expression', source: text.slice(start, end), start });
    at = end + 2;
  }
  if (at < text.length) segments.push({ kind: 'text', text: text.slice(at) });
  return segments;
}

function nextOpening(text: string, from: number): number {
  const braces = text.indexOf('${{', from);
  const percent = text.indexOf('${%', from);
  if (braces < 0 || percent < 0) return Math.max(braces, percent);
  return Math.min(braces, percent);
}
