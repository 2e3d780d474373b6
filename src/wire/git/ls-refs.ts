import type { RemoteRef } from './advertisement.ts';
import { gitWireErrors } from './errors.ts';
import { parseObjectId, quote } from './object-id.ts';
import { delimiterPacket, encodePacket, flushPacket, type PacketReader } from './pkt-line.ts';
import { remoteError } from './side-band.ts';

/** A command of protocol version 2 as a server receives it. */
export interface V2Command {
  readonly command: string;
  readonly capabilities: readonly string[];
  readonly args: readonly string[];
}

/** Which references are asked for. */
export interface LsRefsRequest {
  /** Only names that start with one of these; all when empty. */
  readonly prefixes: readonly string[];
  readonly peel: boolean;
  readonly symrefs: boolean;
}

/** The bytes of any command of version 2. */
export function encodeV2Command({ command, capabilities, args }: V2Command): Buffer {
  const lines = (items: readonly string[]): Buffer[] => items.map((item) => encodePacket(`${item}\n`));
  const head = [encodePacket(`command=${command}\n`), ...lines(capabilities)];
  return Buffer.concat([...head, delimiterPacket, ...lines(args), flushPacket]);
}

/** Reads a command of version 2; `undefined` when the client has nothing more to say. Errors: git-wire.malformed. */
export async function readV2Command(packets: PacketReader): Promise<V2Command | undefined> {
  const head = await packets.readLines(1000);
  const [first, ...capabilities] = head.lines;
  if (first === undefined && head.end !== 'delimiter') return undefined;
  if (!first?.startsWith('command=')) {
    throw gitWireErrors.create('git-wire.malformed', `${quote(first ?? '')} is not a command`);
  }
  const args = head.end === 'delimiter' ? (await packets.readLines()).lines : [];
  return { command: first.slice('command='.length), capabilities, args };
}

/** The bytes of an ls-refs command. */
export function encodeLsRefsRequest(request: LsRefsRequest, capabilities: readonly string[]): Buffer {
  const args = [
    ...(request.peel ? ['peel'] : []),
    ...(request.symrefs ? ['symrefs'] : []),
    ...request.prefixes.map((prefix) => `ref-prefix ${prefix}`),
  ];
  return encodeV2Command({ command: 'ls-refs', capabilities, args });
}

/** Reads the arguments of an ls-refs command; what is not known is ignored. Total. */
export function parseLsRefsArgs(args: readonly string[]): LsRefsRequest {
  const prefixes = args.filter((arg) => arg.startsWith('ref-prefix '));
  return {
    peel: args.includes('peel'),
    symrefs: args.includes('symrefs'),
    prefixes: prefixes.map((arg) => arg.slice('ref-prefix '.length)),
  };
}

/** The answer to ls-refs. */
export function encodeLsRefsResponse(refs: readonly RemoteRef[]): Buffer {
  const lines = refs.map(({ id, name, symrefTarget, peeled }) => {
    const target = symrefTarget === undefined ? '' : ` symref-target:${symrefTarget}`;
    return encodePacket(`${id} ${name}${target}${peeled === undefined ? '' : ` peeled:${peeled}`}\n`);
  });
  return Buffer.concat([...lines, flushPacket]);
}

/** Reads the answer to ls-refs; unborn references are left out. Errors: git-wire.malformed, git-wire.remote-error. */
export async function readLsRefsResponse(packets: PacketReader): Promise<RemoteRef[]> {
  const { lines, end } = await packets.readLines();
  if (lines[0]?.startsWith('ERR ')) throw remoteError(lines[0].slice(4));
  if (end !== 'flush') throw gitWireErrors.create('git-wire.malformed', 'the list of references is cut off');
  return lines.filter((line) => !line.startsWith('unborn ')).map(parseLsRefsLine);
}

function parseLsRefsLine(line: string): RemoteRef {
  const [id = '', name, ...attributes] = line.split(' ');
  if (!name) throw gitWireErrors.create('git-wire.malformed', `${quote(line)} is not a reference`);
  const attribute = (key: string): string | undefined =>
    attributes.find((text) => text.startsWith(`${key}:`))?.slice(key.length + 1);
  const symrefTarget = attribute('symref-target');
  const peeled = attribute('peeled');
  return {
    name,
    id: parseObjectId(id),
    ...(symrefTarget === undefined ? {} : { symrefTarget }),
    ...(peeled === undefined ? {} : { peeled: parseObjectId(peeled) }),
  };
}
