import { setMaxListeners } from 'node:events';

/** Work that callers who want the same at the same time do once. */
export interface Sharing<T> {
  /**
   * The result of the work that is under way for this key, or of one's own. A failure is everybody's; giving up is
   * one's own, and somebody else begins anew.
   */
  join(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

type Outcome<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'given-up' };

/** Creates a place for shared work. */
export function createSharing<T>(): Sharing<T> {
  const underWay = new Map<string, Promise<Outcome<T>>>();

  async function begin(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const own = work().then(
      (value): Outcome<T> => ({ kind: 'done', value }),
      (error: unknown): Outcome<T> => {
        if (signal.aborted) return { kind: 'given-up' };
        throw error;
      },
    );
    underWay.set(key, own);
    try {
      const outcome = await own;
      if (outcome.kind === 'given-up') throw signal.reason;
      return outcome.value;
    } finally {
      if (underWay.get(key) === own) underWay.delete(key);
    }
  }

  return {
    async join(key, work, signal) {
      for (;;) {
        signal.throwIfAborted();
        const shared = underWay.get(key);
        if (shared === undefined) return begin(key, work, signal);
        const outcome = await waitFor(shared, signal);
        if (outcome.kind === 'done') return outcome.value;
        // Whoever gave up takes his work away a moment after he says so.
        if (underWay.get(key) === shared) underWay.delete(key);
      }
    },
  };
}

function waitFor<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  setMaxListeners(0, signal);
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
