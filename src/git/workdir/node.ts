/** What a file can be. */
export type LeafMode = 'file' | 'executable' | 'symlink';

/** One entry of a tree in a store of objects. */
export interface StoredEntry {
  readonly name: string;
  readonly kind: LeafMode | 'tree' | 'submodule';
  readonly id: string;
  /** The mode as stored, e.g. "100664"; kept when the tree is written again. */
  readonly mode: string;
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
  /** The mode as stored, where it came from a store. */
  readonly storedMode?: string;
}

/** A commit of another repository; nothing can be read below it. */
export interface Submodule {
  readonly kind: 'submodule';
  readonly id: string;
}

/** Anything that stands in a directory. */
export type Node = Directory | Leaf | Submodule;

/**
 * A directory.
 *
 * `origin` says which stored tree it equals; it is gone after the first change. Without `entries` it has not been read.
 */
export class Directory {
  readonly kind = 'directory';
  #origin: Origin | undefined;
  #entries: Map<string, Node> | undefined;

  constructor(from: Origin | Map<string, Node>) {
    if (from instanceof Map) this.#entries = from;
    else this.#origin = from;
  }

  get origin(): Origin | undefined {
    return this.#origin;
  }

  /** The entries as far as they are known without reading. */
  get known(): ReadonlyMap<string, Node> | undefined {
    return this.#entries;
  }

  /** The entries, read from the store if need be. */
  async load(signal: AbortSignal): Promise<ReadonlyMap<string, Node>> {
    if (this.#entries !== undefined) return this.#entries;
    const origin = this.#origin;
    if (origin === undefined) return new Map();
    const stored = await origin.source.readTree(origin.id, signal);
    // Somebody else may have loaded, and changed, it in the meantime.
    this.#entries ??= new Map(stored.map((entry) => [entry.name, toNode(entry, origin.source)]));
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

  #loaded(): Map<string, Node> {
    if (this.#entries === undefined) throw new Error('a directory was changed before it was loaded');
    return this.#entries;
  }
}

/** An unread directory or an empty one. */
export function createDirectory(from?: Origin): Directory {
  return new Directory(from ?? new Map());
}

/** The bytes of a leaf. */
export async function readLeaf(leaf: Leaf, signal: AbortSignal): Promise<Uint8Array> {
  if (leaf.content instanceof Uint8Array) return leaf.content;
  return leaf.content.source.readBlob(leaf.content.id, signal);
}

function toNode(entry: StoredEntry, source: ObjectSource): Node {
  if (entry.kind === 'tree') return new Directory({ source, id: entry.id });
  if (entry.kind === 'submodule') return { kind: 'submodule', id: entry.id };
  return { kind: 'leaf', mode: entry.kind, content: { source, id: entry.id }, storedMode: entry.mode };
}
