import { Fault, type SourceRange } from '../problem.ts';
import type { Value, ValueMap } from '../value/types.ts';

/** A function of the caller. It may throw what `need()` or `refuse()` makes; it must be pure over its snapshot. */
export type HostFunction = (args: readonly Value[]) => Value;

/** What an expression is evaluated over. */
export interface Environment {
  /** Names that expressions can read. JSON data is fine as it is. */
  readonly variables: ValueMap;
  /** Implementations of the functions that the language was created with. */
  readonly functions?: Readonly<Record<string, HostFunction>>;
  /** The time that `now()` gives, milliseconds since the epoch. */
  readonly nowMs: number;
  /** What to write instead of a name that has no value here, or of a missing member of a path such as "outputs". */
  hintFor?(name: string, path: string | undefined): string | undefined;
}

/** Limits of one evaluation. They count work, never time, so that every run decides alike. */
export interface EvalLimits {
  /** Nodes visited and items gone through. */
  readonly maxSteps: number;
  /** Characters and items produced by functions and operators. */
  readonly maxOutput: number;
}

/** Counts the work of one evaluation. */
export class Budget {
  readonly #limits: EvalLimits;
  #steps = 0;
  #output = 0;

  constructor(limits: EvalLimits) {
    this.#limits = limits;
  }

  step(range: SourceRange): void {
    this.#steps++;
    if (this.#steps > this.#limits.maxSteps) {
      throw new Fault('expr.limit', `the expression takes more than ${this.#limits.maxSteps} steps`, {
        range,
      });
    }
  }

  /** Counts looking at many characters or items: 16 of them are a step. */
  work(amount: number, range: SourceRange): void {
    this.#steps += amount >> 4;
    this.step(range);
  }

  spend(amount: number): void {
    this.#output += amount;
    if (this.#output > this.#limits.maxOutput) {
      throw new Fault(
        'expr.limit',
        `the expression makes more than ${this.#limits.maxOutput} characters or items`,
      );
    }
  }
}
