import { setMaxListeners } from 'node:events';

/** The outcome of a promise, or the reason of the signal when that comes first; the work itself goes on. */
export function orAbort<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  // One promotion waits for many things at once, and leaves each when it is over.
  setMaxListeners(0, signal);
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
