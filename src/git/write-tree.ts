import {
  emptyTreeId,
  encodeTree,
  type GitObject,
  hashObject,
  modeOf,
  type ObjectId,
  parseObjectId,
  type TreeEntry,
} from '../wire/git/index.ts';
import { type Conversion, hasCrlf, isLfsPointer, toRepository } from '../wire/git-files/index.ts';
import { workdirErrors } from './workdir/errors.ts';
import { Directory, type Leaf, type Node, readLeaf, type StoredNode, StoredTree } from './workdir/node.ts';
import { isCleared, meetsCleared, type Overlay, type UntrackedFile } from './workdir/overlay.ts';
import { Level } from './workdir/rule-files.ts';

/** A tree and the objects of it that its store may not have. */
export interface WrittenTree {
  readonly id: ObjectId;
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
  /** Files that git leaves out because of `.gitignore`. */
  readonly ignored: readonly UntrackedFile[];
  /** Changed files that `.gitattributes` give to Git LFS and that are no pointers, sorted. */
  readonly plainLfs: readonly string[];
}

/**
 * The tree that `git add -A` and `git write-tree` would make of a work tree: new files that `.gitignore` names are left
 * out, line endings are converted as `.gitattributes` say, what a sparse checkout does not show stays.
 *
 * What is unchanged is referred to by id without being read; what came from another store is read, because it has to be
 * sent along, and what is read is asked for together. Empty directories are left out.
 *
 * Errors: workdir.unsupported-encoding, workdir.outside-sparse; those of the source.
 */
export async function writeTree(overlay: Overlay, store: string, signal: AbortSignal): Promise<WrittenTree> {
  await overlay.settle(signal);
  const writer = new TreeWriter(overlay, store, signal);
  const id =
    (await writer.directory(overlay.root, overlay.tracked.tree)) ?? writer.add('tree', encodeTree([]));
  const { objects, ignored, plainLfs } = writer;
  return { id, objects, ignored, plainLfs: plainLfs.sort() };
}

/** A file that is to be added. */
interface Addition {
  readonly name: string;
  readonly leaf: Leaf;
  /** What git tracks at its place. */
  readonly tracked: StoredNode | undefined;
  readonly level: Level;
}

class TreeWriter {
  readonly objects = new Map<ObjectId, GitObject>();
  readonly ignored: UntrackedFile[] = [];
  readonly plainLfs: string[] = [];
  readonly #overlay: Overlay;
  readonly #store: string;
  readonly #signal: AbortSignal;

  constructor(overlay: Overlay, store: string, signal: AbortSignal) {
    this.#overlay = overlay;
    this.#store = store;
    this.#signal = signal;
  }

  /** The id of a directory's tree; `undefined` when there is nothing in it. */
  async directory(
    directory: Directory | undefined,
    tracked: StoredTree | undefined,
    at?: { readonly level: Level; readonly name: string },
  ): Promise<ObjectId | undefined> {
    const { cone, rules, tracked: index } = this.#overlay;
    const isSame = tracked !== undefined && directory?.origin?.id === tracked.id;
    const path = at === undefined ? [] : [...at.level.path, at.name];
    if (isSame && !isCleared(index, path))
      return tracked.id === emptyTreeId ? undefined : parseObjectId(tracked.id);
    const nodes: ReadonlyMap<string, Node> = (await directory?.load(this.#signal)) ?? new Map();
    const level = at === undefined ? new Level(rules, nodes) : at.level.below(at.name, nodes);
    const look = cone?.look(level.path) ?? 'whole';
    const stored: ReadonlyMap<string, StoredNode> = (await tracked?.load(this.#signal)) ?? new Map();
    if (look === 'nothing') {
      await this.#assertTracked(nodes, stored, level);
      return tracked === undefined ? undefined : parseObjectId(tracked.id);
    }
    const entries: TreeEntry[] = [];
    const pending: Promise<TreeEntry | undefined>[] =
      look === 'part' ? this.#hidden(nodes, stored, level) : [];
    for (const [name, node] of nodes) {
      const known = this.#unchanged(name, node, stored.get(name), level);
      if (known !== undefined) entries.push(known);
      // All at once, so that what must be read is asked for together.
      else pending.push(this.#entry(name, node, stored.get(name), level));
    }
    for (const entry of await Promise.all(pending)) if (entry !== undefined) entries.push(entry);
    return entries.length === 0 ? undefined : this.add('tree', encodeTree(entries));
  }

  add(type: GitObject['type'], data: Uint8Array): ObjectId {
    const id = hashObject(type, data);
    this.objects.set(id, { type, data });
    return id;
  }

  /** What is as it is tracked: most of every directory. */
  #unchanged(name: string, node: Node, tracked: StoredNode | undefined, level: Level): TreeEntry | undefined {
    const index = this.#overlay.tracked;
    if (index.cleared.length > 0 && meetsCleared(index, [...level.path, name])) return undefined;
    if (node instanceof Directory) {
      const isSame = tracked instanceof StoredTree && node.origin?.id === tracked.id;
      return isSame && tracked.id !== emptyTreeId ? toEntry(name, parseObjectId(tracked.id)) : undefined;
    }
    if (node.kind !== 'leaf' || tracked === undefined || tracked instanceof StoredTree) return undefined;
    if (tracked.kind !== 'leaf' || tracked.mode !== node.mode) return undefined;
    const id = this.#overlay.idOf(node);
    if (id === undefined || id !== this.#overlay.idOf(tracked)) return undefined;
    return { name, mode: modeOf(node.mode), id: parseObjectId(id) };
  }

  async #entry(
    name: string,
    node: Node,
    tracked: StoredNode | undefined,
    level: Level,
  ): Promise<TreeEntry | undefined> {
    if (node instanceof Directory) {
      const below = tracked instanceof StoredTree ? tracked : undefined;
      return toEntry(name, await this.directory(node, below, { level, name }));
    }
    if (node.kind === 'submodule') return { name, mode: modeOf('submodule'), id: parseObjectId(node.id) };
    return await this.#leaf({ name, leaf: node, tracked, level });
  }

  /**
   * Directories that are tracked and not shown: git leaves them as they are. A new file in the place of one is refused:
   * native git takes it, and with that removes files that nobody has seen.
   */
  #hidden(
    nodes: ReadonlyMap<string, Node>,
    stored: ReadonlyMap<string, StoredNode>,
    level: Level,
  ): Promise<TreeEntry | undefined>[] {
    return [...stored].flatMap(([name, tree]) => {
      if (!(tree instanceof StoredTree) || nodes.get(name) instanceof Directory) return [];
      return [
        this.directory(undefined, tree, { level, name }).then(async (id) => {
          if (id !== undefined && nodes.has(name) && !(await level.isIgnored(name, false, this.#signal))) {
            throw inPlace(level, name);
          }
          return toEntry(name, id);
        }),
      ];
    });
  }

  async #leaf(addition: Addition): Promise<TreeEntry | undefined> {
    const { name, leaf, tracked, level } = addition;
    const mode = modeOf(leaf.mode);
    const isTracked =
      tracked !== undefined &&
      !(tracked instanceof StoredTree) &&
      !isCleared(this.#overlay.tracked, [...level.path, name]);
    if (!isTracked && (await level.isIgnored(name, false, this.#signal))) {
      this.ignored.push({ path: [...level.path, name], leaf });
      return undefined;
    }
    const id = await this.#content(isTracked ? addition : { ...addition, tracked: undefined });
    this.#overlay.added.set(leaf, id);
    return { name, mode, id };
  }

  async #content({ name, leaf, tracked, level }: Addition): Promise<ObjectId> {
    const conversion = leaf.mode === 'symlink' ? undefined : await level.conversion(name, this.#signal);
    const isHere = !(leaf.content instanceof Uint8Array) && leaf.content.source.store === this.#store;
    const isForLfs = conversion?.isLfs === true && leaf.isLfs !== true;
    if (isHere && !converts(conversion) && !isForLfs) return idOf(leaf);
    const content = await readLeaf(leaf, this.#signal);
    if (isForLfs && !isLfsPointer(content)) this.plainLfs.push([...level.path, name].join('/'));
    if (conversion?.encoding !== undefined) {
      const what = `${showPath(level, name)} would have to be written as ${JSON.stringify(conversion.encoding)}`;
      throw workdirErrors.create('workdir.unsupported-encoding', what);
    }
    const stored =
      conversion === undefined
        ? content
        : await toRepository(content, conversion, async () => {
            const isFile = tracked?.kind === 'leaf' && tracked.mode !== 'symlink';
            return isFile && hasCrlf(await readLeaf(tracked, this.#signal));
          });
    return isHere && stored === content ? idOf(leaf) : this.add('blob', stored);
  }

  /** Outside a sparse checkout git keeps what it tracks, and refuses what is new. */
  async #assertTracked(
    nodes: ReadonlyMap<string, Node>,
    stored: ReadonlyMap<string, StoredNode>,
    level: Level,
  ): Promise<void> {
    for (const [name, node] of nodes) {
      const tracked = stored.get(name);
      if (node instanceof Directory) {
        const entries = await node.load(this.#signal);
        const below = tracked instanceof StoredTree ? await tracked.load(this.#signal) : new Map();
        await this.#assertTracked(entries, below, level.below(name, entries));
      } else if (tracked === undefined || tracked instanceof StoredTree) {
        if (!(await level.isIgnored(name, false, this.#signal))) throw outside(level, name);
      }
    }
  }
}

function outside(level: Level, name: string): Error {
  const what = `${showPath(level, name)} is outside the directories of the sparse checkout`;
  return workdirErrors.create('workdir.outside-sparse', what);
}

function inPlace(level: Level, name: string): Error {
  const what = `${showPath(level, name)} is in the place of a directory with files that the sparse checkout does not show`;
  return workdirErrors.create('workdir.outside-sparse', what);
}

function toEntry(name: string, id: ObjectId | undefined): TreeEntry | undefined {
  return id === undefined ? undefined : { name, mode: modeOf('tree'), id };
}

/** Of a leaf that is kept by reference. */
function idOf({ content }: Leaf): ObjectId {
  if (content instanceof Uint8Array) throw new Error('a file of this process has no id yet');
  return parseObjectId(content.id);
}

function converts(conversion: Conversion | undefined): boolean {
  if (conversion === undefined) return false;
  const { lineEndings, hasIdent, encoding } = conversion;
  return lineEndings !== 'as-is' || hasIdent || encoding !== undefined;
}

function showPath(level: Level, name: string): string {
  return JSON.stringify([...level.path, name].join('/'));
}

/** The files of a work tree that git does not track because `.gitignore` names them. */
export async function listIgnored(overlay: Overlay, signal: AbortSignal): Promise<readonly UntrackedFile[]> {
  await overlay.settle(signal);
  const ignored: UntrackedFile[] = [];
  const visit = async (
    directory: Directory,
    tracked: StoredTree | undefined,
    above?: { readonly level: Level; readonly name: string },
  ): Promise<void> => {
    const path = above === undefined ? [] : [...above.level.path, above.name];
    const isGone = isCleared(overlay.tracked, path);
    const isSame = tracked !== undefined && directory.origin?.id === tracked.id;
    if (isSame && !meetsCleared(overlay.tracked, path)) return;
    const nodes = await directory.load(signal);
    const level =
      above === undefined ? new Level(overlay.rules, nodes) : above.level.below(above.name, nodes);
    const stored = await tracked?.load(signal);
    for (const [name, node] of nodes) {
      const known = stored?.get(name);
      if (node instanceof Directory) {
        await visit(node, known instanceof StoredTree ? known : undefined, { level, name });
      } else if (node.kind === 'leaf' && (isGone || known?.kind !== 'leaf')) {
        if (await level.isIgnored(name, false, signal))
          ignored.push({ path: [...level.path, name], leaf: node });
      }
    }
  };
  await visit(overlay.root, overlay.tracked.tree);
  return ignored;
}
