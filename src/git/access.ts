import { LRUCache } from 'lru-cache';
import type { Clock, GitRemote } from '../ports/index.ts';
import { parseRemoteUrl } from './url.ts';

/** Proofs that are kept at most. */
const maxProofs = 20_000;

/**
 * Which identity has seen which commit at which remote, and when: cached objects are served to an identity only below
 * commits that the remote itself has shown to it a short while ago.
 */
export class Access {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #provenAtMs = new LRUCache<string, number>({ max: maxProofs });

  constructor(clock: Clock, ttlMs: number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  /** The remote has shown this commit to the remote's identity. */
  prove(remote: GitRemote, commit: string): void {
    this.#provenAtMs.set(keyOf(remote, commit), this.#clock.nowMs());
  }

  /** What is reached from a commit is shown with it, and no longer. */
  proveBelow(remote: GitRemote, head: string, commits: readonly string[]): void {
    const at = this.#provenAtMs.get(keyOf(remote, head));
    if (at === undefined) return;
    const identity = accessKey(remote);
    for (const commit of commits) {
      const key = `${identity}\n${commit}`;
      const before = this.#provenAtMs.get(key);
      if (before === undefined || before < at) this.#provenAtMs.set(key, at);
    }
  }

  isProven(remote: GitRemote, commit: string): boolean {
    const at = this.#provenAtMs.get(keyOf(remote, commit));
    return at !== undefined && this.#clock.nowMs() - at < this.#ttlMs;
  }
}

/** Names a repository together with who asks: the name of the credential, or nobody. */
export function accessKey(remote: GitRemote): string {
  const { credential } = remote;
  const identity =
    credential === undefined ? 'anonymous' : `credential ${credential.identity} ${credential.revision ?? ''}`;
  return `${parseRemoteUrl(remote).store}\n${identity}`;
}

function keyOf(remote: GitRemote, commit: string): string {
  return `${accessKey(remote)}\n${commit}`;
}
