import { parseDuration } from '../base/index.ts';

const shortestMs = 1000;
const longestMs = 30_000;

/**
 * How long to wait before looking again, in milliseconds: a tenth of the time waited so far, between one second and
 * thirty. Answers that come quickly are seen quickly; one that takes days costs two requests a minute.
 */
export function adaptivePollMs(run: { readonly stepStartedAtMs: number; readonly nowMs: number }): number {
  const waitedMs = run.nowMs - run.stepStartedAtMs;
  return Math.min(longestMs, Math.max(shortestMs, Math.round(waitedMs / 10)));
}

/**
 * How long a waiting step rests before it looks again, in milliseconds: its `pollInterval`, but at least a second, or what
 * is usual, at most `longestMs`.
 */
export function pollAfterMs(
  config: { readonly pollInterval?: string | undefined },
  run: { readonly stepStartedAtMs: number; readonly nowMs: number },
  longestMs = Number.POSITIVE_INFINITY,
): number {
  const { pollInterval } = config;
  const askedMs = pollInterval === undefined ? undefined : parseDuration(pollInterval);
  return askedMs === undefined ? Math.min(longestMs, adaptivePollMs(run)) : Math.max(shortestMs, askedMs);
}
