const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A time span as lists show it, in its two largest units at most: "12s", "5m", "3h20m", "2d"; never negative. */
export function formatAge(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 2 * minuteMs) return `${Math.floor(ms / 1000)}s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)}m`;
  if (ms >= 2 * dayMs) return `${Math.floor(ms / dayMs)}d`;
  const minutes = Math.floor((ms % hourMs) / minuteMs);
  return `${Math.floor(ms / hourMs)}h${minutes === 0 ? '' : `${minutes}m`}`;
}

/** The same counted from an RFC 3339 time; `undefined` when the time is absent or cannot be read. */
export function formatAgeSince(time: string | undefined, nowMs: number): string | undefined {
  const sinceMs = Date.parse(time ?? '');
  return Number.isNaN(sinceMs) ? undefined : formatAge(nowMs - sinceMs);
}
