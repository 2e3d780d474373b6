import { type Capabilities, parseCapabilities } from './capabilities.ts';
import { gitWireErrors } from './errors.ts';
import { type ObjectId, parseObjectId, quote } from './object-id.ts';
import { encodePacket, flushPacket, type PacketReader } from './pkt-line.ts';
import { remoteError } from './side-band.ts';

/** One change of a reference: a compare-and-swap. `zeroId` as old creates, as new deletes. */
export interface RefCommand {
  readonly ref: string;
  readonly oldId: ObjectId;
  readonly newId: ObjectId;
}

/** The part of a push that comes before its pack. */
export interface PushCommands {
  readonly commands: readonly RefCommand[];
  readonly capabilities: Capabilities;
  readonly pushOptions: readonly string[];
}

/** How one command ended. */
export interface RefReport {
  readonly ref: string;
  /** The server's words; `undefined` when it was done. */
  readonly error: string | undefined;
}

/** How a push ended. */
export interface PushReport {
  /** The server's words when it could not use the pack. */
  readonly unpackError: string | undefined;
  readonly refs: readonly RefReport[];
}

/** The bytes of a push before its pack. */
export function encodePushCommands(
  commands: readonly RefCommand[],
  capabilities: readonly string[],
  pushOptions: readonly string[] = [],
): Buffer {
  const lines = commands.map(({ ref, oldId, newId }, index) => {
    const text = `${oldId} ${newId} ${ref}`;
    return encodePacket(index === 0 ? `${text}\0 ${capabilities.join(' ')}` : text);
  });
  const hasOptions = capabilities.includes('push-options');
  const options = hasOptions ? [...pushOptions.map((option) => encodePacket(option)), flushPacket] : [];
  return Buffer.concat([...lines, flushPacket, ...options]);
}

/** Reads a push up to its pack, which is then `packets.rest()`. Errors: git-wire.malformed. */
export async function readPushCommands(packets: PacketReader): Promise<PushCommands> {
  const commands: RefCommand[] = [];
  let capabilities: Capabilities = new Map();
  const { lines, end } = await packets.readLines(100_000);
  if (end !== 'flush' && lines.length > 0) {
    throw gitWireErrors.create('git-wire.malformed', 'the list of commands is cut off');
  }
  for (const line of lines) {
    if (line.startsWith('shallow ')) continue;
    const nul = line.indexOf('\0');
    if (commands.length === 0 && nul >= 0) capabilities = parseCapabilities(line.slice(nul + 1));
    commands.push(parseCommand(nul < 0 ? line : line.slice(0, nul)));
  }
  const pushOptions = capabilities.has('push-options') ? (await packets.readLines(1000)).lines : [];
  return { commands, capabilities, pushOptions };
}

/** The report of a push; the caller puts it into side-bands when the client asked for them. */
export function encodePushReport(report: PushReport): Buffer {
  const lines = report.refs.map(({ ref, error }) =>
    encodePacket(error === undefined ? `ok ${ref}\n` : `ng ${ref} ${error}\n`),
  );
  return Buffer.concat([encodePacket(`unpack ${report.unpackError ?? 'ok'}\n`), ...lines, flushPacket]);
}

/**
 * Reads the report of a push, in both versions of report-status (option lines are skipped).
 *
 * Errors: git-wire.malformed, git-wire.remote-error.
 */
export async function readPushReport(packets: PacketReader): Promise<PushReport> {
  const { lines, end } = await packets.readLines();
  const [first = '', ...rest] = lines;
  if (first.startsWith('ERR ')) throw remoteError(first.slice(4));
  if (end !== 'flush' || !first.startsWith('unpack ')) {
    throw gitWireErrors.create('git-wire.malformed', `${quote(first)} is not the report of a push`);
  }
  const unpack = first.slice('unpack '.length);
  const refs: RefReport[] = [];
  for (const line of rest) {
    const [word, ref = ''] = line.split(' ', 2);
    if (word === 'ok') refs.push({ ref, error: undefined });
    else if (word === 'ng') refs.push({ ref, error: line.slice(4 + ref.length) || 'failed' });
    else if (word !== 'option') {
      throw gitWireErrors.create('git-wire.malformed', `${quote(line)} has no place in a report`);
    }
  }
  return { unpackError: unpack === 'ok' ? undefined : unpack, refs };
}

function parseCommand(line: string): RefCommand {
  const match = /^(?<oldId>[0-9a-f]+) (?<newId>[0-9a-f]+) (?<ref>[^\0]+)$/.exec(line)?.groups;
  if (match === undefined) {
    throw gitWireErrors.create('git-wire.malformed', `${quote(line)} is not a command of a push`);
  }
  const { oldId = '', newId = '', ref = '' } = match;
  return { oldId: parseObjectId(oldId), newId: parseObjectId(newId), ref };
}
