import { setMaxListeners } from 'node:events';
import type { Clock } from '../../ports/index.ts';

/** A signal that follows another one and also ends by itself. */
export interface LimitedSignal {
  readonly signal: AbortSignal;
  /** Was it the time limit that ended it? */
  readonly isTimedOut: () => boolean;
  /** Stops the timer and lets go of the other signal; call it when the work is over. */
  dispose(): void;
}

/** A signal that is aborted with its parent or after a time limit. `AbortSignal.any` would keep every child alive. */
export function limitSignal(clock: Clock, parent: AbortSignal, timeoutMs: number): LimitedSignal {
  const controller = new AbortController();
  setMaxListeners(0, parent); // many requests follow one signal; each lets go of it again
  let hasTimedOut = false;
  function follow(): void {
    controller.abort(parent.reason);
  }
  const cancel = clock.schedule(timeoutMs, () => {
    hasTimedOut = true;
    controller.abort(new Error(`time limit of ${timeoutMs} ms`));
  });
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    isTimedOut: () => hasTimedOut,
    dispose() {
      cancel();
      parent.removeEventListener('abort', follow);
    },
  };
}

/** Resolves after a delay, or at once when the signal is or becomes aborted. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  setMaxListeners(0, signal);
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    function finish(): void {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    }
    const cancel = clock.schedule(delayMs, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
