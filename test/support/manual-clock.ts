import type { Clock } from '../../src/ports/index.ts';

/** A clock that a test moves. */
export interface ManualClock extends Clock {
  /**
   * Lets time pass, calling what falls due in order; between two calls, promises and I/O callbacks that are ready run.
   */
  advance(durationMs: number): Promise<void>;
  /** Lets everything run that is ready now, without time passing. */
  settle(): Promise<void>;
  /** How many calls are scheduled. */
  readonly pending: number;
  /** When the next scheduled call is due, in milliseconds since the epoch. */
  readonly nextDueMs: number | undefined;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** 2026-01-02T03:04:05Z. */
export const defaultStartMs = 1_767_323_045_000;

/** A clock that stands still until `advance` is called. */
export function createManualClock(startMs: number = defaultStartMs): ManualClock {
  const timers = new Set<Timer>();
  let nowMs = startMs;
  let order = 0;

  function next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (first === undefined || timer.dueMs < first.dueMs) first = timer;
      else if (timer.dueMs === first.dueMs && timer.order < first.order) first = timer;
    }
    return first;
  }

  async function settle(): Promise<void> {
    for (let round = 0; round < 3; round += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  return {
    nowMs: () => nowMs,
    schedule(delayMs, run) {
      order += 1;
      const timer = { dueMs: nowMs + Math.max(0, delayMs), order, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(durationMs) {
      const endMs = nowMs + durationMs;
      await settle();
      for (let timer = next(); timer !== undefined && timer.dueMs <= endMs; timer = next()) {
        timers.delete(timer);
        nowMs = Math.max(nowMs, timer.dueMs);
        timer.run();
        await settle();
      }
      nowMs = endMs;
    },
    settle,
    get pending() {
      return timers.size;
    },
    get nextDueMs() {
      return next()?.dueMs;
    },
  };
}
