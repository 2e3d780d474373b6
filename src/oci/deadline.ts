import { setMaxListeners } from 'node:events';
import type { Clock } from '../ports/index.ts';

/** A signal that also ends when time is up, and remembers which it was. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Was it the time, and not the caller? */
  readonly isOver: boolean;
}

/** Starts the time of something that must not go on for ever, however busy it looks. */
export function startDeadline(clock: Clock, limitMs: number, signal: AbortSignal): Deadline {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  let isOver = false;
  setMaxListeners(0, signal);
  const cancel = clock.schedule(limitMs, () => {
    isOver = !signal.aborted;
    controller.abort(new Error('the time is up'));
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    get isOver() {
      return isOver;
    },
    [Symbol.dispose]() {
      cancel();
      signal.removeEventListener('abort', onAbort);
    },
  };
}
