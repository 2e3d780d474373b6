import type { CheckResult } from '../check/signature.ts';
import type { Type } from '../check/type.ts';
import type { Value } from '../value/types.ts';

/** What a builtin may ask of the evaluation it runs in. */
export interface CallContext {
  /** The time of the evaluation, milliseconds since the epoch. */
  readonly nowMs: number;
  /** The most characters and items that one value may have when it is written or compared. */
  readonly maxOutput: number;
  /** Counts work or memory; faults with `expr.limit` when there is too much. */
  spend(amount: number): void;
}

/** How a builtin is documented; the reference page and editor completion are made of it. */
export interface BuiltinDoc {
  readonly name: string;
  /** E.g. "trim(text: string, characters?: string): string". */
  readonly signature: string;
  /** One sentence. */
  readonly summary: string;
  readonly example: { readonly source: string; readonly result: string };
}

/** A builtin that takes values. */
export interface PlainBuiltin extends BuiltinDoc {
  readonly kind: 'plain';
  check(args: readonly Type[]): CheckResult;
  call(args: readonly Value[], context: CallContext): Value;
}

/** What a builtin with a predicate sees of the list it goes through. */
export interface Loop {
  readonly name: string;
  readonly length: number;
  item(index: number): Value;
  /** Value of the predicate for an item; the item itself when there is no predicate. */
  apply(index: number, accumulator?: Value): Value;
  /** The same, which must be a boolean. */
  test(index: number): boolean;
  /** The argument after the predicate. */
  readonly extra: Value | undefined;
  readonly context: CallContext;
}

/** A builtin that takes a list and a predicate. */
export interface PredicateBuiltin extends BuiltinDoc {
  readonly kind: 'predicate';
  readonly isPredicateOptional: boolean;
  readonly hasExtra: boolean;
  /** Must the predicate give a boolean? */
  readonly isTest: boolean;
  /** Type of the result from the types of the list and of the predicate's value. */
  result(list: Type, value: Type): Type;
  run(loop: Loop): Value;
}

/** Any builtin. */
export type Builtin = PlainBuiltin | PredicateBuiltin;
