import { formatDuration } from '../../base/index.ts';
import type { StepOutcome, StepRecord } from '../../domain/index.ts';

/** When an error or a wait of a step becomes final. */
export interface StepLimits {
  /** Errors that end it; at least 1. */
  readonly errorThreshold: number;
  /** Milliseconds since the step's start; 0 is none. */
  readonly timeoutMs: number;
}

/** What follows from one attempt of a step. */
export type Conclusion =
  | { readonly kind: 'ended'; readonly record: StepRecord }
  | { readonly kind: 'retry'; readonly record: StepRecord; readonly message: string }
  | { readonly kind: 'waiting'; readonly record: StepRecord };

/** An attempt, as `concludeAttempt` needs to know it. */
export interface Attempt {
  readonly record: StepRecord;
  readonly outcome: StepOutcome;
  readonly limits: StepLimits;
  readonly stepStartedAtMs: number;
  readonly nowMs: number;
  /** RFC 3339 of `nowMs`. */
  readonly now: string;
}

/**
 * What one attempt of a step means for the step.
 *
 * Guarantees: pure. Order: success; terminal failure; error threshold; timeout; another try.
 * Source: Kargo's orchestrator; the error count is never reset by a wait in between.
 */
export function concludeAttempt(attempt: Attempt): Conclusion {
  const { record, outcome, now } = attempt;
  const { alias } = record;
  if (outcome.kind === 'done') {
    return {
      kind: 'ended',
      record: { ...record, status: outcome.status, message: outcome.message, finishedAt: now },
    };
  }
  if (outcome.kind === 'waiting') {
    if (isOverdue(attempt)) return timeOut(attempt, outcome.message);
    return { kind: 'waiting', record: { ...record, status: 'Running', message: outcome.message } };
  }
  const text = outcome.status === 'Failed' ? `step "${alias}": ` : `error running step "${alias}": `;
  const message = `${text}${outcome.message}`;
  if (outcome.terminal) {
    const final = outcome.status === 'Failed' ? message : `an unrecoverable error occurred: ${message}`;
    return { kind: 'ended', record: { ...record, status: outcome.status, message: final, finishedAt: now } };
  }
  const errorCount = (record.errorCount ?? 0) + 1;
  const counted = { ...record, errorCount, status: outcome.status };
  if (errorCount >= attempt.limits.errorThreshold) {
    const final = `step "${alias}" met error threshold of ${attempt.limits.errorThreshold}: ${message}`;
    return { kind: 'ended', record: { ...counted, message: final, finishedAt: now } };
  }
  if (isOverdue(attempt)) return timeOut({ ...attempt, record: counted }, message);
  return { kind: 'retry', message, record: { ...counted, message: `${message}; step will be retried` } };
}

function isOverdue(attempt: Attempt): boolean {
  const { timeoutMs } = attempt.limits;
  return timeoutMs > 0 && attempt.nowMs - attempt.stepStartedAtMs > timeoutMs;
}

/** The first words are Kargo's; what it was waiting for is what the reader needs to know. */
function timeOut(attempt: Attempt, lastMessage: string): Conclusion {
  const { record, limits, now } = attempt;
  const message = `step "${record.alias}" timed out after ${formatDuration(limits.timeoutMs)}: ${lastMessage}`;
  return { kind: 'ended', record: { ...record, status: 'Errored', message, finishedAt: now } };
}
