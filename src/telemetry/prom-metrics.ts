import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from 'prom-client';
import type { Metrics } from '../ports/index.ts';

/** What a process adds to its own metrics. */
export interface PromMetricsOptions {
  /** Adds `process_*` and `nodejs_*`. */
  readonly withProcessMetrics?: boolean;
}

/** Metrics and their text for a scrape. */
export interface PromMetrics {
  readonly metrics: Metrics;
  /** Everything measured so far in the Prometheus text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Metrics in a registry of their own; nothing is shared between two of them. */
export function createPromMetrics(options: PromMetricsOptions = {}): PromMetrics {
  const registry = new Registry();
  if (options.withProcessMetrics === true) collectDefaultMetrics({ register: registry });
  return { metrics: createMetrics(registry), render: () => render(registry) };
}

async function render(registry: Registry): Promise<{ contentType: string; text: string }> {
  return { contentType: registry.contentType, text: await registry.metrics() };
}

function createMetrics(registry: Registry): Metrics {
  const declared = new Map<string, Metric<string>>();
  function once<M extends Metric<string>>(
    name: string,
    kind: abstract new (...args: never[]) => M,
    make: () => M,
  ): M {
    const known = declared.get(name);
    if (known instanceof kind) return known;
    if (known !== undefined) throw new Error(`metric "${name}" is declared with two kinds`);
    const made = make();
    declared.set(name, made);
    return made;
  }
  return {
    counter(declaration) {
      const metric = once(declaration.name, Counter, () => new Counter(toConfig(declaration, registry)));
      return { add: (labels, count = 1) => metric.inc(labels, count) };
    },
    gauge(declaration) {
      const metric = once(declaration.name, Gauge, () => new Gauge(toConfig(declaration, registry)));
      return { set: (labels, value) => metric.set(labels, value) };
    },
    histogram(declaration) {
      const buckets = [...declaration.buckets];
      const metric = once(
        declaration.name,
        Histogram,
        () => new Histogram({ ...toConfig(declaration, registry), buckets }),
      );
      return { observe: (labels, value) => metric.observe(labels, value) };
    },
  };
}

function toConfig(
  declaration: { readonly name: string; readonly help: string; readonly labels: readonly string[] },
  registry: Registry,
): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
  return {
    name: declaration.name,
    help: declaration.help,
    labelNames: [...declaration.labels],
    registers: [registry],
  };
}
