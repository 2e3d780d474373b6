import { createHash } from 'node:crypto';
import { applyDelta } from './delta.ts';
import { gitWireErrors } from './errors.ts';
import { type GitObject, hashObject, type ObjectId } from './object-id.ts';
import { type PackEntry, readPackEntry } from './pack-entries.ts';
import { asBuffer } from './text.ts';

/** Limits of one pack, all in bytes or counts; the defaults suit a repository of some gigabytes of history. */
export interface PackLimits {
  readonly maxPackBytes?: number;
  readonly maxObjects?: number;
  readonly maxObjectBytes?: number;
  /** All objects together, inflated and with deltas applied. */
  readonly maxTotalBytes?: number;
  /** Inflated bytes per byte of the pack; the first 64 MiB are free. */
  readonly maxRatio?: number;
}

/** How to read a pack. */
export interface PackReadOptions extends PackLimits {
  /** Finds the base of a delta that is not in the pack (a "thin" pack). */
  readonly resolveBase?: (id: ObjectId) => Promise<GitObject | undefined>;
}

/** An object of a pack with its id. */
export interface IdentifiedObject extends GitObject {
  readonly id: ObjectId;
}

/** The limits that apply where none are given. */
export const defaultPackLimits: Required<PackLimits> = {
  maxPackBytes: 512 * 1024 * 1024,
  maxObjects: 5_000_000,
  maxObjectBytes: 256 * 1024 * 1024,
  maxTotalBytes: 2 * 1024 * 1024 * 1024,
  maxRatio: 1000,
};

const freeBytes = 64 * 1024 * 1024;
/** Work between two turns of the event loop. */
const turnBytes = 1024 * 1024;
const turnObjects = 200;

/**
 * All objects of a pack with their deltas applied; whole objects first, the rest after their bases.
 *
 * Guarantees: the checksum is right; lets the event loop run now and then. An empty pack gives no objects.
 * Errors: git-wire.pack-malformed, git-wire.base-missing, git-wire.too-large.
 */
export async function readPack(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: PackReadOptions = {},
): Promise<IdentifiedObject[]> {
  const limits = { ...defaultPackLimits, ...options };
  const pack = source instanceof Uint8Array ? asBuffer(source) : await collect(source, limits.maxPackBytes);
  if (pack.length > limits.maxPackBytes) throw tooLarge('a pack', limits.maxPackBytes);
  const count = checkFrame(pack, limits);
  const maxTotalBytes = Math.min(limits.maxTotalBytes, Math.max(freeBytes, pack.length * limits.maxRatio));
  const reading = new PackReading(limits.maxObjectBytes, maxTotalBytes);
  const body = pack.subarray(0, pack.length - 20);
  let offset = 12;
  for (let index = 0; index < count; index++) {
    const { entry, next } = readPackEntry(body, offset, limits.maxObjectBytes);
    reading.add(entry);
    if (reading.isTurnOver()) await nextTurn();
    offset = next;
  }
  if (offset !== body.length) throw malformed('a pack has bytes after its last object');
  await reading.resolveInside();
  await reading.resolveOutside(options.resolveBase);
  return reading.finish();
}

class PackReading {
  readonly #maxObjectBytes: number;
  readonly #maxTotalBytes: number;
  readonly #known = new Map<ObjectId, IdentifiedObject>();
  readonly #waitingForOffset = new Map<number, PackEntry[]>();
  readonly #waitingForId = new Map<ObjectId, PackEntry[]>();
  readonly #ready: { offset: number | undefined; object: IdentifiedObject }[] = [];
  #totalBytes = 0;
  #turnBytes = 0;
  #turnObjects = 0;
  #waiting = 0;

  constructor(maxObjectBytes: number, maxTotalBytes: number) {
    this.#maxObjectBytes = maxObjectBytes;
    this.#maxTotalBytes = maxTotalBytes;
  }

  add(entry: PackEntry): void {
    this.#count(entry.data.length);
    if (entry.kind === 'whole') this.#accept(entry.offset, entry);
    else this.#wait(entry);
  }

  #wait(entry: Exclude<PackEntry, { kind: 'whole' }>): void {
    this.#waiting++;
    if (entry.kind === 'offset-delta') push(this.#waitingForOffset, entry.base, entry);
    else push(this.#waitingForId, entry.base, entry);
  }

  isTurnOver(): boolean {
    if (this.#turnBytes < turnBytes && this.#turnObjects < turnObjects) return false;
    this.#turnBytes = 0;
    this.#turnObjects = 0;
    return true;
  }

  /** Resolves every delta whose base is in the pack. */
  async resolveInside(): Promise<void> {
    for (let next = this.#ready.pop(); next !== undefined; next = this.#ready.pop()) {
      const { offset, object } = next;
      const deltas = [...take(this.#waitingForId, object.id)];
      if (offset !== undefined) deltas.push(...take(this.#waitingForOffset, offset));
      for (const delta of deltas) {
        this.#waiting--;
        const data = applyDelta(object.data, delta.data, this.#maxObjectBytes);
        this.#count(data.length);
        this.#accept(delta.offset, { type: object.type, data });
        if (this.isTurnOver()) await nextTurn();
      }
    }
  }

  /** Resolves deltas whose base is elsewhere. */
  async resolveOutside(resolveBase: PackReadOptions['resolveBase']): Promise<void> {
    for (const id of [...this.#waitingForId.keys()]) {
      if (!this.#waitingForId.has(id)) continue;
      const base = await resolveBase?.(id);
      if (base === undefined) continue;
      this.#ready.push({ offset: undefined, object: { id, type: base.type, data: base.data } });
      await this.resolveInside();
    }
  }

  finish(): IdentifiedObject[] {
    const [missing] = this.#waitingForId.keys();
    if (missing !== undefined) {
      throw gitWireErrors.create('git-wire.base-missing', `the base ${missing} of a delta is missing`);
    }
    if (this.#waiting > 0) throw malformed('a delta points to an offset where no object starts');
    return [...this.#known.values()];
  }

  #accept(offset: number, { type, data }: GitObject): void {
    const object = { id: hashObject(type, data), type, data };
    this.#known.set(object.id, object);
    this.#ready.push({ offset, object });
  }

  #count(bytes: number): void {
    this.#totalBytes += bytes;
    this.#turnBytes += bytes;
    this.#turnObjects++;
    if (this.#totalBytes > this.#maxTotalBytes) throw tooLarge('the inflated pack', this.#maxTotalBytes);
  }
}

function checkFrame(pack: Buffer, limits: Required<PackLimits>): number {
  if (pack.length < 32 || pack.toString('latin1', 0, 4) !== 'PACK') throw malformed('this is not a pack');
  const version = pack.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw malformed(`a pack has the unknown version ${version}`);
  const sum = createHash('sha1').update(pack.subarray(0, -20)).digest();
  if (!sum.equals(pack.subarray(-20))) throw malformed('the checksum of a pack is wrong');
  const count = pack.readUInt32BE(8);
  if (count > limits.maxObjects) {
    throw gitWireErrors.create('git-wire.too-large', `a pack has more than ${limits.maxObjects} objects`);
  }
  return count;
}

async function collect(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of source) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooLarge('a pack', maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes);
}

function push<Key>(map: Map<Key, PackEntry[]>, key: Key, entry: PackEntry): void {
  const list = map.get(key);
  if (list) list.push(entry);
  else map.set(key, [entry]);
}

function take<Key>(map: Map<Key, PackEntry[]>, key: Key): PackEntry[] {
  const list = map.get(key) ?? [];
  map.delete(key);
  return list;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function malformed(message: string): Error {
  return gitWireErrors.create('git-wire.pack-malformed', message);
}

function tooLarge(what: string, limit: number): Error {
  return gitWireErrors.create('git-wire.too-large', `${what} is larger than ${limit} bytes`);
}
