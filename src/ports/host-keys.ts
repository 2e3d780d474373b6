/**
 * Remembers the keys by which SSH hosts were met first, beyond the life of the process.
 *
 * Shape: a host as known_hosts files name it ("git.example", "[git.example]:2222"); a key as its type and base64
 * ("ssh-ed25519 AAAA…").
 * Consistency: of several processes that record a host at once, one wins, and all are told the same keys.
 */
export interface HostKeys {
  /** The keys that are recorded for a host; none when it was never met. */
  find(host: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Records the key of a host that has none yet, and gives the keys that are recorded now. */
  record(host: string, key: string, signal: AbortSignal): Promise<readonly string[]>;
}
