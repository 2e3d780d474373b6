import { LRUCache } from 'lru-cache';
import type { GitObject, ObjectId } from '../wire/git/index.ts';

/** What one object costs beside its bytes. */
const overheadBytes = 200;

/**
 * Objects by id, bounded by bytes, shared by all repositories of the process: an id is the hash of what it names.
 *
 * Who may see what is not decided here: objects are reached only from commits that an identity has resolved.
 */
export class ObjectCache {
  readonly #objects: LRUCache<ObjectId, GitObject>;

  constructor(maxBytes: number) {
    this.#objects = new LRUCache({
      maxSize: maxBytes,
      // A single large file must not push everything else out.
      maxEntrySize: Math.floor(maxBytes / 8),
      sizeCalculation: (object) => object.data.length + overheadBytes,
    });
  }

  get(id: ObjectId): GitObject | undefined {
    return this.#objects.get(id);
  }

  add(id: ObjectId, object: GitObject): void {
    // Parts of a pack share its memory; a copy of small ones lets the pack go.
    this.#objects.set(id, { type: object.type, data: Uint8Array.prototype.slice.call(object.data) });
  }
}
