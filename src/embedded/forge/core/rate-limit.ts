import type { Clock } from '../../../ports/index.ts';

/** How much of a budget of requests is left. */
export interface LimitWindow {
  readonly isWithin: boolean;
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly endsAtMs: number;
  readonly nowMs: number;
}

const windowMs = 3_600_000;

/** Counts requests per token and hour. */
export function createRateLimit(clock: Clock, limit: number): { take(token: string): LimitWindow } {
  const windows = new Map<string, { used: number; endsAtMs: number }>();
  return {
    take(token) {
      const nowMs = clock.nowMs();
      const known = windows.get(token);
      const window = known && known.endsAtMs > nowMs ? known : { used: 0, endsAtMs: nowMs + windowMs };
      windows.set(token, window);
      window.used++;
      const { used, endsAtMs } = window;
      return { isWithin: used <= limit, limit, used, remaining: Math.max(0, limit - used), endsAtMs, nowMs };
    },
  };
}

/** Seconds until a window ends. */
export function secondsLeft({ endsAtMs, nowMs }: LimitWindow): number {
  return Math.ceil((endsAtMs - nowMs) / 1000);
}
