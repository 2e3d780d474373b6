import { gitWireErrors } from './errors.ts';
import { encodeV2Command } from './ls-refs.ts';
import { type ObjectId, parseObjectId, quote } from './object-id.ts';
import { delimiterPacket, encodePacket, type PacketReader } from './pkt-line.ts';
import { readSideBand, remoteError } from './side-band.ts';

/** What to leave out: "blob:none", "tree:<depth>", "blob:limit=<bytes>" or "combine:<a>+<b>" of these. */
export type FilterSpec = string;

/** A fetch, the same in versions 0 and 2. */
export interface FetchRequest {
  readonly wants: readonly ObjectId[];
  readonly haves?: readonly ObjectId[];
  /** Commits whose parents the client does not have. */
  readonly shallow?: readonly ObjectId[];
  /** Number of commits per line of history. */
  readonly depth?: number;
  readonly deepenRelative?: boolean;
  readonly filter?: FilterSpec;
  /** Send the pack now, without negotiating further. */
  readonly done: boolean;
  readonly thinPack?: boolean;
  readonly offsetDelta?: boolean;
  readonly includeTag?: boolean;
  readonly noProgress?: boolean;
}

/** The answer to a fetch in version 2. `pack` must be read to its end; it is absent while negotiation goes on. */
export interface FetchResponse {
  readonly acks: readonly ObjectId[];
  /** The server has enough and sends the pack. */
  readonly isReady: boolean;
  readonly shallow: readonly ObjectId[];
  readonly unshallow: readonly ObjectId[];
  readonly pack: AsyncIterable<Uint8Array> | undefined;
}

/** The bytes of a fetch command of version 2. */
export function encodeFetchRequest(request: FetchRequest, capabilities: readonly string[]): Buffer {
  const flag = (isSet: boolean | undefined, text: string): string[] => (isSet === true ? [text] : []);
  const args = [
    ...flag(request.thinPack, 'thin-pack'),
    ...flag(request.noProgress, 'no-progress'),
    ...flag(request.includeTag, 'include-tag'),
    ...flag(request.offsetDelta, 'ofs-delta'),
    ...(request.shallow ?? []).map((id) => `shallow ${id}`),
    ...(request.depth === undefined ? [] : [`deepen ${request.depth}`]),
    ...flag(request.deepenRelative, 'deepen-relative'),
    ...(request.filter === undefined ? [] : [`filter ${request.filter}`]),
    ...request.wants.map((id) => `want ${id}`),
    ...(request.haves ?? []).map((id) => `have ${id}`),
    ...flag(request.done, 'done'),
  ];
  return encodeV2Command({ command: 'fetch', capabilities, args });
}

/** Reads the arguments of a fetch command of version 2. Errors: git-wire.malformed. */
export function parseFetchArgs(args: readonly string[]): FetchRequest {
  const values = (name: string): string[] =>
    args.filter((arg) => arg.startsWith(`${name} `)).map((arg) => arg.slice(name.length + 1));
  const [filter] = values('filter');
  const [depth] = values('deepen');
  return {
    wants: values('want').map(parseObjectId),
    haves: values('have').map(parseObjectId),
    shallow: values('shallow').map(parseObjectId),
    ...(depth === undefined ? {} : { depth: parseDepth(depth) }),
    deepenRelative: args.includes('deepen-relative'),
    ...(filter === undefined ? {} : { filter }),
    done: args.includes('done'),
    thinPack: args.includes('thin-pack'),
    offsetDelta: args.includes('ofs-delta'),
    includeTag: args.includes('include-tag'),
    noProgress: args.includes('no-progress'),
  };
}

/** Reads a depth as sent. Errors: git-wire.malformed. */
export function parseDepth(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw gitWireErrors.create('git-wire.malformed', `${quote(text)} is not a depth`);
}

/** Everything of a version 2 answer that comes before the pack. `hasPack` says whether one follows, in side-bands. */
export function encodeFetchHead(head: {
  readonly acks?: { readonly ids: readonly ObjectId[]; readonly isReady: boolean };
  readonly shallow?: readonly ObjectId[];
  readonly unshallow?: readonly ObjectId[];
  readonly hasPack: boolean;
}): Buffer {
  const parts: Buffer[] = [];
  const line = (text: string): number => parts.push(encodePacket(`${text}\n`));
  if (head.acks !== undefined) {
    line('acknowledgments');
    if (head.acks.ids.length === 0) line('NAK');
    for (const id of head.acks.ids) line(`ACK ${id}`);
    if (head.acks.isReady) line('ready');
    if (head.hasPack) parts.push(delimiterPacket);
  }
  const shallow = [
    ...(head.shallow ?? []).map((id) => `shallow ${id}`),
    ...(head.unshallow ?? []).map((id) => `unshallow ${id}`),
  ];
  if (shallow.length > 0) {
    line('shallow-info');
    for (const text of shallow) line(text);
    if (head.hasPack) parts.push(delimiterPacket);
  }
  if (head.hasPack) line('packfile');
  return Buffer.concat(parts);
}

/** Reads the answer to a fetch in version 2. Errors: git-wire.malformed, git-wire.remote-error. */
export async function readFetchResponse(
  packets: PacketReader,
  onProgress?: (text: string) => void,
): Promise<FetchResponse> {
  const acks: ObjectId[] = [];
  const shallow: ObjectId[] = [];
  const unshallow: ObjectId[] = [];
  let isReady = false;
  for (;;) {
    const section = await packets.readLine();
    if (section === undefined) throw malformed('the answer to a fetch is cut off');
    if (section.kind === 'flush') return { acks, isReady, shallow, unshallow, pack: undefined };
    if (section.kind !== 'line') throw malformed('a section has no name');
    if (section.text.startsWith('ERR ')) throw remoteError(section.text.slice(4));
    if (section.text === 'packfile') {
      return { acks, isReady, shallow, unshallow, pack: readSideBand(packets, onProgress) };
    }
    const { lines, end } = await packets.readLines();
    for (const line of lines) {
      const [word, id = ''] = line.split(' ');
      if (word === 'ACK') acks.push(parseObjectId(id));
      else if (word === 'shallow') shallow.push(parseObjectId(id));
      else if (word === 'unshallow') unshallow.push(parseObjectId(id));
      else if (word === 'ready') isReady = true;
      else if (word === 'ERR') throw remoteError(line.slice(4));
    }
    if (end === 'flush') return { acks, isReady, shallow, unshallow, pack: undefined };
    if (end !== 'delimiter') throw malformed('the answer to a fetch is cut off');
  }
}

function malformed(message: string): Error {
  return gitWireErrors.create('git-wire.malformed', message);
}
