import type { Token, TokenKind } from '../lexer/token.ts';
import { Fault, type SourceRange } from '../problem.ts';
import { hintFor } from './hints.ts';

/** Limits of a source text. */
export interface ParseLimits {
  /** UTF-16 units. */
  readonly maxSourceLength: number;
  readonly maxNodes: number;
  readonly maxNesting: number;
}

/** Reads tokens one by one and counts what is built. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  readonly #limits: ParseLimits;
  #position = 0;
  #nodes = 0;
  #nesting = 0;

  constructor(tokens: readonly Token[], limits: ParseLimits) {
    this.#tokens = tokens;
    this.#limits = limits;
  }

  get current(): Token {
    return this.#tokens[this.#position] ?? endToken;
  }

  /** End of the token before the current one. */
  get previousEnd(): number {
    return this.#tokens[this.#position - 1]?.end ?? 0;
  }

  mark(): number {
    return this.#position;
  }

  reset(mark: number): void {
    this.#position = mark;
  }

  next(): Token {
    const token = this.current;
    if (token.kind === 'end') throw this.unexpected();
    this.#position++;
    return token;
  }

  is(kind: TokenKind, text?: string): boolean {
    return this.current.kind === kind && (text === undefined || this.current.text === text);
  }

  expect(kind: TokenKind, text?: string): Token {
    if (!this.is(kind, text)) throw this.unexpected(text ?? kind);
    return this.next();
  }

  unexpected(wanted?: string): Fault {
    const token = this.current;
    const found = token.kind === 'end' ? 'the end' : `"${token.text.slice(0, 40)}"`;
    const hope = wanted === undefined ? '' : `, expected ${wanted.length < 3 ? `"${wanted}"` : wanted}`;
    const hint = hintFor(token, this.#tokens[this.#position - 1], this.#tokens[this.#position + 1]);
    const pipe = wanted === '(' && hint === undefined ? 'a pipe ends in a call, such as upper()' : hint;
    return this.fail(`${found} is not expected here${hope}`, token).withHint(pipe);
  }

  fail(message: string, range: SourceRange): Fault {
    return new Fault('expr.syntax', message, { range: { start: range.start, end: range.end } });
  }

  /** Counts a node; every constructor of nodes passes through here. */
  node<T>(node: T): T {
    this.#nodes++;
    if (this.#nodes > this.#limits.maxNodes) {
      throw this.limit(`the expression has more than ${this.#limits.maxNodes} parts`);
    }
    return node;
  }

  /** Runs `read` one level deeper. */
  nested<T>(read: () => T): T {
    this.#nesting++;
    if (this.#nesting > this.#limits.maxNesting) {
      throw this.limit(`the expression is nested more than ${this.#limits.maxNesting} levels deep`);
    }
    const result = read();
    this.#nesting--;
    return result;
  }

  private limit(message: string): Fault {
    return new Fault('expr.limit', message, { range: { start: this.current.start, end: this.current.end } });
  }
}

const endToken: Token = { kind: 'end', text: '', start: 0, end: 0 };
