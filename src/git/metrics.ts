import type { Counter, Metrics } from '../ports/index.ts';

/** What a request to a git host was for. */
export type GitOperation = 'info-refs' | 'ls-refs' | 'fetch' | 'push';

/** Metrics of git hosts. */
export interface GitMetrics {
  readonly requests: Counter<'host' | 'operation' | 'result'>;
  readonly receivedBytes: Counter<'host'>;
}

/** Declares the metrics; without `metrics` they go nowhere. */
export function createGitMetrics(metrics: Metrics | undefined): GitMetrics {
  return {
    requests: metrics?.counter({
      name: 'git_requests_total',
      help: 'Requests to git hosts by operation; result is "ok" or the code of the error.',
      labels: ['host', 'operation', 'result'],
    }) ?? { add: () => undefined },
    receivedBytes: metrics?.counter({
      name: 'git_received_bytes_total',
      help: 'Bytes of answers read from git hosts.',
      labels: ['host'],
    }) ?? { add: () => undefined },
  };
}
