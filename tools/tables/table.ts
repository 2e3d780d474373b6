import type { JsonObject, JsonValue } from '../../src/base/index.ts';

/** One row of a conformance table. */
export interface Row {
  readonly id: string;
  readonly group: string;
  readonly input: JsonObject;
  /** What the original gives; absent when it fails. */
  readonly expect?: JsonValue;
  readonly error?: boolean;
  readonly errorText?: string;
  readonly errorPhase?: string;
}

/** What Gantry gives for a row. */
export interface Outcome {
  readonly passed: boolean;
  /** What came out, for the report of failures. */
  readonly actual: unknown;
  /** What the row needs that does not exist yet; then it neither passes nor fails. */
  readonly notYet?: string;
}

/** Runs one row. */
export type RunRow = (row: Row) => Outcome | Promise<Outcome>;

/** A table that can be run. */
export interface Table {
  /** File name without ".jsonl". */
  readonly name: string;
  /** Prepares what all rows share and gives the function that runs one. `fixtures` is the table's fixtures file, if any. */
  prepare(fixtures: JsonValue | undefined): RunRow;
}

/** The outcome of a whole table. */
export interface TableReport {
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly { readonly row: Row; readonly actual: unknown }[];
  /** Rows that differ on purpose, with the reason. */
  readonly deliberate: readonly { readonly id: string; readonly reason: string }[];
  /** Number of rows that need what does not exist yet, by what they need. */
  readonly notYet: ReadonlyMap<string, number>;
}

/** An outcome that compares the two as JSON, members in any order. */
export function compareOutcome(expected: unknown, actual: unknown): Outcome {
  return { passed: canonical(expected) === canonical(actual), actual };
}

/** The outcome of a row that needs what does not exist yet. */
export function notYet(what: string): Outcome {
  return { passed: false, actual: undefined, notYet: what };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
