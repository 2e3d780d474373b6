/**
 * Work that several callers share while it is under way: one request where many would ask the same at the same time.
 * It must never keep a result. Start reading at `flights.ts`.
 */
export { createFlights, type Flights, type FlightsOptions } from './flights.ts';
export { orAbort } from './or-abort.ts';
