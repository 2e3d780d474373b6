import { existsSync } from 'node:fs';
import { tables } from './registry.ts';
import { runTable, tablesFolder } from './run.ts';
import type { TableReport } from './table.ts';

// Usage: npm run tables -- [--group NAME] [folder] [table…]
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
  const purpose = report.deliberate.length > 0 ? `, ${report.deliberate.length} differ on purpose` : '';
  console.log(`${report.name}: ${report.passed} passed, ${report.failures.length} failed${purpose}`);
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));
}

const unknown = names.filter((name) => !tables.some((table) => table.name === name));
if (unknown.length > 0) {
  console.error(`no table ${unknown.join(', ')}; there are ${tables.map((table) => table.name).join(', ')}`);
  process.exitCode = 2;
}
for (const table of tables) {
  if (names.length > 0 && !names.includes(table.name)) continue;
  if (!existsSync(`${folder}/${table.name}.jsonl`)) continue;
  const report = runTable(folder, table);
  print(report);
  if (report.failures.length > 0) process.exitCode = 1;
}
