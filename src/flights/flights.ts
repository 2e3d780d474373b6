import { setMaxListeners } from 'node:events';

/** Work that callers share while it is under way. */
export interface Flights<T> {
  /**
   * The result of the work for this key, shared with others that ask for it.
   *
   * A call that must not get anything older than itself sets `isFresh`: it joins only work that has not begun yet.
   * The work is aborted when everybody who waits for it has given up.
   */
  join(
    key: string,
    isFresh: boolean,
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  readonly isFresh: boolean;
  waiting: number;
}

/**
 * Creates a place for shared work; per key at most one is under way and one waits to begin.
 *
 * With `freshOvertakes`, one that somebody asked to be fresh begins beside one that nobody did.
 */
export function createFlights<T>(options: { readonly freshOvertakes?: boolean } = {}): Flights<T> {
  const running = new Map<string, Flight<T>>();
  const next = new Map<string, Flight<T>>();

  function start(
    key: string,
    { after, isFresh }: { readonly after: Promise<unknown>; readonly isFresh: boolean },
    work: (signal: AbortSignal) => Promise<T>,
  ): Flight<T> {
    const abort = new AbortController();
    const result = after.then(() => {
      abort.signal.throwIfAborted();
      if (next.get(key) === flight) next.delete(key);
      running.set(key, flight);
      return work(abort.signal);
    });
    const flight: Flight<T> = { result, abort, isFresh, waiting: 0 };
    const clear = (): void => {
      if (running.get(key) === flight) running.delete(key);
      if (next.get(key) === flight) next.delete(key);
    };
    result.then(clear, clear);
    return flight;
  }

  function find(key: string, isFresh: boolean, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const current = usable(running.get(key));
    if (current !== undefined && !isFresh) return current;
    const waiting = usable(next.get(key));
    if (waiting !== undefined) return waiting;
    const overtakes = options.freshOvertakes === true && isFresh && current?.isFresh !== true;
    const before = overtakes ? undefined : running.get(key)?.result;
    const after = (before ?? Promise.resolve()).then(ignore, ignore);
    const flight = start(key, { after, isFresh }, work);
    next.set(key, flight);
    return flight;
  }

  return {
    join(key, isFresh, work, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      return wait(find(key, isFresh, work), signal);
    },
  };
}

function usable<T>(flight: Flight<T> | undefined): Flight<T> | undefined {
  return flight?.abort.signal.aborted === false ? flight : undefined;
}

function wait<T>(flight: Flight<T>, signal: AbortSignal): Promise<T> {
  flight.waiting++;
  // A pass waits for many at once, and leaves each when it is over.
  setMaxListeners(0, signal);
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      flight.waiting--;
      if (flight.waiting === 0) flight.abort.abort(signal.reason);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    const done = (): void => signal.removeEventListener('abort', leave);
    flight.result.then(resolve, reject).finally(done);
  });
}

function ignore(): void {
  // The one before only has to be over; whoever waits for it gets its failure.
}
