/** Bytes of a subject that are kept whole. */
const maxBytes = 80;
const keptBytes = 77;

/**
 * The subject of a message: its first paragraph as one line, cut to 80 bytes in UTF-8.
 *
 * Source: Kargo's behavior: what a cut leaves of a character is shown as U+FFFD, one for each byte.
 */
export function subjectOf(message: string): string {
  const lines = message.split('\n').map((line) => line.replace(/[ \t\v\f\r]+$/, ''));
  const start = lines.findIndex((line) => line !== '');
  if (start < 0) return '';
  const length = lines.slice(start).indexOf('');
  return cut(lines.slice(start, length < 0 ? undefined : start + length).join(' '));
}

function cut(subject: string): string {
  let bytes = 0;
  let kept = '';
  for (const char of subject) {
    const size = sizeOf(char.codePointAt(0) ?? 0);
    if (bytes < keptBytes) kept += bytes + size <= keptBytes ? char : '\ufffd'.repeat(keptBytes - bytes);
    bytes += size;
    if (bytes > maxBytes) return `${kept}...`;
  }
  return subject;
}

function sizeOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
