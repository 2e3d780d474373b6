import { randomUUID } from 'node:crypto';
import type { Clock, Random } from '../ports/index.ts';

/** Longest delay that Node's timers take; longer ones would fire at once. */
const maxTimerMs = 2_147_483_647;

/** The computer's clock. Timers never keep the process alive. */
export function createSystemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    schedule(delayMs, run) {
      const dueMs = Date.now() + delayMs;
      let timer = setTimeout(fire, clampDelay(delayMs));
      timer.unref();
      function fire(): void {
        const leftMs = dueMs - Date.now();
        if (delayMs <= maxTimerMs || leftMs <= 0) {
          run();
          return;
        }
        timer = setTimeout(fire, clampDelay(leftMs));
        timer.unref();
      }
      return () => clearTimeout(timer);
    },
  };
}

/** The platform's random numbers; UUIDs are cryptographically random. */
export function createSystemRandom(): Random {
  return { next: () => Math.random(), uuid: () => randomUUID() };
}

function clampDelay(delayMs: number): number {
  return Math.min(Math.max(0, delayMs), maxTimerMs);
}
