import { existsSync } from 'node:fs';
import { tables } from './registry.ts';
import { hasTable, runTable, tablesFolder } from './run.ts';
import type { TableReport } from './table.ts';

// Usage: npm run tables -- [folder] [table…]
const args = process.argv.slice(2);
const isFolder = args[0]?.includes('/') === true || (args[0] !== undefined && existsSync(args[0]));
const folder = isFolder ? (args[0] ?? '') : tablesFolder(process.env['GANTRY_SHARED'], process.cwd());
const names = isFolder ? args.slice(1) : args;

function print(report: TableReport): void {
  for (const { row, actual } of report.failures) {
    const expected = row.error === true ? { error: row.errorText, phase: row.errorPhase } : row.expect;
    console.log(
      `  ${row.id}\n    input    ${JSON.stringify(row.input)}\n    expected ${JSON.stringify(expected)}\n    actual   ${show(actual)}`,
    );
  }
  for (const { id, reason } of report.deliberate) console.log(`  ${id} differs on purpose: ${reason}`);
  for (const [what, count] of report.notYet)
    console.log(`  ${count} rows need ${what}, which is not there yet`);
  const purpose = report.deliberate.length > 0 ? `, ${report.deliberate.length} differ on purpose` : '';
  const later = [...report.notYet.values()].reduce((sum, count) => sum + count, 0);
  const rest = later > 0 ? `, ${later} not yet` : '';
  console.log(`${report.name}: ${report.passed} passed, ${report.failures.length} failed${purpose}${rest}`);
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));
}

function complain(problem: string): void {
  console.error(problem);
  process.exitCode = 2;
}

const known = tables.map((table) => table.name);
const wanted = names.length > 0 ? names : known;
if (!existsSync(folder)) complain(`there is no folder ${folder}`);
for (const name of wanted) {
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) complain(`no table ${name}; there are ${known.join(', ')}`);
  else if (hasTable(folder, name)) {
    const report = await runTable(folder, table);
    print(report);
    if (report.failures.length > 0) process.exitCode ??= 1;
  } else if (names.length > 0) complain(`${folder} has no ${name}.jsonl`);
}
