import type { ObjectId } from '../../wire/git/index.ts';
import type { Repository } from '../git-server/index.ts';

/** A pull request within one repository. */
export interface Pull {
  readonly number: number;
  readonly author: string;
  readonly headBranch: string;
  readonly isDraft: boolean;
  readonly createdAtMs: number;
  title: string;
  body: string;
  baseBranch: string;
  state: 'open' | 'closed';
  labels: string[];
  updatedAtMs: number;
  closedAtMs: number | undefined;
  /** Where the head was when it was last seen; the truth once it is closed. */
  headId: ObjectId;
  /** Where the base was when it was closed. */
  baseId: ObjectId;
  merge: { readonly commit: ObjectId; readonly login: string; readonly atMs: number } | undefined;
}

/** The pull requests of one repository, oldest first. */
export class PullList {
  readonly #pulls: Pull[] = [];

  open(draft: Omit<Pull, 'number' | 'state' | 'updatedAtMs' | 'closedAtMs' | 'merge' | 'labels'>): Pull {
    const pull: Pull = {
      ...draft,
      number: this.#pulls.length + 1,
      state: 'open',
      labels: [],
      updatedAtMs: draft.createdAtMs,
      closedAtMs: undefined,
      merge: undefined,
    };
    this.#pulls.push(pull);
    return pull;
  }

  get(number: number): Pull | undefined {
    return this.#pulls[number - 1];
  }

  all(): readonly Pull[] {
    return this.#pulls;
  }

  /** Follows what a push has done: moved heads, deleted heads, heads that have arrived in their base. */
  follow(repository: Repository, nowMs: number): Pull[] {
    const changed: Pull[] = [];
    for (const pull of this.#pulls) {
      if (pull.state !== 'open') continue;
      const head = repository.refs.get(`refs/heads/${pull.headBranch}`);
      const base = repository.refs.get(`refs/heads/${pull.baseBranch}`);
      const isMoved = head !== undefined && head !== pull.headId;
      if (head !== undefined) pull.headId = head;
      if (base !== undefined && repository.isAncestor(pull.headId, base)) {
        closePull(pull, nowMs, { commit: base, login: pull.author, atMs: nowMs }, base);
      } else if (head === undefined || base === undefined) closePull(pull, nowMs, undefined, base);
      else if (!isMoved) continue;
      pull.updatedAtMs = nowMs;
      changed.push(pull);
    }
    return changed;
  }
}

/** Closes a pull request, merged or not. */
export function closePull(pull: Pull, nowMs: number, merge: Pull['merge'], base: ObjectId | undefined): void {
  pull.state = 'closed';
  pull.closedAtMs = nowMs;
  pull.updatedAtMs = nowMs;
  pull.merge = merge;
  if (base !== undefined) pull.baseId = base;
}
