import type { JsonObject } from '../../base/index.ts';
import type { EngineStatus, HealthCheck, PromotionPhase, StepRecord } from '../../domain/index.ts';
import { type Journal, type JournalEntry, readState, writeState } from './journal.ts';
import type { PlannedStep } from './types.ts';

/** What has been said and done about a promotion so far; the engine's only changing data within a pass. */
export interface Ledger {
  readonly records: readonly StepRecord[];
  readonly outputs: JsonObject;
  readonly journal: Journal;
  readonly healthChecks: readonly HealthCheck[];
  /** Index of the step at hand. */
  readonly currentStep: number;
  enter(index: number): void;
  record(record: StepRecord): void;
  /** The record of a step, made when there is none. */
  recordOf(step: PlannedStep): StepRecord;
  output(alias: string, output: JsonObject | undefined): void;
  note(alias: string, entry: JournalEntry): void;
  addHealthCheck(check: HealthCheck): void;
  /** The status as it stands, with another phase and message. */
  toStatus(phase: PromotionPhase, message: string | undefined, finishedAt?: string): EngineStatus;
}

/** Opens the ledger of a promotion where its status left off. */
export function openLedger(status: EngineStatus): Ledger {
  const kept = readState(status.state);
  let records = status.stepExecutionMetadata ?? [];
  let outputs = kept.outputs;
  let journal = kept.journal;
  let healthChecks = status.healthChecks ?? [];
  let currentStep = status.currentStep ?? 0;
  return {
    get records() {
      return records;
    },
    get outputs() {
      return outputs;
    },
    get journal() {
      return journal;
    },
    get healthChecks() {
      return healthChecks;
    },
    get currentStep() {
      return currentStep;
    },
    enter(index) {
      currentStep = index;
    },
    record(next) {
      const isKnown = records.some((record) => record.alias === next.alias);
      records = isKnown ? records.map((old) => (old.alias === next.alias ? next : old)) : [...records, next];
    },
    recordOf(step) {
      const found = records.find((record) => record.alias === step.as);
      return found ?? { alias: step.as, ...(step.continueOnError === true ? { continueOnError: true } : {}) };
    },
    output(alias, output) {
      const { [alias]: _old, ...others } = outputs;
      outputs = output === undefined ? others : { ...outputs, [alias]: output };
    },
    note(alias, entry) {
      journal = { ...journal, [alias]: entry };
    },
    addHealthCheck(check) {
      healthChecks = [...healthChecks, check];
    },
    toStatus(phase, message, finishedAt) {
      const state = writeState(outputs, journal);
      return {
        phase,
        message,
        currentStep,
        stepExecutionMetadata: records,
        state: Object.keys(state).length === 0 ? undefined : state,
        healthChecks: healthChecks.length === 0 ? undefined : healthChecks,
        startedAt: status.startedAt,
        finishedAt,
      };
    },
  };
}
