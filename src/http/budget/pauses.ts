import type { HttpHead, Random } from '../../ports/index.ts';
import { parseLimits, type StatedLimits } from './limits.ts';

/** What keeps a host, or one identity at it, from being asked. */
export interface Pauses {
  /** Milliseconds that are left of the longest pause that concerns such a request. */
  leftMs(request: { readonly identity: string; readonly isPull: boolean }, nowMs: number): number;
  /** Takes in what an answer says; does a pause follow from it? */
  learn(
    request: { readonly identity: string; readonly isPull: boolean },
    answer: HttpHead,
    nowMs: number,
  ): boolean;
  /** The exchange failed: no connection, no answer in time, or it was cut. */
  fail(nowMs: number): void;
  /** Is the host being tried again after failures? Then one request at a time is enough. */
  readonly isSuspect: boolean;
  /** Is anybody kept away? */
  holdsAnybody(nowMs: number): boolean;
}

interface Hold {
  untilMs: number;
  /** Refusals in a row that did not say how long. */
  refusals: number;
}

const firstBackOffMs = 2_000;
const maxBackOffMs = 900_000;
const firstRestMs = 2_000;
const maxRestMs = 60_000;
/** Failures in a row after which a host is left alone. */
const failuresToRest = 5;
const maxIdentities = 10_000;

/** Creates the memory of one host's pauses. */
export function createPauses(random: Random): Pauses {
  const ofHost: Hold = { untilMs: 0, refusals: 0 };
  const ofIdentity = new Map<string, Hold>();
  const ofPulls = new Map<string, Hold>();
  let failures = 0;
  let restUntilMs = 0;

  function holdOf(holds: Map<string, Hold>, identity: string): Hold {
    const known = holds.get(identity) ?? { untilMs: 0, refusals: 0 };
    holds.delete(identity);
    holds.set(identity, known);
    const [oldest] = holds.keys();
    if (holds.size > maxIdentities && oldest !== undefined) holds.delete(oldest);
    return known;
  }

  /** Never earlier than asked, and not everybody at once. */
  function hold(kept: Hold, delayMs: number, nowMs: number): void {
    kept.untilMs = Math.max(kept.untilMs, nowMs + delayMs * (1 + random.next() / 10));
  }

  function refuse(kept: Hold, { retryAfterMs, remaining, resetMs }: StatedLimits, nowMs: number): void {
    const stated = retryAfterMs ?? (remaining === 0 ? resetMs : undefined);
    kept.refusals++;
    const backOffMs = Math.min(firstBackOffMs * 2 ** (kept.refusals - 1), maxBackOffMs);
    hold(kept, stated ?? backOffMs * (0.75 + random.next() / 4), nowMs);
  }

  return {
    get isSuspect() {
      return failures >= failuresToRest;
    },
    holdsAnybody(nowMs) {
      const holds = [ofHost, ...ofIdentity.values(), ...ofPulls.values()];
      return restUntilMs > nowMs || holds.some((kept) => kept.untilMs > nowMs);
    },
    leftMs({ identity, isPull }, nowMs) {
      const pulls = isPull ? (ofPulls.get(identity)?.untilMs ?? 0) : 0;
      const own = ofIdentity.get(identity)?.untilMs ?? 0;
      return Math.max(0, Math.max(ofHost.untilMs, restUntilMs, own, pulls) - nowMs);
    },
    learn({ identity, isPull }, { status, headers }, nowMs) {
      failures = 0;
      const limits = parseLimits(headers, nowMs);
      if (status === 429) {
        // Where pulls are counted apart, looking is still allowed.
        refuse(holdOf(limits.isOfPulls && isPull ? ofPulls : ofIdentity, identity), limits, nowMs);
        return true;
      }
      if (status === 503 && limits.retryAfterMs !== undefined) {
        refuse(ofHost, limits, nowMs);
        return true;
      }
      ofHost.refusals = 0;
      const holds = limits.isOfPulls ? ofPulls : ofIdentity;
      if (limits.remaining === 0 && limits.resetMs !== undefined) {
        hold(holdOf(holds, identity), limits.resetMs, nowMs);
        return true;
      }
      if (holds.has(identity)) holdOf(holds, identity).refusals = 0;
      return false;
    },
    fail(nowMs) {
      // Requests that were under way when the rest began fail together; that is one failure.
      if (nowMs < restUntilMs) return;
      failures++;
      if (failures < failuresToRest) return;
      const restMs = Math.min(firstRestMs * 2 ** Math.min(failures - failuresToRest, 10), maxRestMs);
      restUntilMs = nowMs + restMs * (0.75 + random.next() / 2);
    },
  };
}
