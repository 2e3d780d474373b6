import type { Metrics } from '../../src/ports/index.ts';

/** Metrics that a test can read back. */
export interface MemoryMetrics extends Metrics {
  /** The value of a counter or gauge, or the number of observations of a histogram; 0 when never touched. */
  read(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** Metrics for tests, in memory. */
export function createMemoryMetrics(): MemoryMetrics {
  const values = new Map<string, number>();
  function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
    const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    return `${name}${JSON.stringify(pairs)}`;
  }
  function add(name: string, labels: Readonly<Record<string, string>>, count: number): void {
    const key = keyOf(name, labels);
    values.set(key, (values.get(key) ?? 0) + count);
  }
  return {
    counter: ({ name }) => ({ add: (labels, count = 1) => add(name, labels, count) }),
    gauge: ({ name }) => ({ set: (labels, value) => void values.set(keyOf(name, labels), value) }),
    histogram: ({ name }) => ({ observe: (labels) => add(name, labels, 1) }),
    read: (name, labels = {}) => values.get(keyOf(name, labels)) ?? 0,
  };
}
