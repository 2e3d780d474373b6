import { inflateSync } from 'node:zlib';
import { gitWireErrors } from './errors.ts';
import { type ObjectId, type ObjectType, readObjectId } from './object-id.ts';

/** One entry of a pack before deltas are resolved. */
export type PackEntry =
  | { readonly kind: 'whole'; readonly offset: number; readonly type: ObjectType; readonly data: Buffer }
  | { readonly kind: 'offset-delta'; readonly offset: number; readonly base: number; readonly data: Buffer }
  | { readonly kind: 'id-delta'; readonly offset: number; readonly base: ObjectId; readonly data: Buffer };

const types: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };

/**
 * Reads the entry at an offset; `next` is where the one after it starts.
 *
 * Errors: git-wire.pack-malformed; git-wire.too-large above `maxBytes`.
 */
export function readPackEntry(
  pack: Buffer,
  offset: number,
  maxBytes: number,
): { readonly entry: PackEntry; readonly next: number } {
  const header = readHeader(pack, offset);
  if (header.size > maxBytes) {
    throw gitWireErrors.create(
      'git-wire.too-large',
      `an object of ${header.size} bytes is above ${maxBytes}`,
    );
  }
  let at = header.next;
  const type = types[header.code];
  if (type !== undefined) {
    const { data, next } = inflate(pack, at, header.size);
    return { entry: { kind: 'whole', offset, type, data }, next };
  }
  if (header.code === 6) {
    const distance = readDistance(pack, at);
    const { data, next } = inflate(pack, distance.next, header.size);
    const base = offset - distance.value;
    if (distance.value <= 0 || base < 12) throw malformed('a delta points outside of the pack');
    return { entry: { kind: 'offset-delta', offset, base, data }, next };
  }
  if (header.code !== 7) throw malformed(`an entry has the unknown type ${header.code}`);
  if (at + 20 > pack.length) throw malformed('an entry is cut off');
  const base = readObjectId(pack, at);
  at += 20;
  const { data, next } = inflate(pack, at, header.size);
  return { entry: { kind: 'id-delta', offset, base, data }, next };
}

function readHeader(pack: Buffer, offset: number): { code: number; size: number; next: number } {
  let at = offset;
  let byte = byteAt(pack, at++);
  const code = (byte >> 4) & 7;
  let size = byte & 15;
  for (let factor = 16; byte >= 0x80; factor *= 128) {
    if (factor > 2 ** 45) throw malformed('an entry has an impossible size');
    byte = byteAt(pack, at++);
    size += (byte & 0x7f) * factor;
  }
  return { code, size, next: at };
}

function readDistance(pack: Buffer, offset: number): { value: number; next: number } {
  let at = offset;
  let byte = byteAt(pack, at++);
  let value = byte & 0x7f;
  while (byte >= 0x80) {
    if (value > 2 ** 42) throw malformed('a delta has an impossible distance');
    byte = byteAt(pack, at++);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next: at };
}

interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function inflate(pack: Buffer, offset: number, size: number): { data: Buffer; next: number } {
  try {
    const chunkSize = Math.min(Math.max(size + 1, 64), 1024 * 1024);
    const options = { info: true, chunkSize, maxOutputLength: Math.max(size, 1) };
    // The types do not know that `info` changes the answer.
    const result = inflateSync(pack.subarray(offset), options) as unknown as InflateInfo;
    if (result.buffer.length !== size) throw malformed('an object is shorter than it says');
    return { data: result.buffer, next: offset + result.engine.bytesWritten };
  } catch (error) {
    if (gitWireErrors.is(error)) throw error;
    throw gitWireErrors.create('git-wire.pack-malformed', 'an object cannot be inflated', { cause: error });
  }
}

function byteAt(pack: Buffer, at: number): number {
  const byte = pack[at];
  if (byte === undefined) throw malformed('an entry is cut off');
  return byte;
}

function malformed(message: string): Error {
  return gitWireErrors.create('git-wire.pack-malformed', message);
}
