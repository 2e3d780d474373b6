/**
 * A signal that is aborted by the caller's own or when time runs out, and remembers which.
 *
 * Guarantees: leaves no listener on the caller's signal once stopped; never keeps the process alive.
 */
export class Watchdog {
  readonly limitMs: number;
  expired = false;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #onAbort: () => void;
  #timer: NodeJS.Timeout | undefined;
  #abortedByCaller = false;

  constructor(caller: AbortSignal, limitMs: number) {
    this.limitMs = limitMs;
    this.#caller = caller;
    this.#onAbort = () => {
      this.#abortedByCaller = true;
      this.#controller.abort(caller.reason);
    };
    if (caller.aborted) this.#onAbort();
    else caller.addEventListener('abort', this.#onAbort, { once: true });
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get abortedByCaller(): boolean {
    return this.#abortedByCaller;
  }

  get callerReason(): unknown {
    return this.#caller.reason;
  }

  /** Gives the full time again, or a multiple of it. */
  restart(factor = 1): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.expired = true;
      this.#controller.abort(new Error('time limit'));
    }, this.limitMs * factor);
    this.#timer.unref();
  }

  /** Ends the watch. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#onAbort);
  }
}
