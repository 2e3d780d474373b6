import type { KubeObject, ObjectKey, ResourceType } from '../../api/meta/index.ts';
import { deepFreeze, describeError } from '../../base/index.ts';
import type { CacheSelection, Change, Clock, KubeChanges, KubeReader, Log } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { typeText, type WatchedType } from '../watched.ts';
import { createStore, type Store } from './store.ts';

/** The watch cache: one store per watched type, with subscribers. */
export interface Cache extends Pick<KubeReader, 'get' | 'list'>, KubeChanges {
  /** Declares a type; declaring it twice is a mistake (kube.bad-config). */
  add(watched: WatchedType): Store;
  /** The store of a type if it is watched. */
  storeOf(type: ResourceType): Store | undefined;
  /** Puts the answer to a write into the cache, if its type is watched and it is newer than what is held. */
  takeAnswer(type: ResourceType, object: KubeObject): void;
}

/** How a cache behaves. */
export interface CacheOptions {
  /** Deep-freezes what is cached, so that a change by mistake throws; for development and tests. */
  readonly freeze?: boolean;
}

type Listener = (change: Change<KubeObject>) => void;

/** Creates a cache that watches nothing yet. */
export function createCache(
  deps: { readonly clock: Clock; readonly log: Log },
  options: CacheOptions = {},
): Cache {
  const stores = new Map<string, Store>();
  const listeners = new Map<string, Set<Listener>>();

  function storeOrThrow(type: ResourceType): Store {
    const store = stores.get(typeText(type));
    if (store !== undefined) return store;
    const name = typeText(type);
    throw kubeErrors.create('kube.not-watched', `"${name}" is not watched`, { data: { type: name } });
  }

  function tell(listener: Listener, type: string, change: Change<KubeObject>): void {
    try {
      listener(change);
    } catch (error) {
      deps.log.error('cache listener failed', { type, reason: describeError(error) });
    }
  }

  function emit(type: string, change: Change<KubeObject>): void {
    if (options.freeze === true) deepFreeze(change.object);
    for (const listener of [...(listeners.get(type) ?? [])]) tell(listener, type, change);
  }

  return {
    add(watched) {
      const name = typeText(watched.type);
      if (stores.has(name)) throw kubeErrors.create('kube.bad-config', `"${name}" is declared twice`);
      const store = createStore(
        {
          clock: deps.clock,
          onChange: (change) => emit(name, change),
          onIndexError: (index, error) =>
            deps.log.error('index function failed', { type: name, index, reason: describeError(error) }),
        },
        watched,
      );
      stores.set(name, store);
      return store;
    },
    storeOf: (type) => stores.get(typeText(type)),
    get: <T extends KubeObject>(type: ResourceType<T>, key: ObjectKey) =>
      storeOrThrow(type).get(key) as T | undefined,
    list: <T extends KubeObject>(type: ResourceType<T>, selection: CacheSelection = {}) =>
      storeOrThrow(type).list(selection) as readonly T[],
    takeAnswer(type, object) {
      stores.get(typeText(type))?.take(object);
    },
    subscribe<T extends KubeObject>(type: ResourceType<T>, listener: (change: Change<T>) => void) {
      const store = storeOrThrow(type);
      const name = typeText(type);
      const own: Listener = (change) => listener(change as Change<T>);
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(own));
      for (const object of store.list({})) tell(own, name, { kind: 'added', object });
      return () => void set.delete(own);
    },
  };
}
