import type { JsonObject } from '../../src/base/index.ts';
import { readTable, type TableRow } from '../support/tables.ts';

/** What a row of a table about steps says of a step. */
export interface StepRow {
  readonly step: string;
  readonly config: JsonObject;
}

/** The rows of a table that concern these steps, named; none when the reference is not on this machine. */
export function rowsOf<Input extends StepRow, Expect>(
  table: string,
  steps: readonly string[],
): readonly (TableRow<Input, Expect> & { readonly name: string })[] {
  const rows = readTable<Input, Expect>(table) ?? [];
  return rows.filter((row) => steps.includes(row.input.step)).map((row) => ({ ...row, name: row.id }));
}

/** Is the reference material on this machine? */
export function hasTable(table: string): boolean {
  return readTable(table) !== undefined;
}
