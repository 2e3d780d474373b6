import { deepFreeze, type JsonObject } from '../../base/index.ts';
import { revisionOf, withMeta } from './json-path.ts';
import type { Disk, Store, StoreEvent, StoreImage, StoreKey, StoreList } from './storage.ts';

interface Subscription {
  readonly resource: string | undefined;
  readonly listener: (event: StoreEvent) => void;
}

/** One collection; its sorted keys are kept until an object comes or goes. */
interface Bucket {
  readonly objects: Map<string, JsonObject>;
  sortedKeys: readonly string[] | undefined;
}

/** A write that is on its way to the disk. */
interface Pending {
  readonly event: StoreEvent;
  readonly resolve: (object: JsonObject) => void;
  readonly reject: (error: unknown) => void;
}

interface MemoryState {
  readonly historyLength: number;
  readonly disk: Disk | undefined;
  revision: number;
  /** The revision of the newest write, durable or not. */
  assigned: number;
  /** Events older than this revision are forgotten. */
  compacted: number;
  history: StoreEvent[];
  readonly buckets: Map<string, Bucket>;
  readonly subscriptions: Set<Subscription>;
  /** What will be once the disk has it, by key. */
  readonly coming: Map<string, StoreEvent>;
  queue: Pending[];
  flushing: Promise<void> | undefined;
  /** Set when the disk has failed: nothing is written any more. */
  failure: { readonly cause: unknown } | undefined;
}

const keyText = (namespace: string, name: string): string => `${namespace}/${name}`;
const fullKey = ({ resource, namespace, name }: StoreKey): string =>
  `${resource}\0${keyText(namespace, name)}`;

/**
 * A store in memory. `historyLength` events are kept for watches and consistent pages; older ones are compacted. With a
 * disk, it starts from what the disk holds, and a write is seen by nobody before it is durable.
 */
export function createMemoryStore(
  options: { readonly historyLength: number },
  kept?: { readonly image: StoreImage; readonly disk: Disk },
): Store {
  const state = createState(options.historyLength, kept);
  return {
    revision: () => state.revision,
    get: (key) => state.buckets.get(key.resource)?.objects.get(keyText(key.namespace, key.name)),
    list: (resource, namespace) => ({
      items: sortedItems(state.buckets.get(resource), namespace),
      revision: state.revision,
    }),
    listAt: (resource, namespace, revision) => listAt(state, { resource, namespace, revision }),
    async put(key, object, expectedRevision) {
      const previous = newest(state, key);
      if ((previous === undefined ? 0 : revisionOf(previous)) !== expectedRevision)
        return conflict(state, key);
      const revision = nextRevision(state);
      const stored = deepFreeze(withMeta(object, { resourceVersion: String(revision) }));
      const type = previous === undefined ? 'added' : 'modified';
      return write(state, { revision, type, key, object: stored, previous });
    },
    async remove(key, expectedRevision) {
      const previous = newest(state, key);
      if (previous === undefined || revisionOf(previous) !== expectedRevision) return conflict(state, key);
      const revision = nextRevision(state);
      const object = deepFreeze(withMeta(previous, { resourceVersion: String(revision) }));
      return write(state, { revision, type: 'deleted', key, object, previous });
    },
    subscribe(resource, fromRevision, listener) {
      if (fromRevision < state.compacted) return 'expired';
      const subscription = { resource, listener };
      for (const event of eventsAfter(state, fromRevision)) {
        if (resource === undefined || event.key.resource === resource) listener(event);
      }
      state.subscriptions.add(subscription);
      return () => state.subscriptions.delete(subscription);
    },
  };
}

function createState(
  historyLength: number,
  kept: { readonly image: StoreImage; readonly disk: Disk } | undefined,
): MemoryState {
  const image = kept?.image ?? { revision: 1, compacted: 1, objects: [], history: [] };
  const state: MemoryState = {
    historyLength,
    disk: kept?.disk,
    revision: image.revision,
    assigned: image.revision,
    compacted: image.compacted,
    history: [...image.history],
    buckets: new Map(),
    subscriptions: new Set(),
    coming: new Map(),
    queue: [],
    flushing: undefined,
    failure: undefined,
  };
  for (const [key, object] of image.objects) setObject(state, key, object);
  return state;
}

function setObject(state: MemoryState, key: StoreKey, object: JsonObject | undefined): void {
  const bucket = state.buckets.get(key.resource) ?? { objects: new Map(), sortedKeys: undefined };
  state.buckets.set(key.resource, bucket);
  const text = keyText(key.namespace, key.name);
  if (bucket.objects.has(text) !== (object !== undefined)) bucket.sortedKeys = undefined;
  if (object === undefined) bucket.objects.delete(text);
  else bucket.objects.set(text, object);
}

/** An object as the next write finds it: what is on its way to the disk counts. */
function newest(state: MemoryState, key: StoreKey): JsonObject | undefined {
  const coming = state.coming.get(fullKey(key));
  if (coming !== undefined) return coming.type === 'deleted' ? undefined : coming.object;
  return state.buckets.get(key.resource)?.objects.get(keyText(key.namespace, key.name));
}

/** Whoever tries again must not see the state from before the write that was faster. */
async function conflict(state: MemoryState, key: StoreKey): Promise<'conflict'> {
  if (state.coming.has(fullKey(key))) await state.flushing;
  return 'conflict';
}

function nextRevision(state: MemoryState): number {
  state.assigned += 1;
  return state.assigned;
}

function write(state: MemoryState, event: StoreEvent): Promise<JsonObject> {
  if (state.failure !== undefined) return Promise.reject(state.failure.cause);
  if (state.disk === undefined) {
    publish(state, event);
    return Promise.resolve(event.object);
  }
  state.coming.set(fullKey(event.key), event);
  return new Promise((resolve, reject) => {
    state.queue.push({ event, resolve, reject });
    state.flushing ??= flush(state, state.disk).finally(() => {
      state.flushing = undefined;
    });
  });
}

/** Writes what waits, all of it in one transaction, then what has come in meanwhile. */
async function flush(state: MemoryState, disk: Disk | undefined): Promise<void> {
  // Writes of the same moment share a transaction.
  await Promise.resolve();
  while (state.queue.length > 0) {
    const batch = state.queue;
    state.queue = [];
    try {
      await disk?.write(
        batch.map(({ event }) => event),
        state.compacted,
      );
    } catch (cause) {
      state.failure = { cause };
      for (const { reject } of [...batch, ...state.queue]) reject(cause);
      state.queue = [];
      return;
    }
    for (const { event, resolve } of batch) {
      if (state.coming.get(fullKey(event.key)) === event) state.coming.delete(fullKey(event.key));
      publish(state, event);
      resolve(event.object);
    }
  }
}

function publish(state: MemoryState, event: StoreEvent): void {
  setObject(state, event.key, event.type === 'deleted' ? undefined : event.object);
  state.revision = event.revision;
  state.assigned = Math.max(state.assigned, event.revision);
  state.history.push(event);
  // Cut in halves, so that a write costs constant time on average.
  if (state.history.length > state.historyLength * 2) {
    const cut = state.history.length - state.historyLength;
    state.compacted = state.history[cut - 1]?.revision ?? state.compacted;
    state.history = state.history.slice(cut);
  }
  for (const { resource, listener } of [...state.subscriptions]) {
    if (resource === undefined || resource === event.key.resource) listener(event);
  }
}

function* eventsAfter(state: MemoryState, revision: number): Iterable<StoreEvent> {
  let first = state.history.length;
  while (first > 0 && (state.history[first - 1]?.revision ?? 0) > revision) first -= 1;
  yield* state.history.slice(first);
}

/** Undoes the newer events, newest first, on a copy of the collection. */
function listAt(
  state: MemoryState,
  asked: { readonly resource: string; readonly namespace: string | undefined; readonly revision: number },
): StoreList | 'expired' {
  if (asked.revision < state.compacted) return 'expired';
  const objects = new Map(state.buckets.get(asked.resource)?.objects);
  for (const event of [...eventsAfter(state, asked.revision)].reverse()) {
    if (event.key.resource !== asked.resource) continue;
    const key = keyText(event.key.namespace, event.key.name);
    if (event.previous === undefined) objects.delete(key);
    else objects.set(key, event.previous);
  }
  return {
    items: sortedItems({ objects, sortedKeys: undefined }, asked.namespace),
    revision: asked.revision,
  };
}

function sortedItems(bucket: Bucket | undefined, namespace: string | undefined): readonly JsonObject[] {
  if (bucket === undefined) return [];
  bucket.sortedKeys ??= [...bucket.objects.keys()].sort();
  const items: JsonObject[] = [];
  for (const key of bucket.sortedKeys) {
    const object = bucket.objects.get(key);
    const isWanted = namespace === undefined || key.startsWith(`${namespace}/`);
    if (object !== undefined && isWanted) items.push(object);
  }
  return items;
}
