import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate, deflateSync } from 'node:zlib';
import type { GitObject, ObjectType } from './object-id.ts';

const typeCodes: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** Above this size a body is compressed off the event loop. */
const asyncDeflateBytes = 64 * 1024;
/** Chunks of about this size are given out, so that small objects do not each become a write. */
const chunkBytes = 64 * 1024;

const deflateAsync = promisify(deflate) as (data: Uint8Array, options: { level: number }) => Promise<Buffer>;

/** An object whose zlib stream is already known. */
export interface PackedObject {
  readonly type: ObjectType;
  readonly sizeBytes: number;
  readonly deflated: Uint8Array;
}

/**
 * A version 2 pack of whole objects (no deltas), chunk by chunk.
 *
 * Guarantees: never blocks the event loop for longer than a few milliseconds.
 */
export async function* writePack(
  objects: readonly (GitObject | PackedObject)[],
  options: { readonly level?: number } = {},
): AsyncGenerator<Buffer> {
  const hash = createHash('sha1');
  let parts: Buffer[] = [packHeader(objects.length)];
  let sizeBytes = 12;
  for (const object of objects) {
    const body = 'deflated' in object ? object.deflated : await compress(object.data, options.level ?? 1);
    const size = 'deflated' in object ? object.sizeBytes : object.data.length;
    parts.push(entryHeader(typeCodes[object.type], size), body as Buffer);
    sizeBytes += body.length;
    if (sizeBytes < chunkBytes) continue;
    const chunk = Buffer.concat(parts);
    hash.update(chunk);
    yield chunk;
    await new Promise((resolve) => setImmediate(resolve));
    parts = [];
    sizeBytes = 0;
  }
  const chunk = Buffer.concat(parts);
  yield Buffer.concat([chunk, hash.update(chunk).digest()]);
}

/** A pack as one buffer. */
export async function encodePack(objects: readonly GitObject[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of writePack(objects)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function compress(data: Uint8Array, level: number): Buffer | Promise<Buffer> {
  if (data.length > asyncDeflateBytes) return deflateAsync(data, { level });
  // The result keeps the whole chunk that it was written to; what cannot be compressed grows by a few bytes.
  const chunkSize = Math.min(chunkBytes, data.length + 64);
  return deflateSync(data, { level, chunkSize });
}

function packHeader(count: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  header.writeUInt32BE(count, 8);
  return header;
}

function entryHeader(typeCode: number, size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  let byte = (typeCode << 4) | (size % 16);
  while (rest > 0) {
    bytes.push(byte | 0x80);
    byte = rest % 128;
    rest = Math.floor(rest / 128);
  }
  bytes.push(byte);
  return Buffer.from(bytes);
}
