/**
 * What a process has opened, closed in reverse order. Whoever opens something adds it on the next line.
 *
 * Guarantees: one failing close does not keep the others from closing; closing twice does nothing.
 */
export class Resources implements AsyncDisposable {
  readonly #closers: (() => Promise<void> | void)[] = [];

  /** Adds something that has to be closed, and gives it back. */
  use<T>(resource: T, close: (resource: T) => Promise<void> | void): T {
    this.#closers.push(() => close(resource));
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (;;) {
      const close = this.#closers.pop();
      if (close === undefined) break;
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
  }
}
