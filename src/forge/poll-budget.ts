import type { Clock } from '../ports/index.ts';
import { forgeErrors } from './errors.ts';

/** Limits how often one git host is asked how its pull requests stand. */
export interface PollBudget {
  /**
   * Takes one look at a host. Errors: forge.rate-limited when too many look at once; its delays are spread, so that those
   * who are sent away come back one after the other.
   */
  take(host: string): void;
}

/** How many looks a host gets. */
export interface PollBudgetOptions {
  readonly looksPerSecond: number;
  /** Looks that may come at once after a quiet time. */
  readonly burst: number;
}

/** A token bucket per host, kept as the time at which it will be full again. */
export function createPollBudget(clock: Clock, { looksPerSecond, burst }: PollBudgetOptions): PollBudget {
  const intervalMs = 1000 / looksPerSecond;
  const fullAtMs = new Map<string, number>();
  const nextTurnMs = new Map<string, number>();
  return {
    take(host) {
      const nowMs = clock.nowMs();
      const fullMs = Math.max(fullAtMs.get(host) ?? 0, nowMs) + intervalMs;
      if (fullMs - nowMs <= burst * intervalMs) {
        fullAtMs.set(host, fullMs);
        return;
      }
      const turnMs = Math.max(nextTurnMs.get(host) ?? 0, nowMs) + intervalMs;
      nextTurnMs.set(host, turnMs);
      const message = `many promotions look at pull requests at ${host}; at most ${looksPerSecond} looks per second are made`;
      throw forgeErrors.create('forge.rate-limited', message, { retryAfterMs: Math.ceil(turnMs - nowMs) });
    },
  };
}
