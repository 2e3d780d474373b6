import { createFlights } from '../flights/index.ts';

/** Asks a host for something; promotions that ask the same at the same time share the answer. */
export interface Together<Result> {
  /** Nobody gets an answer that is older than the question. */
  join(key: string, work: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result>;
}

/** What is asked for within one turn of the event loop is one request; while two are under way, the others wait for the next. */
export function together<Result>(): Together<Result> {
  const flights = createFlights<Result>({ atOnce: 2, gathers: true });
  return { join: (key, work, signal) => flights.join(key, true, work, signal) };
}
