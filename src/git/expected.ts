import type { Clock } from '../ports/index.ts';
import type { GitWorktree } from './worktree.ts';

/** How long after its checkout a work tree is counted on, in milliseconds. */
const freshMs = 2_000;

interface Expectation {
  readonly key: string;
  readonly atMs: number;
}

/**
 * Work trees that were checked out a moment ago and will probably be pushed in a moment. Only ever a guess, so that
 * waiting for them has a limit.
 */
export class Expected {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Set<Expectation>>();
  readonly #byWorktree = new WeakMap<GitWorktree, Expectation>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** This work tree may be pushed soon; `key` names what shares a push. */
  add(worktree: GitWorktree, key: string): void {
    const expectation = { key, atMs: this.#clock.nowMs() };
    const expected = this.#fresh(key);
    this.#byKey.set(key, expected.add(expectation));
    this.#byWorktree.set(worktree, expectation);
  }

  /** It need not be waited for any more. */
  remove(worktree: GitWorktree): void {
    const expectation = this.#byWorktree.get(worktree);
    if (expectation === undefined) return;
    this.#byWorktree.delete(worktree);
    const { key } = expectation;
    this.#byKey.get(key)?.delete(expectation);
    if (this.#fresh(key).size > 0) return;
    for (const wake of this.#waiting.get(key) ?? []) wake();
  }

  /** Resolves when nothing is expected under the key any more, at the latest after `limitMs` or when aborted. */
  async wait(key: string, limitMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#fresh(key).size === 0) return;
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting);
    let wake = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      wake = resolve;
    });
    waiting.add(wake);
    const cancel = this.#clock.schedule(limitMs, wake);
    signal.addEventListener('abort', wake, { once: true });
    await over;
    cancel();
    signal.removeEventListener('abort', wake);
    waiting.delete(wake);
    if (waiting.size === 0) this.#waiting.delete(key);
  }

  /** What is expected under a key, without what has been expected for too long. */
  #fresh(key: string): Set<Expectation> {
    const expected = this.#byKey.get(key) ?? new Set();
    const oldestMs = this.#clock.nowMs() - freshMs;
    for (const one of expected) if (one.atMs < oldestMs) expected.delete(one);
    if (expected.size === 0) this.#byKey.delete(key);
    return expected;
  }
}
