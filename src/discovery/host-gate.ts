import type { Clock } from '../ports/index.ts';
import { discoveryErrors } from './errors.ts';

/** Keeps looks at a slow host from occupying everybody who looks. */
export interface HostGate {
  /** Runs a look at a host; discovery.busy at once, with the time to come back, when enough wait for it already. */
  pass<T>(host: string, isAwaited: boolean, look: () => Promise<T>): Promise<T>;
}

interface Host {
  /** When the looks that are under way began. */
  readonly underWay: Set<{ readonly startedAtMs: number }>;
  /** Did the last look that ended take no longer than `slowMs`? */
  isFast: boolean;
  /** Looks that were sent away since one was let in. */
  sentAway: number;
}

/** A host whose looks take longer is slow. */
const slowMs = 5_000;
/** Looks at once at a host that is slow, or not known yet. */
const maxLooks = 8;
/** The same for looks that somebody waits for. */
const maxAwaitedLooks = 16;
const firstDelayMs = 1_000;
const delayPerLookMs = 20;
const maxDelayMs = 15_000;
const maxHosts = 5_000;

/** Creates a gate; a host that answers quickly has no limit here. */
export function createHostGate(clock: Clock): HostGate {
  const hosts = new Map<string, Host>();

  function hostOf(name: string): Host {
    const known = hosts.get(name);
    if (known !== undefined) return known;
    if (hosts.size >= maxHosts)
      for (const [key, host] of hosts) if (host.underWay.size === 0) hosts.delete(key);
    const host: Host = { underWay: new Set(), isFast: false, sentAway: 0 };
    hosts.set(name, host);
    return host;
  }

  return {
    async pass(name, isAwaited, look) {
      const host = hostOf(name);
      const limit = isAwaited ? maxAwaitedLooks : maxLooks;
      const startedAtMs = clock.nowMs();
      if (waitingAt(host, startedAtMs) >= limit) {
        host.sentAway++;
        const retryAfterMs = Math.min(firstDelayMs + host.sentAway * delayPerLookMs, maxDelayMs);
        const message = `${host.underWay.size} looks wait for ${name} already`;
        throw discoveryErrors.create('discovery.busy', message, { retryAfterMs });
      }
      const own = { startedAtMs };
      host.underWay.add(own);
      host.sentAway = 0;
      try {
        return await look();
      } finally {
        host.underWay.delete(own);
        host.isFast = clock.nowMs() - startedAtMs <= slowMs;
      }
    },
  };
}

/** Looks that count: all of a slow host; of a fast one those that have become slow, since others may be answered from memory. */
function waitingAt({ underWay, isFast }: Host, nowMs: number): number {
  if (!isFast) return underWay.size;
  let count = 0;
  for (const { startedAtMs } of underWay) if (nowMs - startedAtMs > slowMs) count++;
  return count;
}
