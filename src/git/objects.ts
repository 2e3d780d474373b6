import { LRUCache } from 'lru-cache';
import type { GitRemote } from '../ports/index.ts';
import {
  type Commit,
  decodeCommit,
  decodeTree,
  emptyTreeId,
  type GitObject,
  kindOf,
  type ObjectId,
  parseObjectId,
} from '../wire/git/index.ts';
import { Batches } from './batches.ts';
import type { DiskCache } from './disk-cache.ts';
import { gitErrors } from './errors.ts';
import type { ObjectCache } from './object-cache.ts';
import { toStoredEntries } from './stored-entries.ts';
import { together } from './together.ts';
import type { GitTransport } from './transport.ts';
import { describeUrl, parseRemoteUrl } from './url.ts';
import type { ObjectSource, StoredEntry } from './workdir/node.ts';

/** What objects are read through. */
export interface RemoteObjectsDeps {
  readonly transport: GitTransport;
  readonly cache: ObjectCache;
  readonly disk: DiskCache | undefined;
}

/** What is asked for in one request. */
interface ObjectsRequest {
  readonly wants: readonly ObjectId[];
  readonly haves?: readonly ObjectId[];
  readonly depth?: number;
  readonly filter: string;
}

/** Commits that are remembered per remote and identity. */
const maxRoots = 8;

/**
 * The objects of one remote for one identity, read through the cache.
 *
 * Reads that are asked for at the same time become one request, whoever asks. Callers start from commits to which access
 * is proven.
 */
export class RemoteObjects implements ObjectSource {
  readonly store: string;
  #remote: GitRemote;
  readonly #transport: GitTransport;
  readonly #cache: ObjectCache;
  readonly #disk: DiskCache | undefined;
  readonly #batches = new Batches((wants, signal) => this.#fetchMissing(wants, signal));
  readonly #fetches = together<ReadonlyMap<ObjectId, GitObject>>();
  /** Commits that were fetched lately: where trees and files have no ids to ask by, they come with these again. */
  readonly #roots = new LRUCache<ObjectId, true>({ max: maxRoots });

  constructor(remote: GitRemote, { transport, cache, disk }: RemoteObjectsDeps) {
    this.store = parseRemoteUrl(remote).store;
    this.#remote = remote;
    this.#transport = transport;
    this.#cache = cache;
    this.#disk = disk;
  }

  /** From now on asks with this credential of the same identity. */
  use(remote: GitRemote): void {
    this.#remote = remote;
  }

  async readTree(id: string, signal: AbortSignal): Promise<readonly StoredEntry[]> {
    if (id === emptyTreeId) return [];
    const object = await this.#readOne(parseObjectId(id), 'tree', signal);
    return toStoredEntries(object.data);
  }

  async readBlob(id: string, signal: AbortSignal): Promise<Uint8Array> {
    return (await this.#readOne(parseObjectId(id), 'blob', signal)).data;
  }

  async readCommit(id: string, signal: AbortSignal): Promise<Commit> {
    return decodeCommit((await this.#readOne(parseObjectId(id), 'commit', signal)).data);
  }

  /** A commit, when it is in the cache. */
  cachedCommit(id: ObjectId): Commit | undefined {
    const object = this.#cache.get(this.store, id);
    return object?.type === 'commit' ? decodeCommit(object.data) : undefined;
  }

  /** Trees below a tree in one request, where the server can leave the files out. */
  async prefetchTrees(id: string, signal: AbortSignal): Promise<void> {
    const tree = parseObjectId(id);
    if (id === emptyTreeId || !this.#transport.canFilter(this.#remote) || this.#knowsBelow(tree)) return;
    await this.fetch({ wants: [tree], filter: 'blob:none' }, signal);
  }

  /** Several objects of any type; all of them or an error. */
  async read(ids: readonly ObjectId[], signal: AbortSignal): Promise<ReadonlyMap<ObjectId, GitObject>> {
    const found = new Map<ObjectId, GitObject>();
    const missing: ObjectId[] = [];
    for (const id of ids) {
      const object = this.#cache.get(this.store, id);
      if (object === undefined) missing.push(id);
      else found.set(id, object);
    }
    const stored = await this.#readStored(missing);
    for (const [id, object] of stored) found.set(id, object);
    const absent = missing.filter((id) => !stored.has(id));
    if (absent.length === 0) return found;
    const fetched = await this.#batches.read(absent, signal);
    for (const id of absent) {
      const object = fetched.get(id);
      if (object === undefined) throw this.#missing(id);
      found.set(id, object);
    }
    return found;
  }

  /** Fetches into the cache what a request brings, and gives it back; equal requests at the same time are one. */
  fetch(request: ObjectsRequest, signal: AbortSignal): Promise<ReadonlyMap<ObjectId, GitObject>> {
    const { wants, haves, depth, filter } = request;
    const key = JSON.stringify([wants, haves, depth, filter]);
    return this.#fetches.join(key, (shared) => this.#fetch(request, shared), signal);
  }

  async #fetch(request: ObjectsRequest, signal: AbortSignal): Promise<ReadonlyMap<ObjectId, GitObject>> {
    const objects = await this.#transport.fetch(this.#remote, request, (id) => this.#known(id), signal);
    if (request.depth !== undefined) for (const id of request.wants) this.#roots.set(id, true);
    const byId = new Map(objects.map((object) => [object.id, object]));
    this.remember(byId);
    return byId;
  }

  /** Puts objects into the caches that the remote has, such as those that were made here and pushed. */
  remember(objects: ReadonlyMap<ObjectId, GitObject>): void {
    for (const [id, object] of objects) this.#cache.add(this.store, id, object);
    this.#disk?.write(this.store, objects);
  }

  /** What another process, or an earlier life of this one, has fetched from the same remote. */
  async #readStored(ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, GitObject>> {
    if (this.#disk === undefined || ids.length === 0) return new Map();
    const stored = await this.#disk.read(this.store, ids);
    for (const [id, object] of stored) this.#cache.add(this.store, id, object);
    return stored;
  }

  /**
   * Objects that the cache does not have (any more). Old servers send commits only, each with everything below it: there
   * the commits that were fetched before are fetched again, and the cache need not hold them whole.
   */
  async #fetchMissing(
    wants: readonly ObjectId[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<ObjectId, GitObject>> {
    const direct = { depth: 1, filter: 'tree:0' };
    if (this.#transport.sendsAnyObject(this.#remote)) return this.fetch({ wants, ...direct }, signal);
    const found = new Map<ObjectId, GitObject>();
    for (const root of [...this.#roots.keys()]) {
      if (wants.every((id) => found.has(id))) return found;
      for (const [id, object] of await this.fetch({ wants: [root], ...direct }, signal))
        found.set(id, object);
    }
    const missing = wants.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    return new Map([...found, ...(await this.fetch({ wants: missing, ...direct }, signal))]);
  }

  #known(id: string): GitObject | undefined {
    return this.#cache.get(this.store, parseObjectId(id));
  }

  async #readOne(id: ObjectId, type: GitObject['type'], signal: AbortSignal): Promise<GitObject> {
    const object = (await this.read([id], signal)).get(id);
    if (object?.type === type) return object;
    throw object === undefined
      ? this.#missing(id)
      : gitErrors.create('git.object-missing', `the object ${id} is a ${object.type}, not a ${type}`);
  }

  #knowsBelow(tree: ObjectId): boolean {
    const object = this.#cache.get(this.store, tree);
    if (object === undefined) return false;
    return decodeTree(object.data).every(
      (entry) => kindOf(entry.mode) !== 'tree' || this.#knowsBelow(entry.id),
    );
  }

  #missing(id: string): Error {
    const where = describeUrl(this.#remote.url);
    return gitErrors.create('git.object-missing', `${where} did not send the object ${id}`);
  }
}
