import type { OutgoingHttpHeaders } from 'node:http';
import type { Clock } from '../../ports/index.ts';

const windowMs = 3_600_000;

/** Counts requests per token and hour, as GitHub tells it in its headers. */
export function createRateLimit(
  clock: Clock,
  limit: number,
): { take(token: string): { readonly isWithin: boolean; readonly headers: OutgoingHttpHeaders } } {
  const windows = new Map<string, { used: number; endsAtMs: number }>();
  return {
    take(token) {
      const nowMs = clock.nowMs();
      const known = windows.get(token);
      const window = known && known.endsAtMs > nowMs ? known : { used: 0, endsAtMs: nowMs + windowMs };
      windows.set(token, window);
      window.used++;
      const headers = {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - window.used)),
        'x-ratelimit-used': String(Math.min(limit, window.used)),
        'x-ratelimit-reset': String(Math.ceil(window.endsAtMs / 1000)),
        'x-ratelimit-resource': 'core',
      };
      return { isWithin: window.used <= limit, headers };
    },
  };
}
