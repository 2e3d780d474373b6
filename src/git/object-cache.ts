import { LRUCache } from 'lru-cache';
import type { GitObject, ObjectId } from '../wire/git/index.ts';

/** What one object costs beside its bytes. */
const overheadBytes = 200;

/**
 * Objects by remote and id, bounded by bytes for all remotes of the process together.
 *
 * Guarantees: what came from one remote is never served for another, which could claim to have whatever it knows the id of.
 * Which identity may see what of a remote is not decided here: objects are reached only from commits that it was shown.
 */
export class ObjectCache {
  readonly #objects: LRUCache<string, GitObject>;

  constructor(maxBytes: number) {
    this.#objects = new LRUCache({
      maxSize: maxBytes,
      // A single large file must not push everything else out.
      maxEntrySize: Math.floor(maxBytes / 8),
      sizeCalculation: (object) => object.data.length + overheadBytes,
    });
  }

  get(store: string, id: ObjectId): GitObject | undefined {
    return this.#objects.get(keyOf(store, id));
  }

  add(store: string, id: ObjectId, object: GitObject): void {
    // Parts of a pack share its memory; a copy of small ones lets the pack go.
    const data = Uint8Array.prototype.slice.call(object.data);
    this.#objects.set(keyOf(store, id), { type: object.type, data });
  }
}

function keyOf(store: string, id: ObjectId): string {
  return `${id} ${store}`;
}
