import type { KubeObject } from '../../api/meta/index.ts';
import type { IndexValues } from '../watched.ts';

/** Finds objects by declared values. */
export interface Indexes {
  /** Objects under a value in the order they came; `undefined` when there is no such index. */
  find(name: string, value: string): readonly KubeObject[] | undefined;
  /** Moves the entry of one key from the old object's values to the new one's. */
  replace(key: string, old: KubeObject | undefined, next: KubeObject | undefined): void;
}

/** Creates empty indexes of these names; an object whose values cannot be computed is in none of them. */
export function createIndexes(
  declared: Readonly<Record<string, IndexValues<KubeObject>>>,
  onError: (name: string, error: unknown) => void,
): Indexes {
  const indexes = new Map(
    Object.entries(declared).map(([name, values]) => {
      function valuesOf(object: KubeObject): readonly string[] {
        try {
          return values(object);
        } catch (error) {
          onError(name, error);
          return [];
        }
      }
      return [name, { valuesOf, entries: new Map<string, Map<string, KubeObject>>() }];
    }),
  );
  return {
    find(name, value) {
      const index = indexes.get(name);
      if (index === undefined) return undefined;
      return [...(index.entries.get(value)?.values() ?? [])];
    },
    replace(key, old, next) {
      for (const { valuesOf, entries } of indexes.values()) {
        const nextValues = new Set(next === undefined ? [] : valuesOf(next));
        for (const value of old === undefined ? [] : valuesOf(old)) {
          if (!nextValues.has(value)) removeEntry(entries, value, key);
        }
        if (next === undefined) continue;
        for (const value of nextValues) addEntry(entries, value, key, next);
      }
    },
  };
}

type Entries = Map<string, Map<string, KubeObject>>;

function addEntry(entries: Entries, value: string, key: string, object: KubeObject): void {
  const found = entries.get(value);
  if (found === undefined) entries.set(value, new Map([[key, object]]));
  else found.set(key, object);
}

function removeEntry(entries: Entries, value: string, key: string): void {
  const found = entries.get(value);
  found?.delete(key);
  if (found?.size === 0) entries.delete(value);
}
