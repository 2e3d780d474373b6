/**
 * The one HTTP client to the outside: connection pools, mapped endpoints, limits, redirects without leaking credentials.
 * It must never retry or know a protocol above HTTP. Start reading at `client.ts`.
 */
export { createHttpClient, type HttpClientOptions } from './client.ts';
export type { ConnectionOptions, Endpoint } from './dispatchers.ts';
export { httpErrors } from './errors.ts';
