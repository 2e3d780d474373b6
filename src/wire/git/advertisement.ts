import { assertSha1, type Capabilities, parseCapabilities, toCapabilities } from './capabilities.ts';
import { gitWireErrors } from './errors.ts';
import { type ObjectId, parseObjectId, quote, zeroId } from './object-id.ts';
import { encodePacket, flushPacket, type PacketReader } from './pkt-line.ts';
import { remoteError } from './side-band.ts';

/** A reference as a server lists it. */
export interface RemoteRef {
  readonly name: string;
  readonly id: ObjectId;
  /** What an annotated tag finally points to. */
  readonly peeled?: ObjectId;
  /** What a symbolic reference points to. */
  readonly symrefTarget?: string;
}

/** What a server says first: its references (versions 0 and 1) or only its capabilities (version 2). */
export interface Advertisement {
  readonly version: 0 | 1 | 2;
  readonly capabilities: Capabilities;
  /** Empty in version 2. */
  readonly refs: readonly RemoteRef[];
}

/** The two services of a git server. */
export type GitService = 'git-upload-pack' | 'git-receive-pack';

/** The references in version 0, with the line that smart HTTP puts before it when `service` names one. */
export function encodeAdvertisement(
  service: GitService | undefined,
  refs: readonly RemoteRef[],
  capabilities: readonly string[],
): Buffer {
  const parts = introduce(service);
  const lines = refs.flatMap(({ name, id, peeled }) =>
    peeled === undefined ? [`${id} ${name}`] : [`${id} ${name}`, `${peeled} ${name}^{}`],
  );
  if (lines.length === 0) lines.push(`${zeroId} capabilities^{}`);
  const listed = capabilities.join(' ');
  for (const [index, line] of lines.entries()) {
    parts.push(encodePacket(index === 0 ? `${line}\0${listed}\n` : `${line}\n`));
  }
  return Buffer.concat([...parts, flushPacket]);
}

/** The capabilities in version 2, with the line that smart HTTP puts before it when `service` names one. */
export function encodeV2Advertisement(
  service: GitService | undefined,
  capabilities: readonly string[],
): Buffer {
  const lines = ['version 2', ...capabilities].map((line) => encodePacket(`${line}\n`));
  return Buffer.concat([...introduce(service), ...lines, flushPacket]);
}

function introduce(service: GitService | undefined): Buffer[] {
  return service === undefined ? [] : [encodePacket(`# service=${service}\n`), flushPacket];
}

/**
 * Reads what a server says first, in any version, with or without smart HTTP's first line.
 *
 * Errors: git-wire.malformed, git-wire.remote-error, git-wire.unsupported (SHA-256).
 */
export async function readAdvertisement(packets: PacketReader): Promise<Advertisement> {
  let { lines, end } = await packets.readLines();
  if (lines[0]?.startsWith('# service=')) {
    if (end !== 'flush') throw malformed('the first line of smart HTTP is not followed by a flush');
    ({ lines, end } = await packets.readLines());
  }
  if (end !== 'flush') throw malformed('the list of references is cut off');
  const [first] = lines;
  if (first?.startsWith('ERR ')) throw remoteError(first.slice(4));
  if (first === 'version 2') {
    const capabilities = toCapabilities(lines.slice(1));
    assertSha1(capabilities);
    return { version: 2, capabilities, refs: [] };
  }
  const version = first === 'version 1' ? 1 : 0;
  return { version, ...parseRefLines(version === 1 ? lines.slice(1) : lines) };
}

function parseRefLines(lines: readonly string[]): { capabilities: Capabilities; refs: RemoteRef[] } {
  const [first = ''] = lines;
  const nul = first.indexOf('\0');
  const capabilities = parseCapabilities(nul < 0 ? '' : first.slice(nul + 1));
  assertSha1(capabilities);
  const symrefs = new Map(
    (capabilities.get('symref') ?? []).map((pair): [string, string] => {
      const colon = pair.indexOf(':');
      return [pair.slice(0, colon), pair.slice(colon + 1)];
    }),
  );
  const refs = new Map<string, RemoteRef>();
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('shallow ')) continue;
    const { id, name } = parseRefLine(index === 0 && nul >= 0 ? line.slice(0, nul) : line);
    if (name === 'capabilities^{}') continue;
    const tag = name.endsWith('^{}') ? refs.get(name.slice(0, -3)) : undefined;
    if (tag !== undefined) refs.set(tag.name, { ...tag, peeled: id });
    else {
      const symrefTarget = symrefs.get(name);
      refs.set(name, { name, id, ...(symrefTarget === undefined ? {} : { symrefTarget }) });
    }
  }
  return { capabilities, refs: [...refs.values()] };
}

function parseRefLine(line: string): { id: ObjectId; name: string } {
  const space = line.indexOf(' ');
  if (space < 0) throw malformed(`${quote(line)} is not a reference`);
  return { id: parseObjectId(line.slice(0, space)), name: line.slice(space + 1) };
}

function malformed(message: string): Error {
  return gitWireErrors.create('git-wire.malformed', message);
}
