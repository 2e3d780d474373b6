import {
  type ConflictKind,
  type GitObject,
  type MergeConflict,
  type MergedTrees,
  mergeTrees,
  type ObjectId,
  type SideChange,
} from '../wire/git/index.ts';
import { gitErrors } from './errors.ts';
import type { RemoteObjects } from './objects.ts';

/** Three trees; ours is what the branch holds, theirs what is to be joined with it. */
export interface MergeSides {
  readonly base: ObjectId | undefined;
  readonly ours: ObjectId;
  readonly theirs: ObjectId;
}

/** How a message calls the two sides. */
export interface MergeNames {
  readonly branch: string;
  /** The commit that the branch is at. */
  readonly head: string;
  /** The message of the commit that is to be joined. */
  readonly subject: string;
}

/** Objects that exist only here. */
export interface LocalObjects {
  get(id: ObjectId): GitObject | undefined;
}

/** Where objects come from: some exist only here. */
export interface MergeObjects {
  readonly objects: LocalObjects;
  readonly source: RemoteObjects;
}

/** Paths that a message about a conflict names. */
const maxShownPaths = 20;
const maxSubjectLength = 72;

/** Merges, or says where and how the two sides differ. Errors: git.conflict with the paths; those of the source. */
export async function mergeOrThrow(
  sides: MergeSides,
  names: MergeNames,
  from: MergeObjects,
  signal: AbortSignal,
): Promise<MergedTrees> {
  const merged = await mergeTrees(sides, { read: (ids) => readObjects(ids, from, signal) });
  if (merged.conflicts.length === 0) return merged;
  throw conflictError(merged.conflicts, names);
}

function conflictError(conflicts: readonly MergeConflict[], { branch, head, subject }: MergeNames): Error {
  const [firstLine = ''] = subject.split('\n');
  const own = JSON.stringify(firstLine.slice(0, maxSubjectLength));
  const shown = conflicts.slice(0, maxShownPaths).map(describeConflict);
  const more = conflicts.length > shown.length ? ` and ${conflicts.length - shown.length} more` : '';
  const where = `branch ${JSON.stringify(branch)} at ${head.slice(0, 10)} and the commit ${own}`;
  return gitErrors.create('git.conflict', `${where} changed the same places: ${shown.join('; ')}${more}`, {
    data: { paths: conflicts.slice(0, maxShownPaths).map(({ path }) => path), branch, head },
  });
}

/** The path, and what became of it on either side. */
function describeConflict({ path, kind, ours, theirs }: MergeConflict): string {
  const said = inWords[kind];
  if (said !== undefined) return `${path} (${said})`;
  return `${path} (${describeChange(ours)} on the branch, ${describeChange(theirs)} by the commit)`;
}

/** Conflicts of which it is enough to say what both sides did. */
const inWords: Readonly<Partial<Record<ConflictKind, string>>> = {
  content: 'the same lines changed on both sides',
  binary: 'not text, and changed on both sides',
  mode: 'its mode changed on both sides',
  'both-added': 'added with different content on both sides',
};

function describeChange({ change, to }: SideChange): string {
  return to === undefined ? change : `${change} to ${to}`;
}

async function readObjects(
  ids: readonly ObjectId[],
  from: MergeObjects,
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectId, GitObject>> {
  const found = new Map<ObjectId, GitObject>();
  const remote: ObjectId[] = [];
  for (const id of ids) {
    const object = from.objects.get(id);
    if (object === undefined) remote.push(id);
    else found.set(id, object);
  }
  for (const [id, object] of await from.source.read(remote, signal)) found.set(id, object);
  return found;
}
