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
import { Directory, type Leaf, type Node, readLeaf } from './workdir/node.ts';

/** A tree and the objects of it that its store may not have. */
export interface WrittenTree {
  readonly id: ObjectId;
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
}

/**
 * The tree object of a directory. What is unchanged is referred to by id without being read; what came from another
 * store is read, because it has to be sent along. Empty directories are left out.
 */
export async function writeTree(root: Directory, store: string, signal: AbortSignal): Promise<WrittenTree> {
  const writer = new TreeWriter(store, signal);
  const id = (await writer.directory(root)) ?? writer.add('tree', encodeTree([]));
  return { id, objects: writer.objects };
}

class TreeWriter {
  readonly objects = new Map<ObjectId, GitObject>();
  readonly #store: string;
  readonly #signal: AbortSignal;

  constructor(store: string, signal: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
  }

  /** The id of a directory's tree; `undefined` when there is nothing in it. */
  async directory(directory: Directory): Promise<ObjectId | undefined> {
    const { origin } = directory;
    if (origin?.source.store === this.#store) {
      return origin.id === emptyTreeId ? undefined : parseObjectId(origin.id);
    }
    const entries: TreeEntry[] = [];
    for (const [name, node] of await directory.load(this.#signal)) {
      const entry = await this.#entry(name, node);
      if (entry !== undefined) entries.push(entry);
    }
    return entries.length === 0 ? undefined : this.add('tree', encodeTree(entries));
  }

  add(type: GitObject['type'], data: Uint8Array): ObjectId {
    const id = hashObject(type, data);
    this.objects.set(id, { type, data });
    return id;
  }

  async #entry(name: string, node: Node): Promise<TreeEntry | undefined> {
    if (node instanceof Directory) {
      const id = await this.directory(node);
      return id === undefined ? undefined : { name, mode: modeOf('tree'), id };
    }
    if (node.kind === 'submodule') {
      return { name, mode: modeOf('submodule'), id: parseObjectId(node.id) };
    }
    return { name, mode: node.storedMode ?? modeOf(node.mode), id: await this.#leaf(node) };
  }

  async #leaf(leaf: Leaf): Promise<ObjectId> {
    const { content } = leaf;
    if (!(content instanceof Uint8Array) && content.source.store === this.#store)
      return parseObjectId(content.id);
    return this.add('blob', await readLeaf(leaf, this.#signal));
  }
}
