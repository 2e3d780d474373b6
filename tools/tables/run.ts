import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '../../src/base/index.ts';
import { deliberateDifferences } from './differences.ts';
import type { Outcome, Row, RunRow, Table, TableReport } from './table.ts';

/** The folder that holds the tables when nothing else is said: `$GANTRY_SHARED`, else beside the repository. */
export function tablesFolder(shared: string | undefined, root: string): string {
  return join(shared ?? join(root, '..', 'shared'), 'reference', 'tables');
}

/** The folder of a repository that holds a sample of every table. */
export function sampleFolder(root: string): string {
  return join(root, 'test', 'fixtures', 'tables');
}

/** Does a folder hold this table? */
export function hasTable(folder: string, name: string): boolean {
  return existsSync(join(folder, `${name}.jsonl`));
}

/** Rows of a table's file. */
export function readRows(folder: string, name: string): readonly Row[] {
  const text = readFileSync(join(folder, `${name}.jsonl`), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** Runs all rows of a table in a folder. A row that throws has failed. */
export async function runTable(folder: string, table: Table): Promise<TableReport> {
  const fixturesFile = join(folder, `${table.name}.fixtures.json`);
  const fixtures = existsSync(fixturesFile)
    ? (JSON.parse(readFileSync(fixturesFile, 'utf8')) as JsonValue)
    : undefined;
  const run = table.prepare(fixtures);
  const failures: { row: Row; actual: unknown }[] = [];
  const deliberate: { id: string; reason: string }[] = [];
  const notYet = new Map<string, number>();
  let passed = 0;
  for (const row of readRows(folder, table.name)) {
    const outcome = await runRow(run, row);
    const reason = deliberateDifferences.get(row.id);
    if (outcome.passed) passed++;
    else if (outcome.notYet !== undefined) notYet.set(outcome.notYet, (notYet.get(outcome.notYet) ?? 0) + 1);
    else if (reason !== undefined) deliberate.push({ id: row.id, reason });
    else failures.push({ row, actual: outcome.actual });
  }
  return { name: table.name, passed, failures, deliberate, notYet };
}

async function runRow(run: RunRow, row: Row): Promise<Outcome> {
  try {
    return await run(row);
  } catch (error) {
    return { passed: false, actual: { thrown: error instanceof Error ? error.stack : String(error) } };
  }
}
