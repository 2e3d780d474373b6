import { readFileSync } from 'node:fs';

/** Order statistics of some measurements. */
export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Smallest, median, 95th percentile (nearest rank) and largest. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))] ?? Number.NaN;
  return { count: sorted.length, min: at(0), p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** The median. */
export function medianOf(values: readonly number[]): number {
  return spreadOf(values).p50;
}

/** A number as a person reads it: three significant digits, no exponent. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** The load average of the last minute, e.g. 1.25. */
export function loadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
}

/** How often something can be done in a second, after it has warmed up. */
export function ratePerSecond(work: () => unknown): number {
  const runFor = (ms: number): number => {
    const startMs = performance.now();
    let count = 0;
    while (performance.now() - startMs < ms) {
      for (let round = 0; round < 50; round += 1) work();
      count += 50;
    }
    return (count / (performance.now() - startMs)) * 1000;
  };
  runFor(500);
  return runFor(1500);
}
