import type { Metrics } from '../../../ports/index.ts';

const labelNames = ['verb', 'group', 'version', 'resource', 'subresource', 'code'] as const;

/** What one answered request is counted under. */
export type RequestLabels = Readonly<Record<(typeof labelNames)[number], string>>;

/** Counts requests as a genuine API server does. */
export interface RequestMetrics {
  count(labels: RequestLabels): void;
  /** Prometheus text. */
  render(): string;
}

const name = 'apiserver_request_total';
const help = 'Counter of apiserver requests by verb, group, version, resource, subresource and code.';

const escapeLabel = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** Counts for the server's own `/metrics` and, where given, the process's metrics. */
export function createRequestMetrics(metrics: Metrics | undefined): RequestMetrics {
  const counter = metrics?.counter({ name, help, labels: labelNames });
  const counts = new Map<string, number>();
  return {
    count(labels) {
      counter?.add(labels);
      const key = labelNames.map((label) => `${label}="${escapeLabel(labels[label])}"`).join(',');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    render() {
      const lines = [...counts].map(([key, count]) => `${name}{${key}} ${count}`);
      return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.sort().join('\n')}\n`;
    },
  };
}
