const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Standard base64 with padding. */
export function base64Encode(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(index, index + 3);
    const bits = (a << 16) | (b << 8) | c;
    const count = Math.min(3, bytes.length - index);
    text += alphabet[bits >> 18];
    text += alphabet[(bits >> 12) & 63];
    text += count > 1 ? alphabet[(bits >> 6) & 63] : '=';
    text += count > 2 ? alphabet[bits & 63] : '=';
  }
  return text;
}

/** Bytes of standard base64 with padding; line breaks are skipped; `undefined` when it is malformed. */
export function base64Decode(text: string): Uint8Array | undefined {
  const body = text.replace(/[\r\n]/g, '');
  if (body.length % 4 !== 0) return undefined;
  const padding = body.endsWith('==') ? 2 : body.endsWith('=') ? 1 : 0;
  const digits = body.slice(0, body.length - padding);
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const digit of digits) {
    const value = alphabet.indexOf(digit);
    if (value < 0) return undefined;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
      bits &= (1 << count) - 1;
    }
  }
  return Uint8Array.from(bytes);
}
