import type { Clock, Random, WakePriority } from '../../ports/index.ts';
import { type BackoffOptions, backoffMs } from '../backoff.ts';
import type { QueueMetrics } from '../metrics.ts';
import { createLanes } from './lanes.ts';
import { moreUrgent } from './priorities.ts';
import { type BucketOptions, createBucket } from './rate-limit.ts';

/**
 * A work queue of keys.
 *
 * Guarantees: a key is queued at most once and worked on by at most one worker; a key added while it is worked on is
 * worked on once more afterwards; more urgent keys first; within a priority the groups of keys take turns, and within a
 * group keys come in order of arrival; the earliest of several delayed adds counts, and taking up a key cancels its delayed add, because whoever works on it decides anew.
 */
export interface Queue {
  add(key: string, priority: WakePriority): void;
  addAfter(key: string, delayMs: number, priority: WakePriority): void;
  /** Adds the key after its own growing delay, or later when the queue as a whole fails often. */
  addBackoff(key: string): void;
  /** Resets the key's growing delay. */
  forget(key: string): void;
  /** Forgets everything about a key that is not being worked on or queued: its object is gone. */
  drop(key: string): void;
  /** Starts to work; before it, adds just collect. What `work` throws is reported and otherwise ignored. */
  start(work: (key: string) => Promise<void>): void;
  /** Takes up no more keys; resolves when the workers are done. */
  stop(): Promise<void>;
  readonly state: QueueState;
}

/** What a look at a queue shows. Times are in milliseconds since the epoch. */
export interface QueueState {
  readonly depth: number;
  readonly delayed: number;
  /** Keys being worked on, with the time since when. */
  readonly active: ReadonlyMap<string, number>;
  /** Since when the key that has waited longest is due. */
  readonly oldestDueMs: number | undefined;
}

/** How a queue behaves. */
export interface QueueOptions {
  readonly concurrency: number;
  readonly backoff?: BackoffOptions;
  readonly bucket?: BucketOptions;
  /** Keys of one group wait for each other only; by default all are of one. */
  readonly groupOf?: (key: string) => string;
}

/** What a queue needs from its surroundings. */
export interface QueueDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: QueueMetrics;
  readonly onPanic: (key: string, error: unknown) => void;
}

interface Delayed {
  readonly dueMs: number;
  readonly priority: WakePriority;
  readonly cancel: () => void;
}

/** How often long work is told about. */
const tellEveryMs = 1000;
const defaultBackoff: BackoffOptions = { baseMs: 100, maxMs: 300_000 };
const defaultBucket: BucketOptions = { perSecond: 20, burst: 200 };

/** Creates a queue that collects; nothing is worked on before `start`. */
export function createQueue(deps: QueueDeps, options: QueueOptions): Queue {
  const { clock, metrics } = deps;
  const lanes = createLanes(options.groupOf ?? (() => ''));
  const delayed = new Map<string, Delayed>();
  const active = new Map<string, number>();
  const again = new Map<string, WakePriority>();
  const failures = new Map<string, number>();
  const takeToken = createBucket(clock, options.bucket ?? defaultBucket);
  let work: ((key: string) => Promise<void>) | undefined;
  let whenIdle: (() => void) | undefined;
  let cancelTelling: () => void = () => undefined;
  let isStopped = false;

  function add(key: string, priority: WakePriority): void {
    if (isStopped) return;
    if (active.has(key)) {
      again.set(key, moreUrgent(priority, again.get(key) ?? priority));
      return;
    }
    const waiting = lanes.get(key);
    if (waiting !== undefined && moreUrgent(priority, waiting.priority) === waiting.priority) return;
    lanes.put(key, { priority, sinceMs: waiting?.sinceMs ?? clock.nowMs() });
    if (waiting === undefined) metrics.added();
    metrics.depth(lanes.size);
    dispatch();
  }

  function addAfter(key: string, delayMs: number, priority: WakePriority): void {
    if (isStopped) return;
    if (delayMs <= 0) {
      add(key, priority);
      return;
    }
    const dueMs = clock.nowMs() + delayMs;
    const known = delayed.get(key);
    if (known !== undefined && known.dueMs <= dueMs) return;
    known?.cancel();
    const cancel = clock.schedule(delayMs, () => {
      delayed.delete(key);
      add(key, priority);
    });
    delayed.set(key, { dueMs, priority, cancel });
  }

  function cancelDelayed(key: string): void {
    delayed.get(key)?.cancel();
    delayed.delete(key);
  }

  /** Tells how long work has been going on, and goes on telling while there is any. */
  function tellUnfinished(): void {
    cancelTelling();
    cancelTelling = () => undefined;
    let totalMs = 0;
    let longestMs = 0;
    for (const sinceMs of active.values()) {
      const ms = clock.nowMs() - sinceMs;
      totalMs += ms;
      longestMs = Math.max(longestMs, ms);
    }
    metrics.unfinished(totalMs / 1000, longestMs / 1000);
    if (active.size > 0) cancelTelling = clock.schedule(tellEveryMs, tellUnfinished);
  }

  function dispatch(): void {
    while (work !== undefined && !isStopped && active.size < options.concurrency) {
      const next = lanes.take();
      if (next === undefined) return;
      const [key, waiting] = next;
      active.set(key, clock.nowMs());
      if (active.size === 1) cancelTelling = clock.schedule(tellEveryMs, tellUnfinished);
      cancelDelayed(key);
      metrics.depth(lanes.size);
      metrics.taken((clock.nowMs() - waiting.sinceMs) / 1000);
      metrics.active(active.size);
      void run(key, work);
    }
  }

  async function run(key: string, todo: (key: string) => Promise<void>): Promise<void> {
    const startedMs = active.get(key) ?? 0;
    try {
      await todo(key);
    } catch (error) {
      deps.onPanic(key, error);
    }
    active.delete(key);
    if (active.size === 0) tellUnfinished();
    metrics.active(active.size);
    metrics.worked((clock.nowMs() - startedMs) / 1000);
    const priority = again.get(key);
    again.delete(key);
    if (priority !== undefined) add(key, priority);
    if (active.size === 0) whenIdle?.();
    dispatch();
  }

  return {
    add,
    addAfter,
    addBackoff(key) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      metrics.retried();
      const ownMs = backoffMs(options.backoff ?? defaultBackoff, count, deps.random);
      addAfter(key, Math.max(ownMs, takeToken()), 'timer');
    },
    forget: (key) => void failures.delete(key),
    drop(key) {
      failures.delete(key);
      cancelDelayed(key);
    },
    start(todo) {
      work = todo;
      dispatch();
    },
    async stop() {
      isStopped = true;
      for (const key of [...delayed.keys()]) cancelDelayed(key);
      lanes.clear();
      again.clear();
      metrics.depth(0);
      if (active.size === 0) return;
      await new Promise<void>((resolve) => {
        whenIdle = resolve;
      });
    },
    get state(): QueueState {
      return {
        depth: lanes.size,
        delayed: delayed.size,
        active: new Map(active),
        oldestDueMs: lanes.oldestMs,
      };
    },
  };
}
