import { deepFreeze, type JsonObject } from '../../base/index.ts';
import { revisionOf, withMeta } from './json-path.ts';
import type { Store, StoreEvent, StoreList } from './storage.ts';

interface Subscription {
  readonly resource: string | undefined;
  readonly listener: (event: StoreEvent) => void;
}

interface MemoryState {
  revision: number;
  /** Events older than this revision are forgotten. */
  compacted: number;
  history: StoreEvent[];
  readonly objects: Map<string, Map<string, JsonObject>>;
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
    objects: new Map(),
    subscriptions: new Set(),
  };
  return {
    revision: () => state.revision,
    get: (key) => state.objects.get(key.resource)?.get(keyText(key.namespace, key.name)),
    list: (resource, namespace) => ({
      items: sortedItems(state.objects.get(resource) ?? new Map(), namespace),
      revision: state.revision,
    }),
    listAt: (resource, namespace, revision) => listAt(state, { resource, namespace, revision }),
    async put(key, object, expectedRevision) {
      const previous = state.objects.get(key.resource)?.get(keyText(key.namespace, key.name));
      if ((previous === undefined ? 0 : revisionOf(previous)) !== expectedRevision) return 'conflict';
      const revision = state.revision + 1;
      const stored = deepFreeze(withMeta(object, { resourceVersion: String(revision) }));
      const bucket = state.objects.get(key.resource) ?? new Map<string, JsonObject>();
      state.objects.set(key.resource, bucket);
      bucket.set(keyText(key.namespace, key.name), stored);
      const type = previous === undefined ? 'added' : 'modified';
      publish(state, { revision, type, key, object: stored, previous }, options.historyLength);
      return stored;
    },
    async remove(key, expectedRevision) {
      const bucket = state.objects.get(key.resource);
      const previous = bucket?.get(keyText(key.namespace, key.name));
      if (previous === undefined || revisionOf(previous) !== expectedRevision) return 'conflict';
      bucket?.delete(keyText(key.namespace, key.name));
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
  const bucket = new Map(state.objects.get(asked.resource) ?? []);
  for (const event of [...eventsAfter(state, asked.revision)].reverse()) {
    if (event.key.resource !== asked.resource) continue;
    const key = keyText(event.key.namespace, event.key.name);
    if (event.previous === undefined) bucket.delete(key);
    else bucket.set(key, event.previous);
  }
  return { items: sortedItems(bucket, asked.namespace), revision: asked.revision };
}

function sortedItems(
  bucket: ReadonlyMap<string, JsonObject>,
  namespace: string | undefined,
): readonly JsonObject[] {
  const entries = [...bucket].filter(([key]) => namespace === undefined || key.startsWith(`${namespace}/`));
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return entries.map(([, object]) => object);
}
