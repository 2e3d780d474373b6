import { Signers } from '../../src/git/signing/signer.ts';
import { toStoredEntries } from '../../src/git/stored-entries.ts';
import type { LeafMode, ObjectSource, StoredEntry } from '../../src/git/workdir/node.ts';
import { GitWorktree } from '../../src/git/worktree.ts';
import {
  encodeTree,
  type GitObject,
  hashObject,
  modeOf,
  type ObjectId,
  parseObjectId,
} from '../../src/wire/git/index.ts';

/** A file of a tree for a test: text, or a file of another mode; the text of a submodule is its commit. */
export type FileDraft = string | { readonly mode: LeafMode | 'submodule'; readonly text: string };

/** Git objects in memory that count how often they are read. */
export class MemoryObjects implements ObjectSource {
  readonly store: string;
  /** What was read, in order: "tree" or "blob". */
  readonly reads: string[] = [];
  readonly #objects = new Map<string, GitObject>();

  constructor(store: string) {
    this.store = store;
  }

  get objects(): readonly GitObject[] {
    return [...this.#objects.values()];
  }

  /** Adds a tree of files; gives its id. */
  addTree(files: Readonly<Record<string, FileDraft>>): ObjectId {
    const names = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''));
    const entries = [...names].map((name) => {
      const file = files[name];
      if (file !== undefined) {
        const { mode, text } = typeof file === 'string' ? { mode: 'file' as const, text: file } : file;
        const id = mode === 'submodule' ? parseObjectId(text) : this.#add('blob', Buffer.from(text));
        return { name, mode: modeOf(mode), id };
      }
      const below = Object.entries(files).filter(([path]) => path.startsWith(`${name}/`));
      const id = this.addTree(
        Object.fromEntries(below.map(([path, draft]) => [path.slice(name.length + 1), draft])),
      );
      return { name, mode: modeOf('tree'), id };
    });
    return this.#add('tree', encodeTree(entries));
  }

  readTree(id: string): Promise<readonly StoredEntry[]> {
    this.reads.push('tree');
    return Promise.resolve(toStoredEntries(this.#expect(id).data));
  }

  readBlob(id: string): Promise<Uint8Array> {
    this.reads.push('blob');
    return Promise.resolve(this.#expect(id).data);
  }

  prefetchTrees(): Promise<void> {
    return Promise.resolve();
  }

  #add(type: GitObject['type'], data: Uint8Array): ObjectId {
    const id = hashObject(type, data);
    this.#objects.set(id, { type, data });
    return id;
  }

  #expect(id: string): GitObject {
    const object = this.#objects.get(id);
    if (object === undefined) throw new Error(`there is no object ${id}`);
    return object;
  }
}

/** A work tree of these files on a branch "main"; nothing of it is pushed anywhere. */
export function createMemoryWorktree(
  files: Readonly<Record<string, FileDraft>>,
  source: MemoryObjects = new MemoryObjects('https://git.example/demo'),
  options: { readonly commit?: string; readonly sparse?: readonly string[] } = {},
): GitWorktree {
  const { commit = '1'.repeat(40), ...rest } = options;
  const anchor = { commit: parseObjectId(commit), tree: source.addTree(files) };
  return new GitWorktree({
    remote: { url: source.store },
    branch: 'main',
    anchor,
    sourceOf: () => source,
    signers: new Signers(),
    ...rest,
  });
}
