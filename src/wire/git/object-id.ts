import { createHash } from 'node:crypto';
import { gitWireErrors } from './errors.ts';
import { asBuffer } from './text.ts';

/** The name of a git object: 40 lower-case hex digits. Made only by the functions of this file. */
export type ObjectId = string & { readonly __brand: 'ObjectId' };

/** The four types of objects. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** An object as it is stored: type and bytes, without header. */
export interface GitObject {
  readonly type: ObjectType;
  readonly data: Uint8Array;
}

/** Stands for "no object" in push commands and advertisements. */
export const zeroId = '0'.repeat(40) as ObjectId;

/** The id of the tree without entries. */
export const emptyTreeId = '4b825dc642cb6eb9a060e54bf8d69288fbee4904' as ObjectId;

/** Is this text an object id (40 lower-case hex digits)? */
export function isObjectId(text: string): text is ObjectId {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Checks an object id. Errors: git-wire.malformed. */
export function parseObjectId(text: string): ObjectId {
  if (isObjectId(text)) return text;
  if (/^[0-9a-f]{64}$/.test(text)) {
    throw gitWireErrors.create('git-wire.unsupported', 'object names in SHA-256 are not supported');
  }
  throw gitWireErrors.create('git-wire.malformed', `${quote(text)} is not an object id`);
}

/** The id in 20 bytes at an offset. Errors: git-wire.malformed when the bytes end before. */
export function readObjectId(bytes: Uint8Array, offset: number): ObjectId {
  const part = asBuffer(bytes).toString('hex', offset, offset + 20);
  if (part.length !== 40) throw gitWireErrors.create('git-wire.malformed', 'an object id is cut off');
  return part as ObjectId;
}

/** The 20 bytes of an id. */
export function objectIdBytes(id: ObjectId): Buffer {
  return Buffer.from(id, 'hex');
}

/** The id that an object has. */
export function hashObject(type: ObjectType, data: Uint8Array): ObjectId {
  const hash = createHash('sha1').update(`${type} ${data.length}\0`).update(data);
  return hash.digest('hex') as ObjectId;
}

/** A short, printable form of text from the other side for messages. */
export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(shown);
}
