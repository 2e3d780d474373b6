/** The states of a step in ascending order of severity; "" has not been looked at yet. */
export type StepStatus = 'Succeeded' | 'Skipped' | 'Running' | 'Aborted' | 'Failed' | 'Errored';

/** The phases of a promotion; "" is new. */
export type PromotionPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Errored' | 'Aborted';

/** What a promotion's status says about one step (`stepExecutionMetadata`). Times are RFC 3339. */
export interface StepRecord {
  readonly alias: string;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly errorCount?: number | undefined;
  readonly status?: StepStatus | undefined;
  readonly message?: string | undefined;
  readonly continueOnError?: boolean | undefined;
}

const severity: Readonly<Record<StepStatus, number>> = {
  Succeeded: 0,
  Skipped: 1,
  Running: 2,
  Aborted: 3,
  Failed: 4,
  Errored: 5,
};

/** Has this step ended, one way or another? A step that was skipped or could not even start has no finishing time. */
export function isEnded(record: StepRecord): boolean {
  if (record.finishedAt !== undefined) return true;
  return record.status === 'Skipped' || (record.status === 'Errored' && record.startedAt === undefined);
}

/** Does this step's end count against the promotion? */
export function isFailure(record: StepRecord): boolean {
  return (record.status === 'Failed' || record.status === 'Errored') && record.continueOnError !== true;
}

/**
 * Phase and message of a promotion whose steps have all ended: those of the worst step that may not fail; of equally bad
 * ones the first.
 *
 * Source: Kargo's behaviour; a step that is still Running at the end counts as Errored.
 */
export function concludePhase(records: readonly StepRecord[]): {
  readonly phase: PromotionPhase;
  readonly message: string | undefined;
} {
  let worst: StepRecord | undefined;
  for (const record of records) {
    if (record.continueOnError === true || record.status === undefined) continue;
    if (worst?.status === undefined || severity[record.status] > severity[worst.status]) worst = record;
  }
  return { phase: toPhase(worst?.status), message: worst?.message };
}

function toPhase(status: StepStatus | undefined): PromotionPhase {
  if (status === undefined || status === 'Succeeded' || status === 'Skipped') return 'Succeeded';
  return status === 'Running' ? 'Errored' : status;
}
