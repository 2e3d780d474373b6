import type { Clock } from '../../ports/index.ts';

/** An overall limit: so many at once, then so many per second. */
export interface BucketOptions {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * A token bucket that may go into debt. Each call takes a token and answers after how many milliseconds it is there.
 */
export function createBucket(clock: Clock, options: BucketOptions): () => number {
  let tokens = options.burst;
  let atMs = clock.nowMs();
  return () => {
    const nowMs = clock.nowMs();
    tokens = Math.min(options.burst, tokens + ((nowMs - atMs) / 1000) * options.perSecond);
    atMs = nowMs;
    tokens -= 1;
    return tokens >= 0 ? 0 : (-tokens / options.perSecond) * 1000;
  };
}
