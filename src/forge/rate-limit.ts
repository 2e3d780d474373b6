import type { HttpResponse } from '../ports/index.ts';

/** What hosts ask for when they do not say how long to wait. */
const usualWaitMs = 60_000;
const shortestWaitMs = 1000;
const longestWaitMs = 3_600_000;

/**
 * How long a host wants to be left alone, in milliseconds: between a second and an hour.
 *
 * Read in this order: Retry-After as seconds or as a date; the moment at which a spent budget is filled again, as GitHub,
 * GitLab and Azure DevOps tell it; the interval in which Bitbucket Data Center adds to it.
 */
export function readWaitMs(nowMs: number, { headers }: Pick<HttpResponse, 'headers'>): number {
  const waitMs = readRetryAfter(nowMs, headers) ?? readReset(nowMs, headers) ?? readInterval(headers);
  return Math.min(Math.max(waitMs ?? usualWaitMs, shortestWaitMs), longestWaitMs);
}

/** Is the budget of requests spent, by the host's own count? */
export function isBudgetSpent({ headers }: Pick<HttpResponse, 'headers'>): boolean {
  return headers['x-ratelimit-remaining'] === '0' || headers['ratelimit-remaining'] === '0';
}

type Headers = HttpResponse['headers'];

function readRetryAfter(nowMs: number, headers: Headers): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const seconds = readNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs - nowMs;
}

function readReset(nowMs: number, headers: Headers): number | undefined {
  if (!isBudgetSpent({ headers })) return undefined;
  const atSec = readNumber(headers['x-ratelimit-reset'] ?? headers['ratelimit-reset']);
  return atSec === undefined ? undefined : atSec * 1000 - nowMs;
}

function readInterval(headers: Headers): number | undefined {
  const seconds = readNumber(headers['x-ratelimit-interval-seconds']);
  return seconds === undefined ? undefined : seconds * 1000;
}

function readNumber(text: string | undefined): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
