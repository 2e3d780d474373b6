import { gitWireErrors } from './errors.ts';
import { mergeText } from './merge-text.ts';
import { emptyTreeId, type GitObject, hashObject, type ObjectId } from './object-id.ts';
import { decodeTree, encodeTree, kindOf, type TreeEntry } from './tree.ts';

/** Gives objects by id, all that one step of a merge needs at once. */
export interface ObjectSource {
  read(ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, GitObject>>;
}

/** Why two sides cannot be joined at a path. */
export type ConflictKind =
  | 'content'
  | 'binary'
  | 'both-added'
  | 'changed-and-deleted'
  | 'file-and-directory'
  | 'mode'
  | 'symlink'
  | 'submodule'
  | 'renamed'
  | 'directory-renamed';

/** What one side did at a path. */
export interface SideChange {
  readonly change: 'added' | 'changed' | 'deleted' | 'renamed' | 'unchanged';
  /** Where it went, when it was renamed. */
  readonly to?: string;
}

/** A path at which both sides changed in different ways. */
export interface MergeConflict {
  readonly path: string;
  readonly kind: ConflictKind;
  readonly ours: SideChange;
  readonly theirs: SideChange;
}

/** The result of a merge. */
export interface MergedTrees {
  /** The merged tree; at conflicts it holds our side, so it is of use only when there are none. */
  readonly tree: ObjectId;
  /** Objects that the merge made and the source did not give. */
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
  /** Sorted by path. */
  readonly conflicts: readonly MergeConflict[];
}

/** Three trees; an absent base is an empty one. */
export interface MergeInput {
  readonly base: ObjectId | undefined;
  readonly ours: ObjectId;
  readonly theirs: ObjectId;
}

/** Where a rename may be behind what looks otherwise. */
export interface Suspects {
  /** Paths of files, or of whole directories, that are gone on a side although the other side did something there. */
  readonly gone: {
    readonly path: string;
    readonly entry: TreeEntry;
    readonly side: 'ours' | 'theirs' | 'both';
  }[];
  /** Files that one side put into a directory that the other side has no more. */
  readonly stray: { readonly path: string; readonly folder: string; readonly gone: 'ours' | 'theirs' }[];
}

/** A merge in which renames are what they look like: a file that is gone, and another that is new. */
export interface MergePass extends MergedTrees {
  readonly suspects: Suspects;
}

type Side = TreeEntry | undefined;

/** A directory that is being merged; `entries` are settled, the rest waits for what is below. */
interface Folder {
  readonly path: string;
  readonly name: string;
  readonly parent: Folder | undefined;
  readonly ids: readonly [ObjectId | undefined, ObjectId | undefined, ObjectId | undefined];
  readonly entries: TreeEntry[];
}

interface FileMerge {
  readonly folder: Folder;
  readonly path: string;
  readonly base: TreeEntry;
  readonly ours: TreeEntry;
  readonly theirs: TreeEntry;
}

/**
 * Merges two trees with a common base: by id, so that only directories that both sides changed are read, and blobs only
 * where both sides changed the same file. Renames are not followed, but noticed.
 *
 * Limits: one read per level of directories, one for all blobs.
 * Errors: git-wire.base-missing when the source does not give an object; the source's own.
 */
export async function mergePass(trees: MergeInput, source: ObjectSource): Promise<MergePass> {
  const { base, ours, theirs } = trees;
  const settled = ours === theirs || base === theirs ? ours : base === ours ? theirs : undefined;
  if (settled === undefined) return new TreeMerge(source).run([base, ours, theirs]);
  return { tree: settled, objects: new Map(), conflicts: [], suspects: { gone: [], stray: [] } };
}

class TreeMerge {
  readonly #source: ObjectSource;
  readonly #objects = new Map<ObjectId, GitObject>();
  readonly #conflicts: MergeConflict[] = [];
  readonly #files: FileMerge[] = [];
  readonly #suspects: Suspects = { gone: [], stray: [] };

  constructor(source: ObjectSource) {
    this.#source = source;
  }

  async run(ids: Folder['ids']): Promise<MergePass> {
    const root: Folder = { path: '', name: '', parent: undefined, ids, entries: [] };
    const folders: Folder[] = [];
    for (let level = [root]; level.length > 0; ) {
      folders.push(...level);
      level = await this.#mergeLevel(level);
    }
    await this.#mergeFiles();
    let tree = emptyTreeId;
    for (const folder of folders.reverse()) {
      const id = this.#write('tree', encodeTree(folder.entries));
      if (folder.parent === undefined) tree = id;
      else if (folder.entries.length > 0)
        folder.parent.entries.push({ mode: '40000', name: folder.name, id });
    }
    const conflicts = this.#conflicts.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { tree, objects: this.#objects, conflicts, suspects: this.#suspects };
  }

  async #mergeLevel(level: readonly Folder[]): Promise<Folder[]> {
    const ids = level.flatMap((folder) => folder.ids).filter((id) => id !== undefined && id !== emptyTreeId);
    const found = await this.#read(ids as ObjectId[]);
    const below: Folder[] = [];
    for (const folder of level) {
      const [base, ours, theirs] = readSides(found, folder.ids);
      for (const [name, sides] of sidesOf(base, ours, theirs)) {
        const next = this.#mergeEntry(folder, name, sides);
        if (next !== undefined) below.push(next);
      }
    }
    return below;
  }

  /** Settles an entry, or gives the directory to go on with. */
  #mergeEntry(folder: Folder, name: string, sides: readonly [Side, Side, Side]): Folder | undefined {
    const [base, ours, theirs] = sides;
    if (base !== undefined && isSame(base, ours) && isSame(base, theirs)) {
      // Most of a directory: nothing happened to it.
      folder.entries.push(base);
      return undefined;
    }
    const path = folder.path === '' ? name : `${folder.path}/${name}`;
    const keep = (entry: Side): undefined => {
      if (entry !== undefined) folder.entries.push(entry);
    };
    this.#suspect(folder, path, sides);
    if (isSame(ours, theirs) || isSame(base, theirs)) return keep(ours);
    if (isSame(base, ours)) return keep(theirs);
    const isTreeOrAbsent = (side: Side): boolean => side === undefined || kindOf(side.mode) === 'tree';
    if (isTreeOrAbsent(ours) && isTreeOrAbsent(theirs)) {
      const baseTree = isTreeOrAbsent(base) ? base?.id : undefined;
      return { path, name, parent: folder, ids: [baseTree, ours?.id, theirs?.id], entries: [] };
    }
    const kind = conflictOf(base, ours, theirs);
    if (kind === undefined && base && ours && theirs) {
      this.#files.push({ folder, path, base, ours, theirs });
      return undefined;
    }
    this.#conflict(path, kind ?? 'content', sides);
    return keep(ours);
  }

  #suspect(folder: Folder, path: string, [base, ours, theirs]: readonly [Side, Side, Side]): void {
    const { gone, stray } = this.#suspects;
    if (base !== undefined && isSame(ours, theirs)) {
      // Both removed it, or both made the same of the directory that it was in.
      const isHidden = ours === undefined || kindOf(base.mode) === 'tree';
      if (isHidden && !isSame(base, ours)) gone.push({ path, entry: base, side: 'both' });
    } else if (base !== undefined && kindOf(base.mode) !== 'tree') {
      if (ours === undefined && !isSame(base, theirs)) gone.push({ path, entry: base, side: 'ours' });
      if (theirs === undefined && !isSame(base, ours)) gone.push({ path, entry: base, side: 'theirs' });
    }
    const [inBase, inOurs, inTheirs] = folder.ids;
    if (base !== undefined || inBase === undefined) return;
    // A directory that is new stays where it is, as git has it.
    if (inOurs === undefined && isFile(theirs)) stray.push({ path, folder: folder.path, gone: 'ours' });
    if (inTheirs === undefined && isFile(ours)) stray.push({ path, folder: folder.path, gone: 'theirs' });
  }

  #conflict(path: string, kind: ConflictKind, [base, ours, theirs]: readonly [Side, Side, Side]): void {
    this.#conflicts.push({ path, kind, ours: changeOf(base, ours), theirs: changeOf(base, theirs) });
  }

  async #mergeFiles(): Promise<void> {
    const ids = this.#files.flatMap(({ base, ours, theirs }) =>
      isOneSided(base.id, ours.id, theirs.id) ? [] : [base.id, ours.id, theirs.id],
    );
    const found = await this.#read(ids);
    for (const { folder, path, base, ours, theirs } of this.#files) {
      const mode = pick(base.mode, ours.mode, theirs.mode);
      if (mode === undefined) this.#conflict(path, 'mode', [base, ours, theirs]);
      const id = pick(base.id, ours.id, theirs.id) ?? this.#mergeBlobs(path, found, [base, ours, theirs]);
      folder.entries.push({ mode: mode ?? ours.mode, name: ours.name, id });
    }
  }

  #mergeBlobs(
    path: string,
    found: ReadonlyMap<ObjectId, GitObject>,
    sides: readonly [TreeEntry, TreeEntry, TreeEntry],
  ): ObjectId {
    const [base, ours, theirs] = sides;
    const merged = mergeText(dataOf(found, base.id), dataOf(found, ours.id), dataOf(found, theirs.id));
    if (merged.kind === 'merged') return this.#write('blob', merged.data);
    this.#conflict(path, merged.reason, sides);
    return ours.id;
  }

  async #read(ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, GitObject>> {
    return ids.length === 0 ? new Map() : this.#source.read([...new Set(ids)]);
  }

  #write(type: 'tree' | 'blob', data: Buffer): ObjectId {
    const id = hashObject(type, data);
    this.#objects.set(id, { type, data });
    return id;
  }
}

function conflictOf(base: Side, ours: Side, theirs: Side): ConflictKind | undefined {
  const present = [ours, theirs].filter((side) => side !== undefined);
  const kinds = present.map((side) => kindOf(side.mode));
  if (kinds.includes('tree')) return 'file-and-directory';
  if (kinds.includes('submodule')) return 'submodule';
  if (present.length < 2) return 'changed-and-deleted';
  if (kinds.includes('symlink')) return 'symlink';
  if (base === undefined) return 'both-added';
  const baseKind = kindOf(base.mode);
  return baseKind === 'file' || baseKind === 'executable' ? undefined : 'both-added';
}

function changeOf(base: Side, side: Side): SideChange {
  if (side === undefined) return { change: base === undefined ? 'unchanged' : 'deleted' };
  if (base === undefined) return { change: 'added' };
  return { change: isSame(base, side) ? 'unchanged' : 'changed' };
}

function isFile(side: Side): boolean {
  return side !== undefined && kindOf(side.mode) !== 'tree';
}

function isSame(a: Side, b: Side): boolean {
  return a?.id === b?.id && a?.mode === b?.mode;
}

function isOneSided(base: string, ours: string, theirs: string): boolean {
  return pick(base, ours, theirs) !== undefined;
}

/** The value that a three-way merge takes; `undefined` when both sides changed it differently. */
function pick<Value extends string>(base: Value, ours: Value, theirs: Value): Value | undefined {
  if (ours === theirs || base === theirs) return ours;
  return base === ours ? theirs : undefined;
}

type Entries = ReadonlyMap<string, TreeEntry>;

function readSides(found: ReadonlyMap<ObjectId, GitObject>, ids: Folder['ids']): [Entries, Entries, Entries] {
  const [base, ours, theirs] = ids;
  return [readEntries(found, base), readEntries(found, ours), readEntries(found, theirs)];
}

/** Every name with what it stands for on each side. */
function* sidesOf(
  base: Entries,
  ours: Entries,
  theirs: Entries,
): Generator<readonly [string, readonly [Side, Side, Side]]> {
  for (const [name, entry] of base) yield [name, [entry, ours.get(name), theirs.get(name)]];
  for (const [name, entry] of ours) {
    if (!base.has(name)) yield [name, [undefined, entry, theirs.get(name)]];
  }
  for (const [name, entry] of theirs) {
    if (!base.has(name) && !ours.has(name)) yield [name, [undefined, undefined, entry]];
  }
}

function readEntries(found: ReadonlyMap<ObjectId, GitObject>, id: ObjectId | undefined): Entries {
  const entries = new Map<string, TreeEntry>();
  if (id === undefined || id === emptyTreeId) return entries;
  for (const entry of decodeTree(dataOf(found, id))) entries.set(entry.name, entry);
  return entries;
}

function dataOf(found: ReadonlyMap<ObjectId, GitObject>, id: ObjectId): Uint8Array {
  const object = found.get(id);
  if (object) return object.data;
  throw gitWireErrors.create('git-wire.base-missing', `the object ${id} is needed for a merge and missing`);
}
