import { Signers } from '../../src/git/signing/signer.ts';
import type { LeafMode, ObjectSource, StoredEntry } from '../../src/git/workdir/node.ts';
import { GitWorktree } from '../../src/git/worktree.ts';
import {
  decodeTree,
  encodeTree,
  type GitObject,
  hashObject,
  kindOf,
  modeOf,
  type ObjectId,
  parseObjectId,
} from '../../src/wire/git/index.ts';

/** A file of a tree for a test: text, or a file of another mode. */
export type FileDraft = string | { readonly mode: LeafMode; readonly text: string };

/** Git objects in memory that count how often they are read. */
export class MemoryObjects implements ObjectSource {
  readonly store: string;
  /** What was read, in order: "tree" or "blob". */
  readonly reads: string[] = [];
  readonly #objects = new Map<string, GitObject>();

  constructor(store: string) {
    this.store = store;
  }

  /** Adds a tree of files; gives its id. */
  addTree(files: Readonly<Record<string, FileDraft>>): ObjectId {
    const names = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''));
    const entries = [...names].map((name) => {
      const file = files[name];
      if (file !== undefined) {
        const { mode, text } = typeof file === 'string' ? { mode: 'file' as const, text: file } : file;
        return { name, mode: modeOf(mode), id: this.#add('blob', Buffer.from(text)) };
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
    const entries = decodeTree(this.#expect(id).data);
    return Promise.resolve(entries.map((entry) => ({ ...entry, kind: kindOf(entry.mode) })));
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
): GitWorktree {
  const anchor = { commit: parseObjectId('1'.repeat(40)), tree: source.addTree(files) };
  return new GitWorktree({
    remote: { url: source.store },
    branch: 'main',
    anchor,
    source,
    signers: new Signers(),
  });
}
