import type { SparseCone } from '../../wire/git-files/index.ts';

/** What a file can be. */
export type LeafMode = 'file' | 'executable' | 'symlink';

/** One entry of a tree in a store of objects. */
export interface StoredEntry {
  readonly name: string;
  readonly kind: LeafMode | 'tree' | 'submodule';
  readonly id: string;
}

/** Where lazily read files and directories come from; ids are those of git objects. */
export interface ObjectSource {
  /** Names the repository: objects of one store can be referred to from any tree of the same store. */
  readonly store: string;
  readTree(id: string, signal: AbortSignal): Promise<readonly StoredEntry[]>;
  readBlob(id: string, signal: AbortSignal): Promise<Uint8Array>;
  /** A hint that a tree is about to be read with all trees below it. */
  prefetchTrees(id: string, signal: AbortSignal): Promise<void>;
}

/** An object in its store. */
export interface Origin {
  readonly source: ObjectSource;
  readonly id: string;
}

/** A file or symlink; immutable. `content` is a reference until somebody reads it. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly mode: LeafMode;
  readonly content: Uint8Array | Origin;
  /**
   * It stands where it was checked out, so that the attributes there say how it looks in a work tree; everywhere else
   * the content is the file's own.
   */
  readonly isCheckedOut: boolean;
  /** A copy of a file that Git LFS keeps; the content is its pointer. */
  readonly isLfs?: boolean;
}

/** A commit of another repository; nothing can be read below it. */
export interface Submodule {
  readonly kind: 'submodule';
  readonly id: string;
}

/** What stands in a stored tree. */
export type StoredNode = StoredTree | Leaf | Submodule;

/** Anything that stands in a directory. */
export type Node = Directory | Leaf | Submodule;

/** A directory as stored: never changes, is read once, and is shared by everything that stands on it. */
export class StoredTree {
  readonly kind = 'tree';
  readonly source: ObjectSource;
  readonly id: string;
  #entries: ReadonlyMap<string, StoredNode> | undefined;

  constructor({ source, id }: Origin) {
    this.source = source;
    this.id = id;
  }

  /** The entries, read from the store if need be. */
  async load(signal: AbortSignal): Promise<ReadonlyMap<string, StoredNode>> {
    if (this.#entries !== undefined) return this.#entries;
    const stored = await this.source.readTree(this.id, signal);
    // Somebody else may have loaded it in the meantime.
    this.#entries ??= new Map(stored.map((entry) => [entry.name, toStoredNode(entry, this.source)]));
    return this.#entries;
  }
}

/** Which part of a tree a sparse checkout shows. */
export interface SparseView {
  readonly cone: SparseCone;
  readonly path: readonly string[];
}

/**
 * A directory.
 *
 * `origin` says which stored tree it equals; it is gone after the first change. Without `entries` it has not been read.
 * With a `view`, the entries are those that the view shows, and `origin` is the whole tree nevertheless.
 */
export class Directory {
  readonly kind = 'directory';
  readonly view: SparseView | undefined;
  #origin: StoredTree | undefined;
  #entries: Map<string, Node> | undefined;

  constructor(from: StoredTree | undefined, view?: SparseView) {
    if (from === undefined) this.#entries = new Map();
    this.#origin = from;
    this.view = view !== undefined && view.cone.look(view.path) === 'part' ? view : undefined;
  }

  get origin(): StoredTree | undefined {
    return this.#origin;
  }

  /** The entries as far as they are known without reading. */
  get known(): ReadonlyMap<string, Node> | undefined {
    return this.#entries;
  }

  /** The entries, read from the store if need be. */
  async load(signal: AbortSignal): Promise<ReadonlyMap<string, Node>> {
    if (this.#entries !== undefined) return this.#entries;
    const stored = await this.#origin?.load(signal);
    // Somebody else may have loaded, and changed, it in the meantime.
    this.#entries ??= this.#show(stored ?? new Map());
    return this.#entries;
  }

  /** Sets or removes an entry; the directory must have been loaded. */
  change(name: string, node: Node | undefined): void {
    const entries = this.#loaded();
    if (node === undefined) entries.delete(name);
    else entries.set(name, node);
    this.#origin = undefined;
  }

  /** Says that something below has changed. */
  touch(): void {
    this.#loaded();
    this.#origin = undefined;
  }

  /** Removes everything. */
  clear(): void {
    this.#entries = new Map();
    this.#origin = undefined;
  }

  #show(stored: ReadonlyMap<string, StoredNode>): Map<string, Node> {
    const entries = new Map<string, Node>();
    for (const [name, node] of stored) {
      if (!(node instanceof StoredTree)) entries.set(name, node);
      else if (this.view === undefined) entries.set(name, new Directory(node));
      else {
        const view = { cone: this.view.cone, path: [...this.view.path, name] };
        if (view.cone.look(view.path) !== 'nothing') entries.set(name, new Directory(node, view));
      }
    }
    return entries;
  }

  #loaded(): Map<string, Node> {
    if (this.#entries === undefined) throw new Error('a directory was changed before it was loaded');
    return this.#entries;
  }
}

/** The bytes of a leaf as they are kept. */
export async function readLeaf(leaf: Leaf, signal: AbortSignal): Promise<Uint8Array> {
  if (leaf.content instanceof Uint8Array) return leaf.content;
  return leaf.content.source.readBlob(leaf.content.id, signal);
}

function toStoredNode(entry: StoredEntry, source: ObjectSource): StoredNode {
  if (entry.kind === 'tree') return new StoredTree({ source, id: entry.id });
  if (entry.kind === 'submodule') return { kind: 'submodule', id: entry.id };
  return { kind: 'leaf', mode: entry.kind, content: { source, id: entry.id }, isCheckedOut: true };
}
