import { isUtf8 } from 'node:buffer';

/**
 * The text of bytes that are usually UTF-8.
 *
 * Guarantees: `encodeText` gives back the same bytes whatever they were; a byte that is not UTF-8 becomes a lone
 * surrogate U+DC80 to U+DCFF.
 */
export function decodeText(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  let text = '';
  for (let at = 0; at < buffer.length; ) {
    const lead = buffer[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const part = buffer.subarray(at, at + length);
    const isWhole = part.length === length && isUtf8(part);
    text += isWhole ? part.toString('utf8') : String.fromCharCode(0xdc00 + lead);
    at += isWhole ? length : 1;
  }
  return text;
}

/** What stands for bytes that are not UTF-8, and is in some other characters too. */
const hasBytes = /[\udc80-\udcff]/;

/** The bytes of a text that `decodeText` made, or of any other text in UTF-8. */
export function encodeText(text: string): Buffer {
  if (!hasBytes.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isByte = code >= 0xdc80 && code <= 0xdcff;
    parts.push(isByte ? Buffer.from([code - 0xdc00]) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** How many bytes `encodeText` makes of a text, or a few more. */
export function sizeOfText(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Writes what `encodeText` makes of a text; gives the number of bytes. */
export function writeText(target: Buffer, text: string, at: number): number {
  if (!hasBytes.test(text)) return target.write(text, at, 'utf8');
  const bytes = encodeText(text);
  return bytes.copy(target, at);
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
