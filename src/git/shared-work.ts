import { orAbort } from './abort.ts';

/** Work that callers wait for together. */
interface Round<Result> {
  readonly abort: AbortController;
  readonly work: (signal: AbortSignal) => Promise<Result>;
  readonly result: Promise<Result>;
  settle(result: Promise<Result>): void;
  waiting: number;
}

/** Rounds of one key. */
interface Line<Result> {
  /** Has not begun yet: whoever comes joins it. */
  next: Round<Result> | undefined;
  running: number;
}

/** Rounds of one key that are under way at once, so that nobody waits for two. */
const maxRunning = 2;

/**
 * Work that callers who want the same do together.
 *
 * A caller joins only what has not begun, so that nobody gets an answer that is older than the question. What is asked for
 * within one turn of the event loop is one round; while two are under way, everybody else waits for the next one. A round
 * ends when nobody waits for it any more.
 */
export class SharedWork<Result> {
  readonly #lines = new Map<string, Line<Result>>();

  /** The result of the next round for this key; a failure is everybody's. */
  async join(
    key: string,
    work: (signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    signal.throwIfAborted();
    const line = this.#lines.get(key) ?? { next: undefined, running: 0 };
    this.#lines.set(key, line);
    const open = line.next?.abort.signal.aborted === false ? line.next : undefined;
    const round = open ?? this.#plan(key, line, work);
    round.waiting++;
    try {
      return await orAbort(round.result, signal);
    } finally {
      round.waiting--;
      if (round.waiting === 0) round.abort.abort(signal.reason);
    }
  }

  #plan(key: string, line: Line<Result>, work: Round<Result>['work']): Round<Result> {
    let settle = (_: Promise<Result>): void => undefined;
    const result = new Promise<Result>((resolve) => {
      settle = resolve;
    });
    // Whoever waits sees the error; when nobody does any more, it is nobody's.
    result.catch(() => undefined);
    const round = { abort: new AbortController(), work, result, settle, waiting: 0 };
    line.next = round;
    setImmediate(() => {
      if (line.next === round && line.running < maxRunning) this.#begin(key, line, round);
    });
    return round;
  }

  #begin(key: string, line: Line<Result>, { abort, work, settle }: Round<Result>): void {
    line.next = undefined;
    line.running++;
    const result = abort.signal.aborted ? Promise.reject<Result>(abort.signal.reason) : work(abort.signal);
    settle(result);
    const end = (): void => {
      line.running--;
      if (line.next !== undefined) this.#begin(key, line, line.next);
      else if (line.running === 0) this.#lines.delete(key);
    };
    result.then(end, end);
  }
}
