import type { Clock } from '../ports/index.ts';
import { ociErrors } from './errors.ts';
import { sleep } from './sleep.ts';

/** Limits requests per host. */
export interface Budget {
  /** Returns when a request may be made; oci.rate-limited at once when the host's pause is long. */
  take(host: string, signal: AbortSignal): Promise<void>;
  /** No requests to this host for a while, because it said so. */
  pause(host: string, delayMs: number): void;
}

/** How fast requests may be made. */
export interface BudgetOptions {
  readonly requestsPerSecond: number;
  /** Requests that may be made at once after a quiet time. */
  readonly burst: number;
}

/** The longest pause that a request sits out by itself; a longer one is the caller's business. */
const maxPatienceMs = 2000;

/** A token bucket per host, kept as the time at which it will be full again. */
export function createBudget(clock: Clock, options: BudgetOptions): Budget {
  const intervalMs = 1000 / options.requestsPerSecond;
  const fullAtMs = new Map<string, number>();
  const pausedUntilMs = new Map<string, number>();
  return {
    async take(host, signal) {
      const pauseMs = (pausedUntilMs.get(host) ?? 0) - clock.nowMs();
      if (pauseMs > maxPatienceMs) {
        throw ociErrors.create('oci.rate-limited', `registry ${host} asked for a pause`, {
          retryAfterMs: pauseMs,
          data: { registry: host },
        });
      }
      if (pauseMs > 0) await sleep(clock, pauseMs, signal);
      const nowMs = clock.nowMs();
      const nextMs = Math.max(fullAtMs.get(host) ?? 0, nowMs) + intervalMs;
      fullAtMs.set(host, nextMs);
      const waitMs = nextMs - nowMs - options.burst * intervalMs;
      if (waitMs > 0) await sleep(clock, waitMs, signal);
    },
    pause(host, delayMs) {
      const untilMs = clock.nowMs() + delayMs;
      pausedUntilMs.set(host, Math.max(pausedUntilMs.get(host) ?? 0, untilMs));
    },
  };
}
