const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

// One number and unit of a duration, e.g. "1.5h".
const part = /(?<count>\d+(?:\.\d*)?|\.\d+)(?<unit>ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Milliseconds of a Go duration text such as "5m0s", "1h30m", "36.5s" or "-2m"; `undefined` when it is none.
 *
 * Units: milliseconds, with fractions below one.
 * Source: Go's time.ParseDuration.
 */
export function parseDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  let totalMs = 0;
  part.lastIndex = 0;
  while (part.lastIndex < body.length) {
    const found = part.exec(body);
    if (found?.groups === undefined) return undefined;
    totalMs += Number(found.groups['count']) * (unitsMs[found.groups['unit'] ?? ''] ?? 0);
  }
  return body === '' ? undefined : sign * totalMs;
}

/**
 * Canonical Go text of a duration in milliseconds: "5m0s", "1h0m0s", "36.5s", "150ms", "0s".
 *
 * Source: Go's Duration.String.
 */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  const sign = durationMs < 0 ? '-' : '';
  const ms = Math.abs(durationMs);
  if (ms < 1e-3) return `${sign}${Math.round(ms * 1e6)}ns`;
  if (ms < 1) return `${sign}${trimFraction((ms * 1e3).toFixed(3))}µs`;
  if (ms < 1000) return `${sign}${trimFraction(ms.toFixed(6))}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = `${trimFraction(((ms % 60_000) / 1000).toFixed(9))}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function trimFraction(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
