import { gitWireErrors } from './errors.ts';
import { asBuffer } from './text.ts';

/**
 * Applies a pack's delta to its base.
 *
 * Errors: git-wire.pack-malformed when it does not fit the base or itself; git-wire.too-large above `maxBytes`.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, maxBytes: number): Buffer {
  const source = asBuffer(base);
  const reader = new DeltaReader(asBuffer(delta));
  if (reader.readSize() !== source.length) throw malformed('a delta is for a base of another size');
  const size = reader.readSize();
  if (size > maxBytes) {
    throw gitWireErrors.create('git-wire.too-large', `an object of ${size} bytes is above ${maxBytes}`);
  }
  const target = Buffer.allocUnsafe(size);
  let at = 0;
  while (!reader.isAtEnd) {
    const part = reader.readPart(source);
    if (at + part.length > size) throw malformed('a delta makes more than it says');
    part.copy(target, at);
    at += part.length;
  }
  if (at !== size) throw malformed('a delta makes less than it says');
  return target;
}

class DeltaReader {
  readonly #delta: Buffer;
  #at = 0;

  constructor(delta: Buffer) {
    this.#delta = delta;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#delta.length;
  }

  readSize(): number {
    let size = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#readByte();
      size += (byte & 0x7f) * factor;
      if (byte < 0x80) return size;
      factor *= 128;
      if (factor > 2 ** 42) throw malformed('a delta has an impossible size');
    }
  }

  /** The bytes that the next instruction copies or inserts. */
  readPart(base: Buffer): Buffer {
    const instruction = this.#readByte();
    if (instruction === 0) throw malformed('a delta has the reserved instruction');
    if (instruction < 0x80) {
      const end = this.#at + instruction;
      if (end > this.#delta.length) throw malformed('a delta is cut off');
      const part = this.#delta.subarray(this.#at, end);
      this.#at = end;
      return part;
    }
    const offset = this.#readBits(instruction, 4);
    const size = this.#readBits(instruction >> 4, 3) || 0x10000;
    if (offset + size > base.length) throw malformed('a delta copies from beyond its base');
    return base.subarray(offset, offset + size);
  }

  #readBits(flags: number, count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++) {
      if (flags & (1 << bit)) value += this.#readByte() * 256 ** bit;
    }
    return value;
  }

  #readByte(): number {
    const byte = this.#delta[this.#at++];
    if (byte === undefined) throw malformed('a delta is cut off');
    return byte;
  }
}

function malformed(message: string): Error {
  return gitWireErrors.create('git-wire.pack-malformed', message);
}
