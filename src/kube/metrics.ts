import type { Metrics } from '../ports/index.ts';

/** Measurements of one work queue, with names that dashboards for controller-runtime know. */
export interface QueueMetrics {
  depth(count: number): void;
  added(): void;
  taken(waitedSeconds: number): void;
  worked(seconds: number): void;
  retried(): void;
  active(count: number): void;
  /** The summed and the longest time, in seconds, of what is being worked on. */
  unfinished(totalSeconds: number, longestSeconds: number): void;
}

/** How a pass ended, as the `result` label has it. */
export type PassResult = 'success' | 'requeue' | 'requeue_after' | 'error';

/** Measurements of one controller. */
export interface ControllerMetrics {
  pass(result: PassResult, seconds: number): void;
  terminalError(): void;
  panic(): void;
}

const queueBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];
const passBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Declares the metrics of a queue and ties them to its name. */
export function createQueueMetrics(metrics: Metrics, name: string): QueueMetrics {
  const labels = ['name', 'controller'] as const;
  const own = { name, controller: name };
  const depth = metrics.gauge({ name: 'workqueue_depth', help: 'Keys that wait to be worked on.', labels });
  const adds = metrics.counter({ name: 'workqueue_adds_total', help: 'Keys added to the queue.', labels });
  const retries = metrics.counter({
    name: 'workqueue_retries_total',
    help: 'Keys added after a failure, with back-off.',
    labels,
  });
  const waited = metrics.histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long a key waited before it was taken up.',
    labels,
    buckets: queueBuckets,
  });
  const worked = metrics.histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long a key was worked on.',
    labels,
    buckets: passBuckets,
  });
  const active = metrics.gauge({
    name: 'controller_runtime_active_workers',
    help: 'Keys being worked on.',
    labels: ['controller'],
  });
  const unfinished = metrics.gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'How long all keys being worked on have been worked on, together; a large value means a stuck worker.',
    labels,
  });
  const longest = metrics.gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'How long the key that has been worked on longest has been worked on.',
    labels,
  });
  return {
    depth: (count) => depth.set(own, count),
    added: () => adds.add(own),
    taken: (seconds) => waited.observe(own, seconds),
    worked: (seconds) => worked.observe(own, seconds),
    retried: () => retries.add(own),
    active: (count) => active.set({ controller: name }, count),
    unfinished(totalSeconds, longestSeconds) {
      unfinished.set(own, totalSeconds);
      longest.set(own, longestSeconds);
    },
  };
}

/** Declares the metrics of a controller and ties them to its name. */
export function createControllerMetrics(
  metrics: Metrics,
  controller: string,
  concurrency: number,
): ControllerMetrics {
  const labels = ['controller'] as const;
  const passes = metrics.counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Passes by controller and result.',
    labels: ['controller', 'result'],
  });
  const errors = metrics.counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Passes that ended in an error.',
    labels,
  });
  const terminal = metrics.counter({
    name: 'controller_runtime_terminal_reconcile_errors_total',
    help: 'Passes that ended in an error which only a person can mend.',
    labels,
  });
  const panics = metrics.counter({
    name: 'controller_runtime_reconcile_panics_total',
    help: 'Passes that ended in an unforeseen exception.',
    labels,
  });
  const time = metrics.histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'How long passes take.',
    labels,
    buckets: passBuckets,
  });
  metrics
    .gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'How many keys may be worked on at once.',
      labels,
    })
    .set({ controller }, concurrency);
  return {
    pass(result, seconds) {
      passes.add({ controller, result });
      if (result === 'error') errors.add({ controller });
      time.observe({ controller }, seconds);
    },
    terminalError: () => terminal.add({ controller }),
    panic: () => panics.add({ controller }),
  };
}
