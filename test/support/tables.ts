import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One row of a conformance table: what goes in and what the original answers. */
export interface TableRow<Input, Expect = unknown> {
  readonly id: string;
  readonly group: string;
  readonly input: Input;
  readonly expect: Expect;
  /** The original fails; only the fact is required. */
  readonly error?: boolean;
}

/**
 * The rows of a conformance table, or `undefined` when the reference material is not on this machine.
 *
 * The material is looked for at $GANTRY_SHARED, else in "shared" beside the repository.
 */
export function readTable<Input, Expect = unknown>(
  name: string,
): readonly TableRow<Input, Expect>[] | undefined {
  const root = process.env['GANTRY_SHARED'] ?? join(repositoryRoot(), '..', 'shared');
  const path = join(root, 'reference', 'tables', name);
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as TableRow<Input, Expect>);
}

function repositoryRoot(): string {
  return join(dirname(fileURLToPath(import.meta.url)), '..', '..');
}
