import { Fault } from '../problem.ts';
import { type Token, type TokenKind, wordOperators } from './token.ts';
import { unescapeBytes, unescapeText } from './unescape.ts';

// A name: letters, digits, underscore, dollar.
const name = /[\p{L}\p{Nd}_$]+/uy;
// A number without its prefix check, e.g. "1_000.5e-3"; a range such as 1..3 ends the number before the dots.
const decimalNumber = /(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?[\d_]*)?/y;
const prefixedNumber = /0[xX][\da-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*/y;
const space = /[\s\u0085\ufeff]+/y;
const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const operator = /\?\.|\?\?|\|\||\.\.|::|&[&=*]?|![&=*]?|=[&=*]?|\*[&=*]?|<[&=*]?|>[&=*]?|[,;%+\-^?/|:.]/y;
const bracket = /[()[\]{}]/y;

/**
 * The tokens of an expression, ended by one token of kind "end".
 *
 * Errors: faults with `expr.syntax` and the range of the text that is no token.
 */
export function readTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const skipped = match(space, source, at) ?? match(comment, source, at);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const token = readToken(source, at, tokens.at(-1));
    tokens.push(token);
    at = token.end;
    if (token.text === '#' && token.kind === 'operator') at = readPointerName(source, at, tokens);
  }
  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length });
  return tokens;
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function readToken(source: string, at: number, before: Token | undefined): Token {
  const first = source[at] ?? '';
  if (first === '"' || first === "'") return readString(source, at, at, first, 'string');
  if ((first === 'b' || first === 'B') && (source[at + 1] === '"' || source[at + 1] === "'")) {
    return readString(source, at, at + 1, source[at + 1] ?? '', 'bytes');
  }
  if (first === '`') return readRawString(source, at);
  if (source.startsWith('/*', at)) throw syntax('the comment is not closed', at, source.length);
  if (/\d/.test(first) || (first === '.' && /\d/.test(source[at + 1] ?? ''))) {
    return readNumber(source, at);
  }
  const word = match(name, source, at);
  if (word !== undefined) {
    const isOperator = wordOperators.has(word) && !(before?.text === '#' && before.end === at);
    return token(isOperator ? 'operator' : 'identifier', word, at);
  }
  if (first === '#') return token('operator', '#', at);
  const sign = match(bracket, source, at);
  if (sign !== undefined) return token('bracket', sign, at);
  const text = match(operator, source, at);
  if (text !== undefined) return token('operator', text, at);
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  throw syntax(`the character ${JSON.stringify(character)} has no meaning here`, at, at + character.length);
}

function token(kind: TokenKind, text: string, start: number): Token {
  return { kind, text, start, end: start + text.length };
}

/** After "#" a name may follow without a blank: #acc, #index. */
function readPointerName(source: string, at: number, tokens: Token[]): number {
  const word = match(name, source, at);
  if (word === undefined) return at;
  tokens.push(token('identifier', word, at));
  return at + word.length;
}

function readNumber(source: string, at: number): Token {
  const text = match(prefixedNumber, source, at) ?? match(decimalNumber, source, at) ?? '';
  const after = match(name, source, at + text.length);
  if (after !== undefined) {
    throw syntax(`"${text}${after.slice(0, 1)}" is not a number`, at, at + text.length + after.length);
  }
  return token('number', text, at);
}

function readString(
  source: string,
  start: number,
  open: number,
  quote: string,
  kind: 'string' | 'bytes',
): Token {
  let at = open + 1;
  while (source[at] !== quote) {
    if (at >= source.length || source[at] === '\n') {
      throw syntax('the text is not closed by its quote', start, Math.min(at, source.length)).withHint(
        'a text that holds one kind of quotes stands in the other kind',
      );
    }
    at += source[at] === '\\' ? 2 : 1;
  }
  const body = source.slice(open + 1, at);
  const end = at + 1;
  if (kind === 'bytes') return { kind, text: body, bytes: unescapeBytes(body, open + 1), start, end };
  return { kind, text: unescapeText(body, open + 1), start, end };
}

function readRawString(source: string, start: number): Token {
  let text = '';
  let at = start + 1;
  for (;;) {
    const close = source.indexOf('`', at);
    if (close < 0) throw syntax('the raw text is not closed by its backtick', start, source.length);
    text += source.slice(at, close);
    // A doubled backtick stands for one.
    if (source[close + 1] !== '`') return { kind: 'string', text, start, end: close + 1 };
    text += '`';
    at = close + 2;
  }
}

function syntax(message: string, start: number, end: number): Fault {
  return new Fault('expr.syntax', message, { range: { start, end } });
}
