import {
  decodeCommit,
  decodeTag,
  decodeTree,
  encodePushReport,
  encodeSideBand,
  flushPacket,
  gitWireErrors,
  type IdentifiedObject,
  isRefName,
  kindOf,
  type ObjectId,
  PacketReader,
  type PushReport,
  type RefCommand,
  readPack,
  readPushCommands,
  zeroId,
} from '../../wire/git/index.ts';
import type { Repository } from './repository.ts';

/** What the server offers for pushing. */
export const receiveCapabilities: readonly string[] = [
  'report-status',
  'report-status-v2',
  'delete-refs',
  'side-band-64k',
  'quiet',
  'atomic',
  'ofs-delta',
  'push-options',
  'object-format=sha1',
  'agent=gantry-git-server',
];

/** Who pushes, and what the server allows. */
export interface PushContext {
  readonly login: string | undefined;
  /** Refuse pushes that drop commits from a branch. */
  readonly denyNonFastForwards: boolean;
  readonly maxPackBytes: number;
  onPushed(changes: readonly RefCommand[]): void;
}

/** Takes a push and answers with its report. Errors: git-wire.malformed for what is no push at all. */
export async function receivePush(
  repository: Repository,
  body: AsyncIterable<Uint8Array>,
  context: PushContext,
): Promise<Buffer> {
  const packets = new PacketReader(body);
  const { commands, capabilities } = await readPushCommands(packets);
  if (commands.length === 0) return Buffer.alloc(0);
  const hasPack = commands.some(({ newId }) => newId !== zeroId);
  const unpacked = hasPack
    ? await unpack(repository, packets.rest(), context.maxPackBytes)
    : { objects: [], isWhole: true };
  const isAtomic = capabilities.has('atomic');
  const report =
    'error' in unpacked
      ? failAll(commands, unpacked.error)
      : applyCommands(repository, commands, { ...context, ...unpacked, isAtomic });
  const isReported = capabilities.has('report-status') || capabilities.has('report-status-v2');
  return isReported ? encodeReport(report, capabilities.has('side-band-64k')) : Buffer.alloc(0);
}

function encodeReport(report: PushReport, inSideBand: boolean): Buffer {
  const bytes = encodePushReport(report);
  return inSideBand ? Buffer.concat([encodeSideBand(1, bytes), flushPacket]) : bytes;
}

function failAll(commands: readonly RefCommand[], unpackError: string): PushReport {
  return { unpackError, refs: commands.map(({ ref }) => ({ ref, error: 'unpacker error' })) };
}

interface Unpacked {
  readonly objects: readonly IdentifiedObject[];
  /** Is everything there that the objects need? What a repository has once, it keeps. */
  readonly isWhole: boolean;
}

/** Objects checked between two turns of the event loop. */
const turnObjects = 500;

async function unpack(
  repository: Repository,
  pack: AsyncIterable<Uint8Array>,
  maxPackBytes: number,
): Promise<Unpacked | { readonly error: string }> {
  try {
    const resolveBase = async (id: ObjectId) => repository.find(id);
    const objects = await readPack(pack, { resolveBase, maxPackBytes });
    const arrived = new Set(objects.map(({ id }) => id));
    let isWhole = true;
    for (const [index, object] of objects.entries()) {
      const links = linksOf(object);
      isWhole &&= links.every((id) => arrived.has(id) || repository.has(id));
      if (index % turnObjects === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return { objects, isWhole };
  } catch (error) {
    if (gitWireErrors.is(error)) return { error: error.message };
    throw error;
  }
}

/** The objects that an object needs. Errors: git-wire.object-malformed. */
function linksOf({ type, data }: IdentifiedObject): ObjectId[] {
  if (type === 'blob') return [];
  if (type === 'tag') return [decodeTag(data).object];
  if (type === 'tree') {
    return decodeTree(data).flatMap(({ mode, id }) => (kindOf(mode) === 'submodule' ? [] : [id]));
  }
  const { tree, parents } = decodeCommit(data);
  return [tree, ...parents];
}

interface Application extends PushContext, Unpacked {
  readonly isAtomic: boolean;
}

/** Checks and applies all commands at once; nothing else can happen in between. */
function applyCommands(
  repository: Repository,
  commands: readonly RefCommand[],
  application: Application,
): PushReport {
  const { isWhole } = application;
  if (isWhole) for (const object of application.objects) repository.put(object.id, object);
  const isFirst = repository.refs.isEmpty;
  const verdicts = commands.map((command) => ({
    command,
    error: isWhole ? refuse(repository, command, application) : 'missing necessary objects',
  }));
  const fails = application.isAtomic && verdicts.some(({ error }) => error !== undefined);
  const done: RefCommand[] = [];
  const refs = verdicts.map(({ command, error }) => {
    const { ref, newId } = command;
    if (error !== undefined || fails) return { ref, error: error ?? 'atomic push failure' };
    // Of two commands that create a folder and a name of the same kind, the second fails.
    if (newId !== zeroId && repository.refs.clashOf(ref) !== undefined)
      return { ref, error: 'failed to update ref' };
    repository.refs.set(ref, newId === zeroId ? undefined : newId);
    done.push(command);
    return { ref, error: undefined };
  });
  if (isFirst) chooseHead(repository, done);
  if (done.length > 0) application.onPushed(done);
  return { unpackError: undefined, refs };
}

/** Why a command cannot be done, in git's words. */
function refuse(repository: Repository, command: RefCommand, context: PushContext): string | undefined {
  const { ref, oldId, newId } = command;
  if (!isRefName(ref)) return 'funny refname';
  const current = repository.refs.get(ref);
  const next = newId === zeroId ? undefined : newId;
  if (next !== undefined && !repository.has(next)) return 'missing necessary objects';
  if (next === undefined && ref === repository.head) {
    return `refusing to delete the current branch: ${ref}`;
  }
  const change = { ref, oldId: current, newId: next, login: context.login };
  const reason = repository.pushRules.map((rule) => rule(change)).find((text) => text !== undefined);
  if (reason !== undefined) return reason;
  if ((current ?? zeroId) !== oldId) {
    return oldId === zeroId ? 'reference already exists' : 'failed to update ref';
  }
  if (next === undefined) return undefined;
  if (ref.startsWith('refs/heads/')) {
    if (repository.get(next).type !== 'commit') return 'cannot update ref to a non-commit object';
    const drops = current !== undefined && !repository.isAncestor(current, next);
    if (drops && context.denyNonFastForwards) return 'non-fast-forward';
  }
  return current === undefined && repository.refs.clashOf(ref) !== undefined
    ? 'failed to update ref'
    : undefined;
}

/** A new repository's HEAD is its main branch or, without one, the first branch that arrived. */
function chooseHead(repository: Repository, done: readonly RefCommand[]): void {
  if (repository.refs.get(repository.head) !== undefined) return;
  const branches = done.map(({ ref }) => ref).filter((ref) => ref.startsWith('refs/heads/'));
  repository.head = branches.find((ref) => ref === 'refs/heads/master') ?? branches[0] ?? repository.head;
}
