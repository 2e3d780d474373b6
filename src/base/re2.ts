import { RE2JS } from 're2js';

/** A compiled RE2 expression; matching takes time linear in the text, whatever the expression. */
export interface Re2 {
  readonly source: string;
  /** Does the expression match anywhere in the text? */
  test(text: string): boolean;
}

/** A compiled expression, or why it is none. */
export type Re2Result =
  | { readonly ok: true; readonly re2: Re2 }
  | { readonly ok: false; readonly problem: string };

/**
 * Compiles an RE2 expression: Go's syntax, without look-around and back-references.
 *
 * Source: Go's regexp package.
 */
export function compileRe2(source: string): Re2Result {
  try {
    const compiled = RE2JS.compile(source);
    return { ok: true, re2: { source, test: (text) => compiled.test(text) } };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
