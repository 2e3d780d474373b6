import type { PushRequest, PushResult } from '../ports/index.ts';
import { accessKey } from './access.ts';
import { assertBranchName } from './branch-name.ts';
import { Expected } from './expected.ts';
import { type Job, type PusherDeps, SinglePush } from './push-one.ts';
import { canShare, JointPush, type WaitingPush } from './push-together.ts';
import type { Signers } from './signing/signer.ts';
import { Turns } from './turns.ts';
import type { GitWorktree } from './worktree.ts';

/** Pushes that are sent together at most. */
const maxTogether = 50;

/** How long a push waits for work trees of its branch that are about to be pushed too, in milliseconds. */
const gatherMs = 200;

interface Entry extends WaitingPush {
  readonly result: Promise<PushResult>;
  readonly signal: AbortSignal;
}

/**
 * Pushes work trees in turns, one turn after the other for each branch of a repository.
 *
 * Whoever has the turn takes along what waits behind it for the same branch with the same identity, so that many
 * promotions become one push; different identities take turns.
 */
export class Pusher {
  readonly #deps: PusherDeps & { readonly signers: Signers };
  readonly #single: SinglePush;
  readonly #joint: JointPush;
  readonly #turns = new Turns();
  readonly #waiting = new Map<string, Set<Entry>>();
  readonly #expected: Expected;

  constructor(deps: PusherDeps & { readonly signers: Signers }) {
    this.#deps = deps;
    this.#expected = new Expected(deps.clock);
    this.#single = new SinglePush(deps);
    this.#joint = new JointPush(this.#single, deps);
  }

  /** A work tree that stands on a branch was checked out. */
  expect(worktree: GitWorktree): void {
    if (worktree.branch !== undefined) this.#expected.add(worktree, shareKey(worktree, worktree.branch));
  }

  /** See `GitRepos.push`. */
  async push(request: PushRequest, worktree: GitWorktree, signal: AbortSignal): Promise<PushResult> {
    this.#expected.remove(worktree);
    assertBranchName(request.branch);
    const source = this.#deps.objectsOf(worktree.remote);
    const signingKey = request.committer?.signingKey;
    const signer = signingKey === undefined ? undefined : await this.#deps.signers.load(signingKey);
    const key = `${source.store}\n${request.branch}`;
    const entry = createEntry({ request, worktree, source, signer }, signal);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(entry));
    try {
      return await this.#turns.run(key, () => this.#takeTurn(entry, waiting), signal);
    } finally {
      waiting.delete(entry);
      if (waiting.size === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key);
    }
  }

  async #takeTurn(entry: Entry, waiting: Set<Entry>): Promise<PushResult> {
    // Somebody has taken it along.
    if (!waiting.has(entry)) return entry.result;
    if (canShare(entry.job) && waiting.size < maxTogether) {
      const { worktree, request } = entry.job;
      await this.#expected.wait(shareKey(worktree, request.branch), gatherMs, entry.signal);
      entry.signal.throwIfAborted();
    }
    const companions = this.#takeCompanions(entry, waiting);
    if (companions.length === 0) return this.#single.push(entry.job, entry.signal);
    const together: [Entry, ...Entry[]] = [entry, ...companions];
    try {
      await this.#joint.push(together, signalOfAll(together.map(({ signal }) => signal)));
    } catch (error) {
      for (const each of together) each.reject(error);
    }
    return entry.result;
  }

  #takeCompanions(entry: Entry, waiting: Set<Entry>): Entry[] {
    waiting.delete(entry);
    if (!canShare(entry.job)) return [];
    const key = keyOf(entry.job);
    const found = [...waiting].filter(
      (other) => !other.signal.aborted && canShare(other.job) && keyOf(other.job) === key,
    );
    const companions = found.slice(0, maxTogether - 1);
    for (const companion of companions) waiting.delete(companion);
    return companions;
  }
}

function keyOf({ worktree, request }: Job): string {
  return shareKey(worktree, request.branch);
}

/** Pushes share only with the same repository, identity and branch. */
function shareKey({ remote }: GitWorktree, branch: string): string {
  return `${accessKey(remote)}\n${remote.insecureSkipTLSVerify === true}\n${branch}`;
}

function createEntry(job: Job, signal: AbortSignal): Entry {
  let resolve = (_: PushResult): void => undefined;
  let reject = (_: unknown): void => undefined;
  const result = new Promise<PushResult>((onResult, onError) => {
    resolve = onResult;
    reject = onError;
  });
  // Whoever gave up waiting does not hear of it.
  result.catch(() => undefined);
  return { job, signal, result, resolve, reject };
}

/** Aborts when all of them have. */
function signalOfAll(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  let left = signals.length;
  for (const signal of signals) {
    const count = (): void => {
      left--;
      if (left === 0) controller.abort(signal.reason);
    };
    if (signal.aborted) count();
    else signal.addEventListener('abort', count, { once: true });
  }
  return controller.signal;
}
