import type { ObjectId } from '../../../wire/git/index.ts';
import type { Repository } from '../../git-server/index.ts';
import type { MergeMethod } from './merge.ts';

/** A pull request within one repository. */
export interface Pull {
  readonly number: number;
  readonly author: string;
  readonly headBranch: string;
  readonly createdAtMs: number;
  reviewers: readonly string[];
  assignees: readonly string[];
  isDraft: boolean;
  title: string;
  body: string;
  baseBranch: string;
  state: 'open' | 'closed';
  labels: string[];
  /** What people have said about it, oldest first. */
  comments: { readonly login: string; readonly text: string }[];
  /** Who has ordered that it is merged by itself once nothing is missing, and how. */
  auto: { readonly method: MergeMethod; readonly login: string } | undefined;
  /** The same for one that waits in the merge queue. */
  queue: { readonly method: MergeMethod; readonly login: string } | undefined;
  /** Something that the host demands (a check, a review) is missing. */
  isBlocked: boolean;
  updatedAtMs: number;
  closedAtMs: number | undefined;
  /** How often it has changed. */
  revision: number;
  /** Where the head was when it was last seen; the truth once it is closed. */
  headId: ObjectId;
  /** Where the base was when it was closed. */
  baseId: ObjectId;
  merge: { readonly commit: ObjectId; readonly login: string; readonly atMs: number } | undefined;
}

/** What the one who opens a pull request says. */
export interface NewPull {
  readonly title: string;
  readonly body: string;
  readonly headBranch: string;
  readonly baseBranch: string;
  readonly isDraft: boolean;
  readonly labels?: readonly string[];
  readonly reviewers?: readonly string[];
  readonly assignees?: readonly string[];
}

/** The pull requests of one repository, oldest first. */
export class PullList {
  /** The labels of the repository; the id of one is its place, counted from one. */
  readonly labels: string[] = [];
  readonly #pulls: Pull[] = [];

  open(
    draft: NewPull,
    at: {
      readonly author: string;
      readonly nowMs: number;
      readonly headId: ObjectId;
      readonly baseId: ObjectId;
    },
  ): Pull {
    const { nowMs, ...rest } = at;
    const pull: Pull = {
      ...draft,
      ...rest,
      number: this.#pulls.length + 1,
      state: 'open',
      labels: [...(draft.labels ?? [])],
      reviewers: draft.reviewers ?? [],
      assignees: draft.assignees ?? [],
      comments: [],
      auto: undefined,
      queue: undefined,
      isBlocked: false,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      closedAtMs: undefined,
      revision: 0,
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
      else if (isMoved) touchPull(pull, nowMs);
      else continue;
      changed.push(pull);
    }
    return changed;
  }
}

/** Closes a pull request, merged or not. */
export function closePull(pull: Pull, nowMs: number, merge: Pull['merge'], base: ObjectId | undefined): void {
  pull.state = 'closed';
  pull.closedAtMs = nowMs;
  pull.merge = merge;
  pull.auto = undefined;
  pull.queue = undefined;
  if (base !== undefined) pull.baseId = base;
  touchPull(pull, nowMs);
}

/** Notes that a pull request has changed. */
export function touchPull(pull: Pull, nowMs: number): void {
  pull.updatedAtMs = nowMs;
  pull.revision++;
}
