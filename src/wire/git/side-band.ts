import { gitWireErrors } from './errors.ts';
import { quote } from './object-id.ts';
import { encodePacket, maxPacketData, type PacketReader } from './pkt-line.ts';
import { decodeText } from './text.ts';

/** The three channels of a side-band: the data itself, progress for people, a fatal error. */
export type SideBand = 1 | 2 | 3;

/** Packets that carry bytes on a channel. */
export function encodeSideBand(channel: SideBand, data: Uint8Array | string): Buffer {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += maxPacketData - 1) {
    const part = bytes.subarray(at, at + maxPacketData - 1);
    parts.push(encodePacket(Buffer.concat([Buffer.from([channel]), part])));
  }
  return Buffer.concat(parts);
}

/**
 * The data of channel 1, up to the next marker; progress goes to `onProgress`.
 *
 * Errors: git-wire.remote-error with the text of channel 3; git-wire.malformed.
 */
export async function* readSideBand(
  packets: PacketReader,
  onProgress?: (text: string) => void,
): AsyncGenerator<Uint8Array> {
  for (;;) {
    const packet = await packets.read();
    if (packet === undefined) {
      throw gitWireErrors.create('git-wire.malformed', 'the stream ends before its data is complete');
    }
    if (packet.kind !== 'data') return;
    const part = decodeSideBand(packet.data, onProgress);
    if (part !== undefined) yield part;
  }
}

/**
 * What one packet of a side-band carries on channel 1; `undefined` when it is for people.
 *
 * Errors: git-wire.remote-error with the text of channel 3; git-wire.malformed.
 */
export function decodeSideBand(data: Buffer, onProgress?: (text: string) => void): Uint8Array | undefined {
  const payload = data.subarray(1);
  if (data[0] === 1) return payload;
  if (data[0] === 2) onProgress?.(decodeText(payload));
  else if (data[0] === 3) throw remoteError(decodeText(payload));
  else if (data.length > 0) {
    const line = decodeText(data);
    if (line.startsWith('ERR ')) throw remoteError(line.slice(4));
    throw gitWireErrors.create('git-wire.malformed', `no side-band has the packet ${quote(line)}`);
  }
  return undefined;
}

/** The error for a text with which the other side ended the exchange. */
export function remoteError(text: string): Error {
  const reason = text.trim().replaceAll(/\s+/g, ' ');
  return gitWireErrors.create('git-wire.remote-error', `the server says ${quote(reason)}`, {
    data: { reason: reason.slice(0, 300) },
  });
}
