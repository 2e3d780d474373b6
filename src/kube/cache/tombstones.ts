import type { Clock } from '../../ports/index.ts';
import { compareVersions } from '../version.ts';

/** Remembers what was deleted, so that a late answer or event cannot bring it back. */
export interface Tombstones {
  /** Without a version the deletion is final: the UID never comes back. */
  add(uid: string, version: string | undefined): void;
  /** Was this UID deleted at this version or later? */
  covers(uid: string, version: string): boolean;
  clear(): void;
}

/** How long a deletion is remembered: longer than any request may be under way. */
const keepMs = 10 * 60_000;
const maxEntries = 20_000;

/** Creates an empty set; entries older than ten minutes, and the oldest above 20,000, are forgotten. */
export function createTombstones(clock: Clock): Tombstones {
  const entries = new Map<string, { readonly version: string | undefined; readonly sinceMs: number }>();

  function forgetOld(): void {
    const limitMs = clock.nowMs() - keepMs;
    for (const [uid, entry] of entries) {
      if (entry.sinceMs > limitMs && entries.size <= maxEntries) return;
      entries.delete(uid);
    }
  }

  return {
    add(uid, version) {
      const known = entries.get(uid);
      if (known !== undefined && known.version === undefined) return;
      entries.delete(uid);
      entries.set(uid, { version, sinceMs: clock.nowMs() });
      forgetOld();
    },
    covers(uid, version) {
      const entry = entries.get(uid);
      if (entry === undefined) return false;
      return entry.version === undefined || compareVersions(version, entry.version) <= 0;
    },
    clear: () => entries.clear(),
  };
}
