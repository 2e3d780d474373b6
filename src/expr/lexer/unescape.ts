import { Fault } from '../problem.ts';
import { encodeUtf8 } from '../value/utf8.ts';

// One escape sequence of a quoted text, e.g. "\n", "\x41", "\u00e9", "\U0001F680", "\101".
const escapeSequence =
  /\\(?:x(?<byte>[\da-fA-F]{2})|u(?<four>[\da-fA-F]{4})|u\{(?<braced>[\da-fA-F]{1,6})\}|U(?<eight>[\da-fA-F]{8})|(?<octal>[0-3][0-7]{2})|(?<simple>[abfnrtv\\'"`?]))/y;

const simple: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** The text that a quoted literal's body stands for; `offset` is where the body starts in the source. */
export function unescapeText(body: string, offset: number): string {
  if (!body.includes('\\')) return body;
  return pieces(body, offset)
    .map((piece) => (typeof piece === 'string' ? piece : String.fromCodePoint(piece.code)))
    .join('');
}

/** The bytes that a bytes literal's body stands for: \x and octal escapes are single bytes, the rest is UTF-8. */
export function unescapeBytes(body: string, offset: number): Uint8Array {
  const bytes: number[] = [];
  for (const piece of pieces(body, offset)) {
    if (typeof piece !== 'string' && piece.isByte) bytes.push(piece.code);
    else bytes.push(...encodeUtf8(typeof piece === 'string' ? piece : String.fromCodePoint(piece.code)));
  }
  return Uint8Array.from(bytes);
}

interface EscapedCode {
  readonly code: number;
  readonly isByte: boolean;
}

function pieces(body: string, offset: number): (string | EscapedCode)[] {
  const found: (string | EscapedCode)[] = [];
  let at = 0;
  while (at < body.length) {
    const slash = body.indexOf('\\', at);
    if (slash !== at) found.push(body.slice(at, slash < 0 ? body.length : slash));
    if (slash < 0) break;
    escapeSequence.lastIndex = slash;
    const match = escapeSequence.exec(body);
    const code = match?.groups === undefined ? undefined : codeOf(match.groups);
    if (match === null || code === undefined) {
      const range = { start: offset + slash, end: offset + slash + 2 };
      throw new Fault('expr.syntax', `"${body.slice(slash, slash + 2)}" is not an escape sequence`, {
        range,
      });
    }
    found.push(code);
    at = slash + match[0].length;
  }
  return found;
}

function codeOf(groups: Readonly<Record<string, string | undefined>>): EscapedCode | undefined {
  const hex = groups['four'] ?? groups['braced'] ?? groups['eight'];
  if (groups['byte'] !== undefined) return { code: Number.parseInt(groups['byte'], 16), isByte: true };
  if (groups['octal'] !== undefined) return { code: Number.parseInt(groups['octal'], 8), isByte: true };
  if (hex !== undefined) {
    const code = Number.parseInt(hex, 16);
    return code > 0x10ffff ? undefined : { code, isByte: false };
  }
  const letter = groups['simple'] ?? '';
  return { code: simple[letter] ?? letter.charCodeAt(0), isByte: false };
}
