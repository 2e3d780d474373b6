import type { JsonObject, JsonValue } from '../../base/index.ts';

/** A name with a value that may hold expressions. */
export interface StepVariable {
  readonly name: string;
  readonly value?: string | undefined;
}

/** A step of a Promotion: tasks have been replaced by their steps and every step has an alias. */
export interface PlannedStep {
  readonly uses: string;
  readonly as: string;
  readonly if?: string | undefined;
  readonly continueOnError?: boolean | undefined;
  readonly retry?:
    | { readonly timeout?: string | undefined; readonly errorThreshold?: number | undefined }
    | undefined;
  readonly vars?: readonly StepVariable[] | undefined;
  readonly config?: unknown;
}

/** A value that came out of an expression, with the JSON pointers of its verbatim texts. */
export interface Evaluated {
  readonly value: JsonValue;
  readonly verbatim: readonly string[];
}

/** Configuration as the step gets it. */
export interface EvaluatedConfig {
  readonly config: JsonObject;
  readonly verbatim: readonly string[];
}
