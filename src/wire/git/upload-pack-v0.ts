import { type Capabilities, formatCapabilities, parseCapabilities } from './capabilities.ts';
import { gitWireErrors } from './errors.ts';
import { type FetchRequest, parseDepth } from './fetch.ts';
import { type ObjectId, parseObjectId, quote } from './object-id.ts';
import { encodePacket, flushPacket, type PacketReader } from './pkt-line.ts';
import { decodeSideBand, remoteError } from './side-band.ts';
import { decodeText } from './text.ts';

/** A fetch in version 0, and the capabilities that the client chose. */
export interface V0FetchRequest extends FetchRequest {
  readonly capabilities: Capabilities;
  /** The client asks only which commits become shallow; haves follow in a request of their own. */
  readonly isShallowQuery?: boolean;
}

/** The bytes of a fetch in version 0 over stateless HTTP. */
export function encodeV0FetchRequest(request: V0FetchRequest): Buffer {
  const listed = formatCapabilities(request.capabilities).join(' ');
  const line = (text: string): Buffer => encodePacket(`${text}\n`);
  return Buffer.concat([
    ...request.wants.map((id, index) => line(index === 0 ? `want ${id} ${listed}` : `want ${id}`)),
    ...(request.shallow ?? []).map((id) => line(`shallow ${id}`)),
    ...(request.depth === undefined ? [] : [line(`deepen ${request.depth}`)]),
    ...(request.filter === undefined ? [] : [line(`filter ${request.filter}`)]),
    flushPacket,
    ...(request.haves ?? []).map((id) => line(`have ${id}`)),
    ...(request.done ? [line('done')] : request.isShallowQuery === true ? [] : [flushPacket]),
  ]);
}

/**
 * The pack of the answer to a fetch in version 0 that was asked for with side-bands and "done"; it must be read to its
 * end. With `isDeepened` the answer begins with what becomes shallow.
 *
 * Errors: git-wire.malformed, git-wire.remote-error.
 */
export async function* readV0FetchResponse(
  packets: PacketReader,
  { isDeepened }: { readonly isDeepened: boolean },
): AsyncGenerator<Uint8Array> {
  if (isDeepened) {
    const { lines, end } = await packets.readLines();
    const [first = ''] = lines;
    if (first.startsWith('ERR ')) throw remoteError(first.slice(4));
    if (end !== 'flush') throw malformed('the answer to a fetch is cut off');
  }
  for (;;) {
    const packet = await packets.read();
    if (packet === undefined) throw malformed('the answer to a fetch is cut off');
    if (packet.kind !== 'data') return;
    // Acknowledgments come before the first side-band, as many as the server likes.
    if (isAcknowledgment(packet.data)) continue;
    const part = decodeSideBand(packet.data);
    if (part !== undefined) yield part;
  }
}

function isAcknowledgment(data: Buffer): boolean {
  return data.length < 100 && /^(?:NAK|ACK [0-9a-f]{40})/.test(decodeText(data));
}

/** Reads a fetch in version 0 as a stateless server receives it. Errors: git-wire.malformed. */
export async function readV0FetchRequest(packets: PacketReader): Promise<V0FetchRequest> {
  const wants = await readV0Wants(packets);
  const { haves, done, isEmpty } = await readHaves(packets);
  return { ...wants, haves, done, isShallowQuery: isEmpty };
}

/** Reads the first part of a fetch in version 0, up to its flush: all but what the client has. Errors: git-wire.malformed. */
export async function readV0Wants(packets: PacketReader): Promise<V0FetchRequest> {
  const wants: ObjectId[] = [];
  const shallow: ObjectId[] = [];
  let capabilities: Capabilities = new Map();
  let depth: number | undefined;
  let filter: string | undefined;
  for (const line of (await packets.readLines()).lines) {
    const [word, value = ''] = line.split(' ', 2);
    if (word === 'want') {
      if (wants.length === 0) capabilities = parseCapabilities(line.slice(46));
      wants.push(parseObjectId(value));
    } else if (word === 'shallow') shallow.push(parseObjectId(value));
    else if (word === 'deepen') depth = parseDepth(value);
    else if (word === 'filter') filter = value;
    else throw gitWireErrors.create('git-wire.malformed', `${quote(line)} has no place in a fetch`);
  }
  return {
    wants,
    shallow,
    done: false,
    capabilities,
    ...(depth === undefined ? {} : { depth }),
    deepenRelative: capabilities.has('deepen-relative'),
    ...(filter === undefined ? {} : { filter }),
    thinPack: capabilities.has('thin-pack'),
    offsetDelta: capabilities.has('ofs-delta'),
    includeTag: capabilities.has('include-tag'),
    noProgress: capabilities.has('no-progress'),
  };
}

async function readHaves(
  packets: PacketReader,
): Promise<{ haves: ObjectId[]; done: boolean; isEmpty: boolean }> {
  const haves: ObjectId[] = [];
  for (let isEmpty = true; ; isEmpty = false) {
    const line = await packets.readLine();
    if (line === undefined) return { haves, done: false, isEmpty };
    if (line.kind !== 'line') continue;
    if (line.text === 'done') return { haves, done: true, isEmpty: false };
    if (line.text.startsWith('have ')) haves.push(parseObjectId(line.text.slice(5)));
  }
}

function malformed(message: string): Error {
  return gitWireErrors.create('git-wire.malformed', message);
}
