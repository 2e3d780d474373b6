/** The delay that a Retry-After header asks for (seconds or an HTTP date), in milliseconds; `undefined` when absent. */
export function parseRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Math.min(Number(header) * 1000, maxDelayMs);
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.min(Math.max(0, dateMs - nowMs), maxDelayMs);
}

/** A registry that asks for more is asked again after this time. */
const maxDelayMs = 3_600_000;
