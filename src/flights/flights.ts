import { orAbort } from './or-abort.ts';

/** Work that callers share while it is under way. */
export interface Flights<T> {
  /**
   * The result of the work for this key, shared with others that ask for it; a failure is shared too.
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

/** How work is shared. */
export interface FlightsOptions {
  /** How many of one key may be under way at once; with two, nobody waits for two. Default 1. */
  readonly atOnce?: number;
  /** Work begins with the next turn of the event loop, so that all who ask within one turn share it. Default false. */
  readonly gathers?: boolean;
  /** Work that somebody asked to be fresh begins beside work that nobody did. Default false. */
  readonly freshOvertakes?: boolean;
}

interface Flight<T> {
  readonly work: (signal: AbortSignal) => Promise<T>;
  readonly result: Promise<T>;
  readonly abort: AbortController;
  settle(result: Promise<T>): void;
  isFresh: boolean;
  waiting: number;
}

/** The flights of one key. */
interface Line<T> {
  readonly running: Set<Flight<T>>;
  /** Has not begun: whoever comes joins it. */
  next: Flight<T> | undefined;
}

/** Creates a place for shared work; of each key, one at most waits to begin. */
export function createFlights<T>(options: FlightsOptions = {}): Flights<T> {
  const { atOnce = 1, gathers = false, freshOvertakes = false } = options;
  const lines = new Map<string, Line<T>>();

  function mayBegin({ running }: Line<T>, { isFresh }: Flight<T>): boolean {
    if (running.size < atOnce) return true;
    return freshOvertakes && isFresh && ![...running].some((flight) => flight.isFresh);
  }

  /** Begins what waits, when its time has come. */
  function advance(key: string, line: Line<T>): void {
    const { next, running } = line;
    if (next?.abort.signal.aborted === true) line.next = undefined;
    else if (next !== undefined && mayBegin(line, next)) begin(key, line, next);
    if (line.next === undefined && running.size === 0) lines.delete(key);
  }

  function begin(key: string, line: Line<T>, flight: Flight<T>): void {
    line.next = undefined;
    line.running.add(flight);
    const end = (): void => {
      line.running.delete(flight);
      advance(key, line);
    };
    const result = run(flight);
    flight.settle(result);
    result.then(end, end);
  }

  function plan(key: string, line: Line<T>, work: Flight<T>['work']): Flight<T> {
    let settle = (_: Promise<T>): void => undefined;
    const result = new Promise<T>((resolve) => {
      settle = resolve;
    });
    // Whoever waits sees the error; when nobody does any more, it is nobody's.
    result.catch(() => undefined);
    const flight = { work, result, settle, abort: new AbortController(), isFresh: false, waiting: 0 };
    line.next = flight;
    const look = (): void => {
      if (line.next === flight) advance(key, line);
    };
    if (gathers) setImmediate(look);
    else queueMicrotask(look);
    return flight;
  }

  function find(key: string, isFresh: boolean, work: Flight<T>['work']): Flight<T> {
    const line = lines.get(key) ?? { running: new Set(), next: undefined };
    lines.set(key, line);
    const underway = isFresh ? undefined : [...line.running].findLast(isWanted);
    if (underway !== undefined) return underway;
    const flight = line.next !== undefined && isWanted(line.next) ? line.next : plan(key, line, work);
    if (isFresh) flight.isFresh = true;
    return flight;
  }

  return {
    async join(key, isFresh, work, signal) {
      signal.throwIfAborted();
      const flight = find(key, isFresh, work);
      flight.waiting += 1;
      try {
        return await orAbort(flight.result, signal);
      } finally {
        flight.waiting -= 1;
        if (flight.waiting === 0) flight.abort.abort(signal.reason);
      }
    },
  };
}

/** Begins at once; whatever the work throws is its result. */
async function run<T>({ work, abort }: Flight<T>): Promise<T> {
  return work(abort.signal);
}

function isWanted({ abort }: Flight<unknown>): boolean {
  return !abort.signal.aborted;
}
