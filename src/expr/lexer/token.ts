import type { SourceRange } from '../problem.ts';

/** The classes of tokens. */
export type TokenKind = 'identifier' | 'number' | 'string' | 'bytes' | 'operator' | 'bracket' | 'end';

/** One token. `text` is the unescaped content of strings, the source text otherwise. */
export interface Token extends SourceRange {
  readonly kind: TokenKind;
  readonly text: string;
  /** Content of a bytes literal. */
  readonly bytes?: Uint8Array;
}

/** Words that are operators rather than names. */
export const wordOperators: ReadonlySet<string> = new Set([
  'not',
  'in',
  'or',
  'and',
  'matches',
  'contains',
  'startsWith',
  'endsWith',
  'let',
  'if',
  'else',
]);
