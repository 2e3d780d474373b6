import { gitWireErrors } from './errors.ts';
import { asBuffer } from './text.ts';

/** Takes exact numbers of bytes from a stream of chunks of any size. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array> | Uint8Array) {
    this.#source = source instanceof Uint8Array ? [source].values() : source[Symbol.asyncIterator]();
  }

  /** The next `count` bytes; `undefined` at the end. Errors: git-wire.malformed when the stream ends in between. */
  async take(count: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      if (this.#held.length === 0 && !(await this.#fill())) {
        if (missing === count) return undefined;
        throw gitWireErrors.create('git-wire.malformed', 'the stream ends within a packet');
      }
      const part = this.#held.subarray(0, missing);
      this.#held = this.#held.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** Everything that is left. */
  async *rest(): AsyncGenerator<Uint8Array> {
    do {
      const part = this.#held;
      this.#held = Buffer.alloc(0);
      if (part.length > 0) yield part;
    } while (await this.#fill());
  }

  async #fill(): Promise<boolean> {
    for (;;) {
      const next = await this.#source.next();
      if (next.done === true) return false;
      if (next.value.length > 0) {
        this.#held = asBuffer(next.value);
        return true;
      }
    }
  }
}
