import { deepFreeze, type JsonObject } from '../../base/index.ts';
import { revisionOf, withMeta } from './json-path.ts';
import type { Store, StoreEvent, StoreList } from './storage.ts';

interface Subscription {
  readonly resource: string | undefined;
  readonly listener: (event: StoreEvent) => void;
}

/** One collection; its sorted keys are kept until an object comes or goes. */
interface Bucket {
  readonly objects: Map<string, JsonObject>;
  sortedKeys: readonly string[] | undefined;
}

interface MemoryState {
  revision: number;
  /** Events older than this revision are forgotten. */
  compacted: number;
  history: StoreEvent[];
  readonly buckets: Map<string, Bucket>;
  readonly subscriptions: Set<Subscription>;
}

const keyText = (namespace: string, name: string): string => `${namespace}/${name}`;

/**
 * A store in memory. `historyLength` events are kept for watches and consistent pages; older ones are compacted.
 */
export function createMemoryStore(options: { readonly historyLength: number }): Store {
  const state: MemoryState = {
    revision: 1,
    compacted: 1,
    history: [],
    buckets: new Map(),
    subscriptions: new Set(),
  };
  return {
    revision: () => state.revision,
    get: (key) => state.buckets.get(key.resource)?.objects.get(keyText(key.namespace, key.name)),
    list: (resource, namespace) => ({
      items: sortedItems(state.buckets.get(resource), namespace),
      revision: state.revision,
    }),
    listAt: (resource, namespace, revision) => listAt(state, { resource, namespace, revision }),
    async put(key, object, expectedRevision) {
      const bucket = state.buckets.get(key.resource) ?? { objects: new Map(), sortedKeys: undefined };
      const previous = bucket.objects.get(keyText(key.namespace, key.name));
      if ((previous === undefined ? 0 : revisionOf(previous)) !== expectedRevision) return 'conflict';
      const revision = state.revision + 1;
      const stored = deepFreeze(withMeta(object, { resourceVersion: String(revision) }));
      state.buckets.set(key.resource, bucket);
      bucket.objects.set(keyText(key.namespace, key.name), stored);
      if (previous === undefined) bucket.sortedKeys = undefined;
      const type = previous === undefined ? 'added' : 'modified';
      publish(state, { revision, type, key, object: stored, previous }, options.historyLength);
      return stored;
    },
    async remove(key, expectedRevision) {
      const bucket = state.buckets.get(key.resource);
      const previous = bucket?.objects.get(keyText(key.namespace, key.name));
      if (bucket === undefined || previous === undefined || revisionOf(previous) !== expectedRevision)
        return 'conflict';
      bucket.objects.delete(keyText(key.namespace, key.name));
      bucket.sortedKeys = undefined;
      const revision = state.revision + 1;
      const object = deepFreeze(withMeta(previous, { resourceVersion: String(revision) }));
      publish(state, { revision, type: 'deleted', key, object, previous }, options.historyLength);
      return object;
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

function publish(state: MemoryState, event: StoreEvent, historyLength: number): void {
  state.revision = event.revision;
  state.history.push(event);
  // Cut in halves, so that a write costs constant time on average.
  if (state.history.length > historyLength * 2) {
    const cut = state.history.length - historyLength;
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
