import {
  encodeFetchHead,
  encodeLsRefsResponse,
  encodePacket,
  encodeSideBand,
  type FetchRequest,
  flushPacket,
  gitWireErrors,
  type ObjectId,
  PacketReader,
  parseFetchArgs,
  parseLsRefsArgs,
  parseObjectId,
  type RemoteRef,
  readV0FetchRequest,
  readV0Wants,
  readV2Command,
  type V0FetchRequest,
  writePack,
} from '../../wire/git/index.ts';
import { type Collected, collectObjects, findCommon } from './collect.ts';
import type { Repository } from './repository.ts';

/** What the server offers in version 2. */
export const v2Capabilities: readonly string[] = [
  'agent=gantry-git-server',
  'ls-refs',
  'fetch=shallow filter',
  'server-option',
  'object-format=sha1',
];

/** What the server offers for fetching in version 0, before the symbolic references. */
export const v0Capabilities: readonly string[] = [
  'multi_ack_detailed',
  'side-band-64k',
  'ofs-delta',
  'shallow',
  'deepen-relative',
  'no-progress',
  'include-tag',
  'allow-tip-sha1-in-want',
  'allow-reachable-sha1-in-want',
  'filter',
  'object-format=sha1',
  'agent=gantry-git-server',
];

/** Answers the commands of one request in version 2. */
export async function* answerV2(
  repository: Repository,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const packets = new PacketReader(body);
  for (;;) {
    const command = await readV2Command(packets);
    if (command === undefined) return;
    if (command.command === 'ls-refs') yield answerLsRefs(repository, command.args);
    else if (command.command === 'fetch') yield* answerFetch(repository, parseFetchArgs(command.args));
    else {
      const name = command.command.slice(0, 50);
      throw gitWireErrors.create('git-wire.remote-error', `unknown command '${name}'`);
    }
  }
}

/** Answers a fetch in version 0 over stateless HTTP. */
export async function* answerV0(
  repository: Repository,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const request = await readV0FetchRequest(new PacketReader(body));
  if (request.wants.length === 0) return;
  const collected = await collectObjects(repository, request);
  if (request.depth !== undefined) {
    for (const id of collected.shallow) yield encodePacket(`shallow ${id}`);
    for (const id of collected.unshallow) yield encodePacket(`unshallow ${id}`);
    yield flushPacket;
  }
  if (request.isShallowQuery === true) return;
  const common = findCommon(repository, request.haves ?? []);
  yield* encodeV0Acks(request, common);
  if (request.done) yield* encodePackStream(repository, collected, request.capabilities.has('side-band-64k'));
}

/** Answers a fetch in version 0 over a connection, where the client goes on after each answer. */
export async function* answerV0Dialog(
  repository: Repository,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const packets = new PacketReader(body);
  const request = await readV0Wants(packets);
  if (request.wants.length === 0) return;
  if (request.depth !== undefined) {
    const { shallow, unshallow } = await collectObjects(repository, request);
    for (const id of shallow) yield encodePacket(`shallow ${id}`);
    for (const id of unshallow) yield encodePacket(`unshallow ${id}`);
    yield flushPacket;
  }
  const haves: ObjectId[] = [];
  for (;;) {
    const line = await packets.readLine();
    if (line === undefined) return;
    if (line.kind === 'line' && line.text.startsWith('have ')) haves.push(parseObjectId(line.text.slice(5)));
    const done = line.kind === 'line' && line.text === 'done';
    if (line.kind === 'line' && !done) continue;
    yield* encodeV0Acks({ ...request, done }, findCommon(repository, haves));
    if (!done) continue;
    const collected = await collectObjects(repository, { ...request, haves });
    yield* encodePackStream(repository, collected, request.capabilities.has('side-band-64k'));
    return;
  }
}

function answerLsRefs(repository: Repository, args: readonly string[]): Buffer {
  const request = parseLsRefsArgs(args);
  const isWanted = ({ name }: RemoteRef): boolean =>
    request.prefixes.length === 0 || request.prefixes.some((prefix) => name.startsWith(prefix));
  const refs = repository.listRefs().filter(isWanted);
  const shown = refs.map(({ symrefTarget, peeled, ...ref }) => ({
    ...ref,
    ...(request.symrefs && symrefTarget !== undefined ? { symrefTarget } : {}),
    ...(request.peel && peeled !== undefined ? { peeled } : {}),
  }));
  return encodeLsRefsResponse(shown);
}

async function* answerFetch(repository: Repository, request: FetchRequest): AsyncGenerator<Buffer> {
  const common = findCommon(repository, request.haves ?? []);
  if (!request.done && common.length === 0) {
    yield encodeFetchHead({ acks: { ids: [], isReady: false }, hasPack: false });
    yield flushPacket;
    return;
  }
  const { ids, shallow, unshallow } = await collectObjects(repository, request);
  const acks = request.done ? {} : { acks: { ids: common, isReady: true } };
  yield encodeFetchHead({ ...acks, shallow, unshallow, hasPack: true });
  yield* encodePackStream(repository, { ids }, true);
}

/** The acknowledgments of version 0, as the two kinds of clients expect them. */
function* encodeV0Acks(request: V0FetchRequest, common: readonly ObjectId[]): Generator<Buffer> {
  const last = common.at(-1);
  if (request.capabilities.has('multi_ack_detailed')) {
    for (const id of common) yield encodePacket(`ACK ${id} common\n`);
    if (last !== undefined && !request.done) yield encodePacket(`ACK ${last} ready\n`);
    if (!request.done || last === undefined) yield encodePacket('NAK\n');
    else yield encodePacket(`ACK ${last}\n`);
    return;
  }
  yield encodePacket(common[0] === undefined ? 'NAK\n' : `ACK ${common[0]}\n`);
}

async function* encodePackStream(
  repository: Repository,
  { ids }: Pick<Collected, 'ids'>,
  inSideBand: boolean,
): AsyncGenerator<Buffer> {
  const objects = ids.map((id) => repository.get(id));
  for await (const chunk of writePack(objects)) yield inSideBand ? encodeSideBand(1, chunk) : chunk;
  if (inSideBand) yield flushPacket;
}
