import { type KubeObject, keyOf, keyText, type ObjectKey } from '../../api/meta/index.ts';
import type { CacheSelection, Change, Clock } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { compareVersions } from '../version.ts';
import { typeText, type WatchedType } from '../watched.ts';
import { createIndexes } from './indexes.ts';
import { createScope } from './scope.ts';
import { createTombstones } from './tombstones.ts';

/** All objects of one watched type as far as this process knows them. */
export interface Store {
  readonly watched: WatchedType;
  get(key: ObjectKey): KubeObject | undefined;
  list(selection: CacheSelection): readonly KubeObject[];
  /** Takes an object from a watch event or from the answer to a write; older than what is held, it is dropped. */
  take(object: KubeObject): void;
  /** Takes a "deleted" watch event; the object carries the version of the deletion. */
  takeDeleted(object: KubeObject): void;
  /** Takes the answer to a delete of this process: nothing of this UID is ever accepted again. */
  takeOwnDelete(key: ObjectKey, uid: string): void;
  /**
   * Takes a complete list as of `version`: what is held, older than that and not in the list has been deleted.
   * A list older than the one before means that the server was restored; then the list is the truth.
   */
  replace(objects: readonly KubeObject[], version: string): void;
  readonly size: number;
}

/** What a store needs from its surroundings. */
export interface StoreDeps {
  readonly clock: Clock;
  /** Called after each change, when the store already shows it. */
  readonly onChange: (change: Change<KubeObject>) => void;
  /** Called when an index function throws. */
  readonly onIndexError: (index: string, error: unknown) => void;
}

/** The index that every store has. */
const byNamespace = ' namespace';

/** Creates an empty store. Objects given to it must have a name, a UID and a comparable resource version. */
export function createStore(deps: StoreDeps, watched: WatchedType): Store {
  const objects = new Map<string, KubeObject>();
  const indexes = createIndexes({ ...watched.indexes, [byNamespace]: namespaceOf }, deps.onIndexError);
  const tombstones = createTombstones(deps.clock);
  const isInScope = createScope(watched);
  let listedVersion = '0';

  function put(key: string, object: KubeObject): void {
    const old = objects.get(key);
    if (old !== undefined && uidOf(old) !== uidOf(object)) {
      drop(key, old);
      put(key, object);
      return;
    }
    objects.set(key, object);
    indexes.replace(key, old, object);
    deps.onChange(old === undefined ? { kind: 'added', object } : { kind: 'updated', object, old });
  }

  function drop(key: string, object: KubeObject): void {
    objects.delete(key);
    indexes.replace(key, object, undefined);
    deps.onChange({ kind: 'deleted', object });
  }

  function take(object: KubeObject): void {
    if (!isInScope(object)) return;
    const key = keyText(keyOf(object));
    const version = versionOf(object);
    if (tombstones.covers(uidOf(object), version)) return;
    const held = objects.get(key);
    if (held !== undefined && compareVersions(version, versionOf(held)) <= 0) return;
    put(key, object);
  }

  function takeDeleted(object: KubeObject): void {
    const key = keyText(keyOf(object));
    tombstones.add(uidOf(object), versionOf(object));
    const held = objects.get(key);
    if (held !== undefined && uidOf(held) === uidOf(object)) drop(key, held);
  }

  function dropMissing(present: ReadonlySet<string>, version: string): void {
    for (const [key, object] of [...objects]) {
      if (present.has(uidOf(object)) || compareVersions(versionOf(object), version) > 0) continue;
      tombstones.add(uidOf(object), version);
      drop(key, object);
    }
  }

  function adopt(list: readonly KubeObject[]): void {
    tombstones.clear();
    const keys = new Set(list.map((object) => keyText(keyOf(object))));
    for (const [key, object] of [...objects]) if (!keys.has(key)) drop(key, object);
    for (const object of list) {
      const key = keyText(keyOf(object));
      const held = objects.get(key);
      if (held !== undefined && uidOf(held) === uidOf(object) && versionOf(held) === versionOf(object))
        continue;
      put(key, object);
    }
  }

  return {
    watched,
    get: (key) => objects.get(keyText(key)),
    list(selection) {
      if (selection.index === undefined) {
        if (selection.namespace === undefined) return [...objects.values()];
        return indexes.find(byNamespace, selection.namespace) ?? [];
      }
      const { name, value } = selection.index;
      const found = indexes.find(name, value);
      if (found === undefined) {
        const type = typeText(watched.type);
        throw kubeErrors.create('kube.not-watched', `"${type}" has no index "${name}"`, {
          data: { type, index: name },
        });
      }
      return inNamespace(found, selection.namespace);
    },
    take,
    takeDeleted,
    takeOwnDelete(key, uid) {
      tombstones.add(uid, undefined);
      const held = objects.get(keyText(key));
      if (held !== undefined && uidOf(held) === uid) drop(keyText(key), held);
    },
    replace(list, version) {
      const isRestored = compareVersions(version, listedVersion) < 0;
      listedVersion = version;
      if (isRestored) {
        adopt(list);
        return;
      }
      dropMissing(new Set(list.map(uidOf)), version);
      for (const object of list) take(object);
    },
    get size() {
      return objects.size;
    },
  };
}

function inNamespace(objects: readonly KubeObject[], namespace: string | undefined): readonly KubeObject[] {
  if (namespace === undefined) return objects;
  return objects.filter((object) => object.metadata.namespace === namespace);
}

function namespaceOf(object: KubeObject): readonly string[] {
  return object.metadata.namespace === undefined ? [] : [object.metadata.namespace];
}

function uidOf(object: KubeObject): string {
  return object.metadata.uid ?? '';
}

function versionOf(object: KubeObject): string {
  return object.metadata.resourceVersion ?? '0';
}
