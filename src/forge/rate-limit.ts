import type { HttpResponse } from '../ports/index.ts';

/** What hosts ask for when they do not say how long to wait. */
export const usualWaitMs = 60_000;
/** Nobody is left alone for longer, whatever the host says. */
export const longestWaitMs = 3_600_000;
const shortestWaitMs = 1000;

/**
 * How long a host says that it wants to be left alone, in milliseconds, between a second and an hour; `undefined` when it
 * does not say.
 *
 * Read in this order: Retry-After as seconds or as a date; the moment at which a spent budget is filled again, as GitHub,
 * GitLab and Azure DevOps tell it; by how much Azure DevOps has slowed the request down; the interval in which Bitbucket
 * Data Center adds to its budget.
 */
export function readStatedWaitMs(
  nowMs: number,
  { headers }: Pick<HttpResponse, 'headers'>,
): number | undefined {
  const waitMs =
    readRetryAfter(nowMs, headers) ??
    readReset(nowMs, headers) ??
    readSeconds(headers['x-ratelimit-delay']) ??
    readSeconds(headers['x-ratelimit-interval-seconds']);
  return waitMs === undefined ? undefined : Math.min(Math.max(waitMs, shortestWaitMs), longestWaitMs);
}

/** Is the budget of requests spent, by the host's own count? */
export function isBudgetSpent({ headers }: Pick<HttpResponse, 'headers'>): boolean {
  return headers['x-ratelimit-remaining'] === '0' || headers['ratelimit-remaining'] === '0';
}

type Headers = HttpResponse['headers'];

function readRetryAfter(nowMs: number, headers: Headers): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const waitMs = readSeconds(text);
  if (waitMs !== undefined) return waitMs;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs - nowMs;
}

function readReset(nowMs: number, headers: Headers): number | undefined {
  if (!isBudgetSpent({ headers })) return undefined;
  const atMs = readSeconds(headers['x-ratelimit-reset'] ?? headers['ratelimit-reset']);
  return atMs === undefined ? undefined : atMs - nowMs;
}

/** Seconds, in milliseconds. */
function readSeconds(text: string | undefined): number | undefined {
  const value = Number(text === undefined || text.trim() === '' ? Number.NaN : text);
  return Number.isFinite(value) ? value * 1000 : undefined;
}
