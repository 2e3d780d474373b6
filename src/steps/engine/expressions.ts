import type { JsonObject } from '../../base/index.ts';
import type { StepRecord } from '../../domain/index.ts';
import type { Journal } from './journal.ts';
import type { EvaluatedConfig, PlannedStep } from './types.ts';

/** What a step's expressions may see of the promotion so far. */
export interface StepScope {
  readonly outputs: JsonObject;
  /** For the verbatim texts in outputs. */
  readonly journal: Journal;
  readonly records: readonly StepRecord[];
}

/** A value, or the sentence that says why there is none. */
export type Evaluation<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/**
 * Evaluates the expressions of one promotion's steps.
 *
 * Guarantees: the same scope gives the same result, as long as the ConfigMaps, Secrets and metadata it reads are the same.
 * Errors: transport errors of the data it reads are thrown; everything else is an `Evaluation`.
 */
export interface StepExpressions {
  /** A text without the values that expressions have read from Secrets. */
  mask(text: string): string;
  /** Should the step run? Only asked when the step has an `if`. */
  condition(step: PlannedStep, scope: StepScope, signal: AbortSignal): Promise<Evaluation<boolean>>;
  config(step: PlannedStep, scope: StepScope, signal: AbortSignal): Promise<Evaluation<EvaluatedConfig>>;
  /**
   * The values of texts with expressions, as far as they are known without reading anything; others are left out. Never
   * fails: it is for hints about steps that have not begun.
   */
  guess(step: PlannedStep, texts: readonly string[], scope: StepScope): readonly string[];
}
