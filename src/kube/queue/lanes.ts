import type { WakePriority } from '../../ports/index.ts';
import { priorities } from './priorities.ts';

/** Why a key waits, and since when. */
export interface Waiting {
  readonly priority: WakePriority;
  readonly sinceMs: number;
}

/**
 * Keys that wait to be taken: the more urgent first; within a priority the groups take turns, one key each; within a
 * group in order of arrival. So a thousand keys of one group delay a key of another by one turn only.
 */
export interface Lanes {
  get(key: string): Waiting | undefined;
  /** Adds a key, or moves it to the end of its group, here or in another lane; its group keeps its turn. */
  put(key: string, waiting: Waiting): void;
  /** The next key, which waits no more. */
  take(): [string, Waiting] | undefined;
  clear(): void;
  readonly size: number;
  /** Since when the key that has waited longest waits. */
  readonly oldestMs: number | undefined;
}

/** Creates empty lanes; `groupOf` must always answer the same for one key. */
export function createLanes(groupOf: (key: string) => string): Lanes {
  const waitings = new Map<string, Waiting>();
  // Per priority the groups in the order of their turns, and per group its keys in order of arrival.
  const lanes = new Map(priorities.map((priority) => [priority, new Map<string, Set<string>>()]));

  function remove(key: string, { priority }: Waiting): void {
    const lane = lanes.get(priority);
    const group = lane?.get(groupOf(key));
    group?.delete(key);
    if (group?.size === 0) lane?.delete(groupOf(key));
    waitings.delete(key);
  }

  return {
    get: (key) => waitings.get(key),
    put(key, waiting) {
      const known = waitings.get(key);
      if (known !== undefined && known.priority !== waiting.priority) remove(key, known);
      waitings.set(key, waiting);
      const lane = lanes.get(waiting.priority);
      const group = lane?.get(groupOf(key)) ?? new Set();
      group.delete(key);
      lane?.set(groupOf(key), group.add(key));
    },
    take() {
      for (const lane of lanes.values()) {
        for (const [name, group] of lane) {
          for (const key of group) {
            const waiting = waitings.get(key);
            if (waiting === undefined) continue;
            remove(key, waiting);
            // The turn is over: the group goes to the end.
            lane.delete(name);
            if (group.size > 0) lane.set(name, group);
            return [key, waiting];
          }
        }
      }
      return undefined;
    },
    clear() {
      waitings.clear();
      for (const lane of lanes.values()) lane.clear();
    },
    get size() {
      return waitings.size;
    },
    get oldestMs() {
      let oldestMs: number | undefined;
      for (const { sinceMs } of waitings.values()) oldestMs = Math.min(oldestMs ?? sinceMs, sinceMs);
      return oldestMs;
    },
  };
}
