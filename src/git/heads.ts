import { LRUCache } from 'lru-cache';
import type { GitRemote } from '../ports/index.ts';
import type { ObjectId } from '../wire/git/index.ts';
import { parseRemoteUrl } from './url.ts';

/** Branches whose head is remembered. */
const maxHeads = 20_000;

/**
 * Where branches were when anybody here last saw them. Only ever a guess: pushes compare and swap, and what a guess
 * shows to an identity is decided by `Access`.
 */
export class Heads {
  readonly #heads = new LRUCache<string, ObjectId>({ max: maxHeads });

  get(remote: GitRemote, branch: string): ObjectId | undefined {
    return this.#heads.get(keyOf(remote, branch));
  }

  set(remote: GitRemote, branch: string, commit: ObjectId): void {
    this.#heads.set(keyOf(remote, branch), commit);
  }
}

function keyOf(remote: GitRemote, branch: string): string {
  return `${parseRemoteUrl(remote).store}\n${branch}`;
}
