import { type KubeObject, keyText, type ObjectKey, type ResourceType } from '../../src/api/meta/index.ts';
import { applyMergePatch, deepFreeze, type JsonObject, type JsonValue } from '../../src/base/index.ts';
import { createCache } from '../../src/kube/cache/cache.ts';
import { kubeErrors, type WatchedType } from '../../src/kube/index.ts';
import { parseLabelSelector } from '../../src/kube/label-selector.ts';
import { typeText } from '../../src/kube/watched.ts';
import type {
  Clock,
  KubeChanges,
  KubeReader,
  KubeWriter,
  LiveSelection,
  Log,
} from '../../src/ports/index.ts';
import { createFakeOwnership } from './fake-apply.ts';
import { applyJsonPatch } from './fake-json-patch.ts';
import { createManualClock } from './manual-clock.ts';
import { createRecordingLog } from './recording-log.ts';

/** One write that reached the fake server, refused ones too. */
export interface FakeWrite {
  readonly verb: 'create' | 'merge' | 'json' | 'apply' | 'delete';
  readonly kind: string;
  readonly key: string;
  readonly subresource: 'status' | undefined;
}

/** A Kubernetes cluster in memory: versions, conflicts, generations, finalizers, status sub-resource, watches. */
export interface FakeCluster {
  /** The process under test: cached and live reads. */
  readonly reader: KubeReader;
  readonly changes: KubeChanges;
  /** The process under test: its answers are in its cache at once. */
  readonly writer: KubeWriter;
  /** Somebody else: what they write reaches the cache by the watch alone. */
  readonly someone: KubeWriter;
  /** Puts an object there as somebody else, status included, whatever was there before. */
  put<T extends KubeObject>(type: ResourceType<T>, object: T): T;
  /** What the server has; `undefined` when there is none. */
  stored<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey): T | undefined;
  /** Everything of a type that the server has, by key. */
  all<T extends KubeObject>(type: ResourceType<T>): readonly T[];
  /** Every write of `writer`, in order. */
  readonly writes: readonly FakeWrite[];
  /** Lets watch events wait until `resumeWatch`, as on a slow connection. */
  holdWatch(): void;
  resumeWatch(): void;
  /**
   * Decides about each write of `writer` before it happens: throw to refuse it; return "lost" to let it happen and
   * lose the answer; `undefined` lets it pass. `undefined` as argument removes the hook.
   */
  onWrite(hook: ((write: FakeWrite) => 'lost' | undefined | Promise<'lost' | undefined>) | undefined): void;
}

/** What a fake cluster watches and how. */
export interface FakeClusterOptions {
  readonly watched?: readonly WatchedType[];
  readonly clock?: Clock;
  readonly log?: Log;
}

/** A cluster without objects, except those put there. Cached objects are frozen. */
export function createFakeCluster(options: FakeClusterOptions = {}): FakeCluster {
  const clock = options.clock ?? createManualClock();
  const server = createServer(clock);
  const cache = createCache({ clock, log: options.log ?? createRecordingLog() }, { freeze: true });
  for (const watched of options.watched ?? []) cache.add(watched);
  const held: (() => void)[] = [];
  const writes: FakeWrite[] = [];
  let isHeld = false;
  let hook: ((write: FakeWrite) => 'lost' | undefined | Promise<'lost' | undefined>) | undefined;

  server.onEvent = (type, kind, object) => {
    const store = cache.storeOf(type);
    if (store === undefined) return;
    const deliver = (): void => (kind === 'deleted' ? store.takeDeleted(object) : store.take(object));
    if (isHeld) held.push(deliver);
    else deliver();
  };

  async function own<T>(write: FakeWrite, signal: AbortSignal, run: () => T): Promise<T> {
    signal.throwIfAborted();
    writes.push(write);
    await Promise.resolve();
    const verdict = await hook?.(write);
    const result = run();
    if (verdict === 'lost') throw kubeErrors.create('kube.unreachable', 'the answer was lost');
    return result;
  }

  function taken<T extends KubeObject>(type: ResourceType<T>, object: T): T {
    cache.takeAnswer(type, object);
    return object;
  }

  return {
    reader: {
      get: (type, key) => cache.get(type, key),
      list: (type, selection) => cache.list(type, selection),
      async getLive(type, key, signal) {
        signal.throwIfAborted();
        return server.get(type, key);
      },
      async listLive(type, selection, signal) {
        signal.throwIfAborted();
        return server.list(type).filter(toFilter(selection));
      },
    },
    changes: cache,
    writer: {
      create: (type, object, signal) =>
        own(writeOf('create', type, object.metadata), signal, () => taken(type, server.create(type, object))),
      mergePatch: (type, key, patch, { subresource }, signal) =>
        own(writeOf('merge', type, key, subresource), signal, () =>
          taken(type, server.mergePatch(type, key, patch, subresource)),
        ),
      jsonPatch: (type, key, patch, { subresource }, signal) =>
        own(writeOf('json', type, key, subresource), signal, () =>
          taken(type, server.jsonPatch(type, key, patch, subresource)),
        ),
      apply: (type, object, options, signal) =>
        own(writeOf('apply', type, object.metadata), signal, () =>
          taken(type, server.apply(type, object, options)),
        ),
      delete: (type, key, preconditions, signal) =>
        own(writeOf('delete', type, key), signal, () => {
          const gone = server.delete(type, key, preconditions);
          if (gone?.metadata.uid !== undefined) cache.storeOf(type)?.takeOwnDelete(key, gone.metadata.uid);
        }),
    },
    someone: {
      create: async (type, object) => server.create(type, object),
      mergePatch: async (type, key, patch, { subresource }) =>
        server.mergePatch(type, key, patch, subresource),
      jsonPatch: async (type, key, patch, { subresource }) => server.jsonPatch(type, key, patch, subresource),
      apply: async (type, object, options) => server.apply(type, object, options),
      delete: async (type, key, preconditions) => void server.delete(type, key, preconditions),
    },
    put: (type, object) => server.put(type, object),
    stored: (type, key) => server.get(type, key),
    all: (type) => server.list(type),
    writes,
    holdWatch() {
      isHeld = true;
    },
    resumeWatch() {
      isHeld = false;
      for (const deliver of held.splice(0)) deliver();
    },
    onWrite(next) {
      hook = next;
    },
  };
}

function writeOf(
  verb: FakeWrite['verb'],
  type: ResourceType,
  { namespace, name }: ObjectKey,
  subresource?: 'status',
): FakeWrite {
  return {
    verb,
    kind: type.kind,
    key: keyText(namespace === undefined ? { name } : { namespace, name }),
    subresource,
  };
}

function toFilter(selection: LiveSelection): (object: KubeObject) => boolean {
  const match = parseLabelSelector(selection.labels ?? '');
  if (match === undefined) throw kubeErrors.create('kube.invalid', `label selector "${selection.labels}"`);
  const fields = (selection.fields ?? '').split(',').filter((field) => field !== '');
  return (object) => {
    if (selection.namespace !== undefined && object.metadata.namespace !== selection.namespace) return false;
    const hasFields = fields.every((field) => {
      const [path = '', value] = field.split('=');
      const at = path
        .split('.')
        .reduce<unknown>((part, name) => (part as JsonObject | undefined)?.[name], object);
      return at === value;
    });
    return hasFields && match(object.metadata.labels ?? {});
  };
}

/** The server's half: objects, versions and rules. */
function createServer(clock: Clock) {
  const types = new Map<string, Map<string, KubeObject>>();
  const ownership = createFakeOwnership();
  let isApplying = false;
  let version = 100;
  let uids = 0;

  function objectsOf(type: ResourceType): Map<string, KubeObject> {
    const known = types.get(typeText(type)) ?? new Map<string, KubeObject>();
    types.set(typeText(type), known);
    return known;
  }

  function now(): string {
    return `${new Date(clock.nowMs()).toISOString().slice(0, 19)}Z`;
  }

  function nextVersion(): string {
    version += 1;
    return String(version);
  }

  function find<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey): T {
    const object = objectsOf(type).get(keyText(key));
    if (object === undefined)
      throw kubeErrors.create('kube.not-found', `${type.plural} "${keyText(key)}" not found`);
    return object as T;
  }

  function store<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, value: JsonObject): T {
    const object = deepFreeze(value) as unknown as T;
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp !== undefined && finalizers.length === 0) {
      objectsOf(type).delete(keyText(key));
      self.onEvent(type, 'deleted', object);
      return object;
    }
    const old = objectsOf(type).get(keyText(key));
    if (!isApplying) ownership.note(object.metadata.uid ?? '', old && clone(old), value);
    objectsOf(type).set(keyText(key), object);
    self.onEvent(type, 'changed', object);
    return object;
  }

  /** What an update to `next` leaves of it, as the main resource or the status sub-resource allow. */
  function update<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    next: JsonObject,
    subresource: 'status' | undefined,
  ): T {
    const old = find(type, key);
    const oldJson = clone(old);
    const metadata = (next['metadata'] ?? {}) as JsonObject;
    if (metadata['uid'] !== undefined && metadata['uid'] !== old.metadata.uid) throw conflict(type, key);
    const asked = metadata['resourceVersion'];
    if (asked !== undefined && asked !== old.metadata.resourceVersion) throw conflict(type, key);
    const { status: oldStatus, ...oldMain } = oldJson;
    const { status: nextStatus, ...nextMain } = next;
    const isStatus = subresource === 'status';
    const hasStatus = type.group !== '';
    const main = isStatus ? oldMain : nextMain;
    const status = isStatus || !hasStatus ? nextStatus : oldStatus;
    const fixed = {
      ...oldMain,
      ...main,
      metadata: { ...((main['metadata'] ?? {}) as JsonObject), ...fixedOf(old) },
    };
    for (const name of Object.keys(oldMain)) if (!(name in main)) Reflect.deleteProperty(fixed, name);
    const result = status === undefined ? fixed : { ...fixed, status };
    if (JSON.stringify(sorted(result)) === JSON.stringify(sorted(oldJson))) return old;
    const isNewSpec =
      JSON.stringify(sorted(withoutMeta(result))) !== JSON.stringify(sorted(withoutMeta(oldJson)));
    const generation = (old.metadata.generation ?? 1) + (isNewSpec ? 1 : 0);
    return store(type, key, {
      ...result,
      metadata: { ...(result.metadata as JsonObject), generation, resourceVersion: nextVersion() },
    });
  }

  const self = {
    onEvent: (_type: ResourceType, _kind: 'changed' | 'deleted', _object: KubeObject): void => undefined,
    get: <T extends KubeObject>(type: ResourceType<T>, key: ObjectKey) =>
      objectsOf(type).get(keyText(key)) as T | undefined,
    list: <T extends KubeObject>(type: ResourceType<T>) =>
      [...objectsOf(type)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object as T),
    put<T extends KubeObject>(type: ResourceType<T>, object: T): T {
      const key = keyFrom(type, object);
      const old = objectsOf(type).get(keyText(key));
      uids += 1;
      const given = clone(object);
      return store(type, key, {
        ...given,
        metadata: {
          uid: old?.metadata.uid ?? `uid-${uids}`,
          generation: old?.metadata.generation ?? 1,
          creationTimestamp: old?.metadata.creationTimestamp ?? now(),
          ...(given['metadata'] as JsonObject),
          resourceVersion: nextVersion(),
        },
      });
    },
    create<T extends KubeObject>(type: ResourceType<T>, object: T): T {
      const given = clone(object);
      const key = keyFrom(type, object);
      uids += 1;
      const name = key.name === '' ? `${object.metadata.generateName ?? ''}${uids}` : key.name;
      if (objectsOf(type).has(keyText({ ...key, name }))) {
        throw kubeErrors.create('kube.already-exists', `${type.plural} "${name}" already exists`);
      }
      const { status, ...main } = given;
      const metadata = { ...(given['metadata'] as JsonObject), name, uid: `uid-${uids}`, generation: 1 };
      const kept = type.group === '' && status !== undefined ? { ...main, status } : main;
      return store(
        type,
        { ...key, name },
        {
          ...kept,
          metadata: { ...metadata, creationTimestamp: now(), resourceVersion: nextVersion() },
        },
      );
    },
    mergePatch<T extends KubeObject>(
      type: ResourceType<T>,
      key: ObjectKey,
      patch: JsonObject,
      sub?: 'status',
    ): T {
      const current = clone(find(type, key));
      const { resourceVersion: _, ...metadata } = current['metadata'] as JsonObject;
      return update(type, key, applyMergePatch({ ...current, metadata }, patch) as JsonObject, sub);
    },
    jsonPatch<T extends KubeObject>(
      type: ResourceType<T>,
      key: ObjectKey,
      patch: Parameters<typeof applyJsonPatch>[1],
      sub?: 'status',
    ): T {
      return update(type, key, applyJsonPatch(clone(find(type, key)), patch), sub);
    },
    /** Server-side apply; only what is applied counts as written by the manager. */
    apply<T extends KubeObject>(
      type: ResourceType<T>,
      object: KubeObject,
      { fieldManager, force = false }: { readonly fieldManager: string; readonly force?: boolean },
    ): T {
      const key = keyFrom(type, object);
      const old = objectsOf(type).get(keyText(key));
      const configuration = clone(object);
      const asked = { configuration, manager: fieldManager, force };
      isApplying = true;
      try {
        if (old === undefined) {
          const made = self.create(type, object as T);
          ownership.apply(made.metadata.uid ?? '', {}, asked);
          return made;
        }
        const applied = ownership.apply(old.metadata.uid ?? '', clone(old), asked);
        if (applied.ok) return update(type, key, applied.object, undefined);
        const why = `Apply failed with ${applied.fields.length} conflicts: ${applied.fields.join(', ')}`;
        throw kubeErrors.create('kube.conflict', why);
      } finally {
        isApplying = false;
      }
    },
    /** The object when it is gone now; `undefined` when it stays for its finalizers or was not there. */
    delete(
      type: ResourceType,
      key: ObjectKey,
      preconditions: { readonly uid?: string; readonly resourceVersion?: string },
    ): KubeObject | undefined {
      const object = objectsOf(type).get(keyText(key));
      if (object === undefined) return undefined;
      const { uid, resourceVersion } = preconditions;
      if (uid !== undefined && uid !== object.metadata.uid) throw conflict(type, key);
      if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion) {
        throw conflict(type, key);
      }
      const metadata = { ...(clone(object)['metadata'] as JsonObject), resourceVersion: nextVersion() };
      const deletionTimestamp = object.metadata.deletionTimestamp ?? now();
      const marked = store(type, key, { ...clone(object), metadata: { ...metadata, deletionTimestamp } });
      return objectsOf(type).has(keyText(key)) ? undefined : marked;
    },
  };
  return self;
}

function conflict(type: ResourceType, key: ObjectKey): Error {
  return kubeErrors.create('kube.conflict', `${type.plural} "${keyText(key)}" has been modified`);
}

function keyFrom(type: ResourceType, object: KubeObject): ObjectKey {
  const { namespace, name = '' } = object.metadata;
  return type.namespaced && namespace !== undefined ? { namespace, name } : { name };
}

/** Metadata that no update changes. */
function fixedOf(object: KubeObject): JsonObject {
  const { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion, name, namespace } =
    object.metadata;
  const fixed = { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion, name, namespace };
  return clone(fixed);
}

function withoutMeta(object: JsonObject): JsonObject {
  const { metadata: _, status: __, ...rest } = object;
  return rest;
}

function clone(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function sorted(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item: JsonValue) => sorted(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item)]));
}
