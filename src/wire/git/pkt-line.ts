import { ByteReader } from './byte-reader.ts';
import { gitWireErrors } from './errors.ts';
import { quote } from './object-id.ts';
import { decodeText, encodeText } from './text.ts';

/** One packet: data, or one of the three markers. */
export type Packet =
  | { readonly kind: 'data'; readonly data: Buffer }
  | { readonly kind: 'flush' | 'delimiter' | 'response-end' };

/** The largest payload of one packet, in bytes. */
export const maxPacketData = 65_516;

/** Ends a list of packets. */
export const flushPacket: Buffer = Buffer.from('0000');

/** Separates sections in protocol version 2. */
export const delimiterPacket: Buffer = Buffer.from('0001');

/** A packet with a payload. Errors: git-wire.too-large. */
export function encodePacket(payload: string | Uint8Array): Buffer {
  const data = typeof payload === 'string' ? encodeText(payload) : payload;
  if (data.length > maxPacketData) {
    throw gitWireErrors.create('git-wire.too-large', `a packet of ${data.length} bytes cannot be written`);
  }
  return Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, '0')), data]);
}

/**
 * Reads packets from a stream of bytes.
 *
 * Errors: git-wire.malformed when a length is no length or the stream ends within a packet.
 */
export class PacketReader {
  readonly #bytes: ByteReader;

  constructor(source: AsyncIterable<Uint8Array> | Uint8Array) {
    this.#bytes = new ByteReader(source);
  }

  /** The next packet; `undefined` at the end of the stream. */
  async read(): Promise<Packet | undefined> {
    const head = await this.#bytes.take(4);
    if (head === undefined) return undefined;
    const text = head.toString('latin1');
    if (!/^[0-9a-fA-F]{4}$/.test(text)) {
      throw gitWireErrors.create(
        'git-wire.malformed',
        `a packet starts with ${quote(text)}, not with a length`,
      );
    }
    const length = Number.parseInt(text, 16);
    if (length === 0) return { kind: 'flush' };
    if (length === 1) return { kind: 'delimiter' };
    if (length === 2) return { kind: 'response-end' };
    if (length === 3) throw gitWireErrors.create('git-wire.malformed', 'a packet has the length 3');
    if (length === 4) return { kind: 'data', data: Buffer.alloc(0) };
    const data = await this.#bytes.take(length - 4);
    if (data === undefined) throw gitWireErrors.create('git-wire.malformed', 'a packet is cut off');
    return { kind: 'data', data };
  }

  /** The next packet as a line without its final newline, or the kind of the marker; `undefined` at the end. */
  async readLine(): Promise<PacketLine | undefined> {
    const packet = await this.read();
    return packet === undefined ? undefined : toLine(packet);
  }

  /** The lines up to the next marker, which is consumed. Errors: also git-wire.too-large above `maxLines`. */
  async readLines(
    maxLines: number = defaultMaxLines,
  ): Promise<{ lines: string[]; end: 'flush' | 'delimiter' | 'response-end' | 'end' }> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.readLine();
      if (line === undefined) return { lines, end: 'end' };
      if (line.kind !== 'line') return { lines, end: line.kind };
      lines.push(line.text);
      if (lines.length > maxLines) {
        throw gitWireErrors.create('git-wire.too-large', `a list has more than ${maxLines} lines`);
      }
    }
  }

  /** What follows the last packet that was read, as it is. */
  rest(): AsyncIterable<Uint8Array> {
    return this.#bytes.rest();
  }
}

/** A packet seen as a line of text. */
export type PacketLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'flush' | 'delimiter' | 'response-end' };

const defaultMaxLines = 2_000_000;

function toLine(packet: Packet): PacketLine {
  if (packet.kind !== 'data') return packet;
  return { kind: 'line', text: decodeText(packet.data).replace(/\n$/, '') };
}
