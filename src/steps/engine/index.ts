/**
 * The step engine: order, expressions, retries, timeouts, journal and replay of promotion steps. It knows no step by name.
 * Start reading at `engine.ts`; `conclude.ts` and `journal.ts` hold the rules.
 */
export { createEngine, type Engine, type EngineDeps, type EngineInput } from './engine.ts';
export type { StepExpressions, StepScope } from './expressions.ts';
export type { PromotionFacts } from './facts.ts';
export { journalKey } from './journal.ts';
export { createStepExpressions, type StepExpressionsOptions } from './kargo-expressions.ts';
export type { PlannedStep } from './types.ts';
