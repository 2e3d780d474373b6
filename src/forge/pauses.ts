import type { Clock, HttpResponse } from '../ports/index.ts';
import { forgeErrors } from './errors.ts';
import { isBudgetSpent, longestWaitMs, readStatedWaitMs, usualWaitMs } from './rate-limit.ts';

/** Who asks whom: hosts count requests per token. */
export interface PauseKey {
  readonly host: string;
  /** Of the credential; `undefined` without one. */
  readonly identity: string | undefined;
}

/** Remembers which hosts want to be left alone, so that nobody asks them in vain and makes it last longer. */
export interface Pauses {
  /** Errors: forge.rate-limited while the host wants to be left alone by this identity. */
  check(key: PauseKey): void;
  /** Takes note of a refusal for too many requests; gives how long to wait, in milliseconds. */
  refused(key: PauseKey, response: Pick<HttpResponse, 'headers'>): number;
  /** Takes note of what an answer says of the requests to come. */
  answered(key: PauseKey, response: HttpResponse): void;
}

const maxKept = 10_000;

/** A host that names no time gets a minute, and twice as long after every further refusal. */
export function createPauses(clock: Clock): Pauses {
  const ends = new Map<string, number>();
  const vain = new Map<string, number>();
  const toKey = ({ host, identity }: PauseKey): string => JSON.stringify([host, identity]);
  const pause = (key: string, waitMs: number): void => {
    if (ends.size >= maxKept) forgetPast();
    ends.set(key, Math.max(ends.get(key) ?? 0, clock.nowMs() + waitMs));
  };
  const forgetPast = (): void => {
    const nowMs = clock.nowMs();
    for (const [key, endMs] of ends) if (endMs <= nowMs || ends.size > maxKept) ends.delete(key);
  };
  return {
    check(asked) {
      const key = toKey(asked);
      const leftMs = (ends.get(key) ?? 0) - clock.nowMs();
      if (leftMs <= 0) {
        ends.delete(key);
        return;
      }
      const message = `${asked.host} has asked for fewer requests and is left alone until it allows more`;
      throw forgeErrors.create('forge.rate-limited', message, { retryAfterMs: leftMs });
    },
    refused(asked, response) {
      const key = toKey(asked);
      const statedMs = readStatedWaitMs(clock.nowMs(), response);
      const times = vain.get(key) ?? 0;
      if (statedMs === undefined) vain.set(key, times + 1);
      const waitMs = statedMs ?? Math.min(usualWaitMs * 2 ** Math.min(times, 6), longestWaitMs);
      pause(key, waitMs);
      return waitMs;
    },
    answered(asked, response) {
      const key = toKey(asked);
      vain.delete(key);
      const { headers } = response;
      const isSlowed = [headers['retry-after'], headers['x-ratelimit-delay']].some(
        (text) => text !== undefined && text.trim() !== '0',
      );
      if (!isSlowed && !isBudgetSpent(response)) return;
      const waitMs = readStatedWaitMs(clock.nowMs(), response);
      if (waitMs !== undefined) pause(key, waitMs);
    },
  };
}
