import { orAbort } from '../flights/index.ts';

/** Lets work of one key happen one after the other, in the order of arrival. */
export class Turns {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs the work when everything of this key that came before has ended; an abort ends the waiting. */
  async run<Result>(key: string, work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    let end = (): void => undefined;
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    const tail = before.then(() => mine);
    this.#tails.set(key, tail);
    try {
      signal.throwIfAborted();
      await orAbort(before, signal);
      return await work();
    } finally {
      end();
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
