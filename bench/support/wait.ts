import type { KubeObject, ResourceType } from '../../src/api/meta/index.ts';
import type { KubeChanges } from '../../src/ports/index.ts';

/** How long anything is waited for, in milliseconds. */
const limitMs = 90_000;

/**
 * The first object of a watched type that satisfies the test, now or later, and when it was seen (`performance.now()`).
 *
 * Errors: after 90 s, with what was waited for.
 */
export function waitFor<T extends KubeObject>(
  changes: KubeChanges,
  type: ResourceType<T>,
  what: string,
  test: (object: T) => boolean,
): Promise<{ readonly object: T; readonly atMs: number }> {
  return new Promise((resolve, reject) => {
    let end = (): void => undefined;
    let isFound = false;
    const late = setTimeout(() => {
      end();
      reject(new Error(`waited ${limitMs} ms for ${what}`));
    }, limitMs);
    const listen = (change: { readonly kind: string; readonly object: T }): void => {
      if (isFound || change.kind === 'deleted' || !test(change.object)) return;
      isFound = true;
      clearTimeout(late);
      resolve({ object: change.object, atMs: performance.now() });
      queueMicrotask(() => end());
    };
    end = changes.subscribe(type, listen);
  });
}

/** Lets time pass. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Does the same for many, a few at a time. */
export async function forEachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const take = async (): Promise<void> => {
    for (;;) {
      const index = next++;
      const item = items[index];
      if (index >= items.length || item === undefined) return;
      await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, take));
}
