/** What an answer's headers say about the limits of the one who asked. */
export interface StatedLimits {
  /** How long to stay away, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Requests that are left. */
  readonly remaining?: number;
  /** When there are more, in milliseconds from now. */
  readonly resetMs?: number;
  /** Only pulls are counted: Docker Hub's form with a window, e.g. "76;w=21600". */
  readonly isOfPulls: boolean;
}

type Headers = Readonly<Record<string, string | undefined>>;

/** A host that asks for more is asked again after this time. */
const maxDelayMs = 3_600_000;
/** Larger numbers are times, not delays. */
const leastEpochSeconds = 1_000_000_000;

/** The delay that a Retry-After header asks for (seconds or an HTTP date), in milliseconds; at most an hour. */
export function parseRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(header)) return Math.min(Number(header) * 1000, maxDelayMs);
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.min(Math.max(0, dateMs - nowMs), maxDelayMs);
}

/**
 * Reads what is in use: Retry-After; RateLimit-* in Docker Hub's form and those of the IETF drafts, RateLimit as one
 * header in both of its draft forms; X-RateLimit-* and X-Rate-Limit-* with delays or times of day.
 */
export function parseLimits(headers: Headers, nowMs: number): StatedLimits {
  const separate = readSeparate(headers, nowMs);
  const { remaining, resetMs } = separate.remaining === undefined ? readCombined(headers) : separate;
  const retryAfterMs = parseRetryAfterMs(headers['retry-after'], nowMs);
  return {
    isOfPulls: /;\s*w=/.test(headers['ratelimit-remaining'] ?? ''),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetMs === undefined ? {} : { resetMs: Math.min(resetMs, maxDelayMs) }),
  };
}

type Quota = Pick<StatedLimits, 'remaining' | 'resetMs'>;

function readSeparate(headers: Headers, nowMs: number): Quota {
  for (const prefix of ['ratelimit', 'x-ratelimit', 'x-rate-limit']) {
    const remaining = leadingNumber(headers[`${prefix}-remaining`]);
    if (remaining === undefined) continue;
    const stated = leadingNumber(headers[`${prefix}-reset`]);
    const resetMs =
      stated === undefined ? perRequestMs(headers[`${prefix}-limit`]) : toDelayMs(stated, nowMs);
    return { remaining, ...(resetMs === undefined ? {} : { resetMs }) };
  }
  return {};
}

// e.g. `limit=100, remaining=50, reset=30`, and `"default";r=50;t=30`.
const remainingForm = /(?:\bremaining=|;\s*r=)\s*(?<count>\d+)/;
const resetForm = /(?:\breset=|;\s*t=)\s*(?<seconds>\d+)/;

function readCombined(headers: Headers): Quota {
  const header = headers['ratelimit'] ?? '';
  const remaining = remainingForm.exec(header)?.groups?.['count'];
  const seconds = resetForm.exec(header)?.groups?.['seconds'];
  return {
    ...(remaining === undefined ? {} : { remaining: Number(remaining) }),
    ...(seconds === undefined ? {} : { resetMs: Number(seconds) * 1000 }),
  };
}

function leadingNumber(text: string | undefined): number | undefined {
  const digits = /^\s*(?<digits>\d{1,15})/.exec(text ?? '')?.groups?.['digits'];
  return digits === undefined ? undefined : Number(digits);
}

function toDelayMs(stated: number, nowMs: number): number {
  if (stated < leastEpochSeconds) return stated * 1000;
  const isInMs = stated > leastEpochSeconds * 1000;
  return Math.max(0, (isInMs ? stated : stated * 1000) - nowMs);
}

/** A window that slides gives one request back after its share of the time, e.g. "100;w=21600" after 216 s. */
function perRequestMs(limit: string | undefined): number | undefined {
  const parts = /^\s*(?<count>\d{1,15})\s*;\s*w=(?<seconds>\d{1,9})/.exec(limit ?? '')?.groups;
  if (parts === undefined || Number(parts['count']) === 0) return undefined;
  return (Number(parts['seconds']) / Number(parts['count'])) * 1000;
}
