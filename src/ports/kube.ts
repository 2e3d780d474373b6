import type { KubeObject, ObjectKey, ResourceType } from '../api/meta/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import type { EventDraft } from '../domain/index.ts';

/** Which objects of the cache are wanted; without a member, all of them. */
export interface CacheSelection {
  readonly namespace?: string;
  /** An index declared for the type when the cache was built, and the value to look up in it. */
  readonly index?: { readonly name: string; readonly value: string };
}

/** Which objects are wanted from the server itself. */
export interface LiveSelection {
  readonly namespace?: string;
  /** A label selector in Kubernetes's own syntax. */
  readonly labels?: string;
  /** A field selector in Kubernetes's own syntax. */
  readonly fields?: string;
}

/**
 * Reads Kubernetes objects.
 *
 * Consistency: `get` and `list` answer from the watch cache, which has everything this process wrote (read your own
 * writes) and is otherwise as old as the watch; `getLive` and `listLive` ask the server.
 * Objects from the cache are shared: never change them (they are frozen in tests).
 * Errors: kube.not-watched (get, list of a type that this process does not watch); kube.* of the transport (live reads).
 */
export interface KubeReader {
  get<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey): T | undefined;
  list<T extends KubeObject>(type: ResourceType<T>, selection?: CacheSelection): readonly T[];
  /** `undefined` when the object does not exist. */
  getLive<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    signal: AbortSignal,
  ): Promise<T | undefined>;
  /** All pages, in the server's order. */
  listLive<T extends KubeObject>(
    type: ResourceType<T>,
    selection: LiveSelection,
    signal: AbortSignal,
  ): Promise<readonly T[]>;
}

/** A change of a watched object. `old` is what the cache held before. */
export type Change<T extends KubeObject> =
  | { readonly kind: 'added'; readonly object: T }
  | { readonly kind: 'updated'; readonly object: T; readonly old: T }
  | { readonly kind: 'deleted'; readonly object: T };

/**
 * Tells about changes of the watch cache.
 *
 * Ordering: the listener is first called with "added" for everything that the cache already holds, then for each
 * change in the order in which the cache took it; the cache already shows the change when the listener is called.
 * Own writes are told too. An object that was deleted and made again under its name is told as two changes.
 * Errors: kube.not-watched. What a listener throws is logged and harms nobody else.
 */
export interface KubeChanges {
  /** The returned function ends the subscription. */
  subscribe<T extends KubeObject>(type: ResourceType<T>, listener: (change: Change<T>) => void): () => void;
}

/** One operation of a JSON patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test' | 'move' | 'copy';
  readonly path: string;
  readonly from?: string;
  readonly value?: JsonValue;
}

/** Options of a write. */
export interface WriteOptions {
  /** "status" writes the status sub-resource. */
  readonly subresource?: 'status';
}

/** Options of a server-side apply. */
export interface ApplyOptions extends WriteOptions {
  /** Who owns the fields that are given; the same text each time. */
  readonly fieldManager: string;
  /** Take fields over from other owners instead of a kube.conflict. */
  readonly force?: boolean;
}

/**
 * Writes Kubernetes objects. Every answer goes into the cache before the promise resolves.
 *
 * Errors: kube.conflict (a precondition did not hold), kube.not-found, kube.already-exists, kube.invalid, kube.forbidden,
 * and the transport's codes.
 */
export interface KubeWriter {
  create<T extends KubeObject>(type: ResourceType<T>, object: T, signal: AbortSignal): Promise<T>;
  /** A merge patch that carries `metadata.resourceVersion` is refused when the object has moved on. */
  mergePatch<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    patch: JsonObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<T>;
  /** A failing `test` is a kube.invalid error, as the API server answers it with 422. */
  jsonPatch<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    patch: readonly JsonPatchOperation[],
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<T>;
  /**
   * Server-side apply: creates the object or makes the given fields so; fields given earlier and not any more are
   * removed. Errors: kube.conflict names the fields that somebody else owns; kube.unsupported from a server without it.
   */
  apply<T extends KubeObject>(
    type: ResourceType<T>,
    object: KubeObject,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<T>;
  /** Deleting what is already gone is not an error. */
  delete(
    type: ResourceType,
    key: ObjectKey,
    preconditions: { readonly uid?: string; readonly resourceVersion?: string },
    signal: AbortSignal,
  ): Promise<void>;
}

/** What somebody wants to do to one object. */
export interface AccessQuestion {
  readonly username: string;
  readonly groups: readonly string[];
  /** E.g. "update", or one that no request has, such as "promote". */
  readonly verb: string;
  readonly type: ResourceType;
  readonly key: ObjectKey;
}

/** Asks the API server what others may do. */
export interface KubeAccess {
  /** Errors: kube.forbidden when this process may not ask; the transport's codes. */
  isAllowed(question: AccessQuestion, signal: AbortSignal): Promise<boolean>;
}

/** Writes Events. A failure is logged, never thrown: an event is news, not state. */
export interface Events {
  emit(draft: EventDraft): void;
}
