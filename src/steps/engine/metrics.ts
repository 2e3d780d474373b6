import { assertNever } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { Metrics } from '../../ports/index.ts';

/** Counts and times attempts of steps. */
export interface StepMetrics {
  observe(uses: string, outcome: StepOutcome, durationMs: number): void;
}

/** Declares the engine's metrics. */
export function createStepMetrics(metrics: Metrics): StepMetrics {
  const results = metrics.counter({
    name: 'gantry_promotion_step_attempts_total',
    help: 'Attempts of promotion steps by step kind and result.',
    labels: ['step', 'result'],
  });
  const durations = metrics.histogram({
    name: 'gantry_promotion_step_duration_seconds',
    help: 'Duration of one attempt of a promotion step.',
    labels: ['step'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
  });
  return {
    observe(uses, outcome, durationMs) {
      results.add({ step: uses, result: resultOf(outcome) });
      durations.observe({ step: uses }, durationMs / 1000);
    },
  };
}

function resultOf(outcome: StepOutcome): string {
  switch (outcome.kind) {
    case 'done':
      return outcome.status;
    case 'waiting':
      return 'Waiting';
    case 'failed':
      return outcome.status;
    default:
      return assertNever(outcome);
  }
}
