/**
 * The one HTTP client to the outside: connection pools, mapped endpoints, limits, redirects without
 * leaking credentials; and the budgets of hosts.
 * It must never retry or know a protocol above HTTP. Start reading at `client.ts`, `budget/budgets.ts`.
 */
export { createHostBudgets, type HostBudgetsOptions, type HostLimits } from './budget/budgets.ts';
export { parseLimits, parseRetryAfterMs, type StatedLimits } from './budget/limits.ts';
export { createHttpClient, type HttpClientOptions } from './client.ts';
export type { ConnectionOptions, Endpoint } from './dispatchers.ts';
export { httpErrors } from './errors.ts';
