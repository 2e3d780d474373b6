import type { JsonObject } from '../../base/index.ts';

/** Names one object in the store. Cluster-scoped objects have an empty namespace. */
export interface StoreKey {
  /** The resource, independent of its version, e.g. "stages.kargo.akuity.io". */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** One change of one object. */
export interface StoreEvent {
  readonly revision: number;
  readonly type: 'added' | 'modified' | 'deleted';
  readonly key: StoreKey;
  /** The object after the change; for "deleted" its last state with the revision of the deletion. */
  readonly object: JsonObject;
  /** The object before the change; `undefined` for "added". */
  readonly previous: JsonObject | undefined;
}

/** A state of a collection at one revision, in the order of namespace and name. */
export interface StoreList {
  readonly items: readonly JsonObject[];
  readonly revision: number;
}

/**
 * Where the API server keeps its objects.
 *
 * Guarantees: one global revision that every write raises by at least one; a written object carries its revision as
 * `metadata.resourceVersion`; objects handed out are shared and never changed; reads see every write whose promise has
 * resolved; events are delivered in the order of their revisions, after the write is durable.
 */
export interface Store {
  /** The revision of the newest write. */
  revision(): number;
  get(key: StoreKey): JsonObject | undefined;
  /** All namespaces when `namespace` is `undefined`. */
  list(resource: string, namespace: string | undefined): StoreList;
  /** The collection as it was at a revision; "expired" when the history does not reach back that far. */
  listAt(resource: string, namespace: string | undefined, revision: number): StoreList | 'expired';
  /**
   * Writes an object if its stored revision is the expected one (0: it must not exist). "conflict" leaves all as it was.
   */
  put(key: StoreKey, object: JsonObject, expectedRevision: number): Promise<JsonObject | 'conflict'>;
  /** Removes an object if its stored revision is the expected one; answers its last state. */
  remove(key: StoreKey, expectedRevision: number): Promise<JsonObject | 'conflict'>;
  /**
   * Calls `listener` with every event of the resource (of all resources when `undefined`) after `fromRevision`, at once
   * with those already in the history. The returned function ends it; "expired" when the history does not reach back.
   */
  subscribe(
    resource: string | undefined,
    fromRevision: number,
    listener: (event: StoreEvent) => void,
  ): (() => void) | 'expired';
}

/** All that a disk holds when a store starts from it. */
export interface StoreImage {
  readonly revision: number;
  readonly compacted: number;
  readonly objects: readonly (readonly [StoreKey, JsonObject])[];
  /** Everything after `compacted`, oldest first. */
  readonly history: readonly StoreEvent[];
}

/** Where a store makes its writes durable. */
export interface Disk {
  /**
   * Resolves when the events are on the disk, all of them or none, with what the history needs of them. The history up
   * to `compacted` may be forgotten. Once it has failed, the store must be opened anew.
   */
  write(events: readonly StoreEvent[], compacted: number): Promise<void>;
}
