const replacement = 0xfffd;

/** Is every unit of the text below U+0080? Then bytes and units are the same. */
export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const raw = character.codePointAt(0) ?? 0;
    const code = raw >= 0xd800 && raw <= 0xdfff ? replacement : raw;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
    }
  }
  return Uint8Array.from(bytes);
}

/** The text of UTF-8 bytes; each byte that belongs to no character becomes U+FFFD, as in Go. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const [code, size] = readCharacter(bytes, index);
    text += String.fromCodePoint(code);
    index += size;
  }
  return text;
}

/** Number of UTF-8 bytes of a text. */
export function utf8Length(text: string): number {
  return isAscii(text) ? text.length : encodeUtf8(text).length;
}

/** Order of two texts by their bytes: negative, zero or positive. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const leftHigh = left >= 0xd800 && left <= 0xdfff;
    const rightHigh = right >= 0xd800 && right <= 0xdfff;
    // A surrogate stands for a character beyond U+FFFF, which sorts after all others.
    if (leftHigh !== rightHigh) return leftHigh ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

const smallest = [0, 0x80, 0x800, 0x10000];

function readCharacter(bytes: Uint8Array, index: number): readonly [code: number, size: number] {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return [first, 1];
  const more = first >= 0xf0 && first < 0xf8 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  if (more === 0 || first >= 0xf8) return [replacement, 1];
  let code = first & (0x3f >> more);
  for (let offset = 1; offset <= more; offset++) {
    const next = bytes[index + offset];
    if (next === undefined || (next & 0xc0) !== 0x80) return [replacement, 1];
    code = (code << 6) | (next & 63);
  }
  const bad = code < (smallest[more] ?? 0) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff);
  return bad ? [replacement, 1] : [code, more + 1];
}
