import type { Figure } from './bench.ts';
import { formatNumber, loadAverage } from './numbers.ts';

/** Prints figures for people. */
export function printTable(
  bench: string,
  figures: readonly Figure[],
  write: (text: string) => unknown,
): void {
  const rows = figures.map(({ name, value, unit, goal }) => [
    name,
    `${formatNumber(value)} ${unit}`,
    goal === undefined ? '' : `goal ${goal}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  write(`\n${bench}, load ${loadAverage()}\n`);
  for (const row of rows) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    write(`  ${cells.join('  ').trimEnd()}\n`);
  }
  write('\n');
}

/** A figure for programs: one JSON object. */
export function toLine(bench: string, figure: Figure, now: Date): string {
  const { name, value, unit, goal } = figure;
  return JSON.stringify({ bench, name, value, unit, goal, load: loadAverage(), at: now.toISOString() });
}
