/** The largest score: alike. */
export const maxScore = 60_000;

const longestChunk = 64;

/** A file as its lines, the long ones in pieces, and how many bytes each of them covers. */
export interface Fingerprint {
  readonly size: number;
  readonly chunks: ReadonlyMap<string, number>;
}

/** What a file is compared by. Source: git's estimate, which counts lines and pieces of 64 bytes. */
export function fingerprint(data: Uint8Array): Fingerprint {
  const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
  const isText = !text.slice(0, 8000).includes('\0');
  const chunks = new Map<string, number>();
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) {
    const plain = isText ? line.replace(/\r\n$/, '\n') : line;
    for (let at = 0; at < plain.length; at += longestChunk) {
      const chunk = plain.slice(at, at + longestChunk);
      chunks.set(chunk, (chunks.get(chunk) ?? 0) + chunk.length);
    }
  }
  return { size: data.length, chunks };
}

/** How much of the larger file the two have in common, up to `maxScore`; 0 when it cannot reach the least. */
export function similarity(before: Fingerprint, after: Fingerprint, least: number): number {
  const largest = Math.max(before.size, after.size);
  const difference = largest - Math.min(before.size, after.size);
  if (largest === 0 || largest * (maxScore - least) < difference * maxScore) return 0;
  let copied = 0;
  for (const [chunk, bytes] of before.chunks) copied += Math.min(bytes, after.chunks.get(chunk) ?? 0);
  const score = Math.floor((copied * maxScore) / largest);
  return score < least ? 0 : score;
}
