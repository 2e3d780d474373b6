/** A time as Kubernetes writes it: RFC 3339, UTC, whole seconds, e.g. "2026-01-02T03:04:05Z". */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A time to the millisecond: RFC 3339, UTC. */
export function formatPreciseTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
