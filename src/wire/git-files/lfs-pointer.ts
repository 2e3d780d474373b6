/** Pointers are shorter than this, in bytes. */
const maxPointerBytes = 1024;

/** Is this the pointer that Git LFS keeps in place of a large file? */
export function isLfsPointer(content: Uint8Array): boolean {
  if (content.length > maxPointerBytes) return false;
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
  return (
    /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v\d+\r?\n/.test(text) &&
    /^oid sha256:[0-9a-f]{64}\r?$/m.test(text)
  );
}
