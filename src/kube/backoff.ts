import type { Random } from '../ports/index.ts';

/** Growing delays with jitter. */
export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * The delay before the next try after `failures` failures in a row (1 is the first), in milliseconds.
 *
 * Guarantees: doubles with each failure up to the limit; between half and all of that, so that many do not come at once.
 */
export function backoffMs(options: BackoffOptions, failures: number, random: Random): number {
  const fullMs = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(failures - 1, 30));
  return fullMs * (0.5 + random.next() / 2);
}
