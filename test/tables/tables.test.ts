import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { deliberateDifferences } from '../../tools/tables/differences.ts';
import { tables } from '../../tools/tables/registry.ts';
import { hasTable, runTable, sampleFolder, tablesFolder } from '../../tools/tables/run.ts';
import type { TableReport } from '../../tools/tables/table.ts';
import { knownFailures } from './known-failures.ts';

const whole = tablesFolder(process.env['GANTRY_SHARED'], process.cwd());
const folders = [
  { name: 'a sample of the conformance tables', folder: sampleFolder(process.cwd()), isWhole: false },
  { name: 'the conformance tables', folder: whole, isWhole: true },
];

describe.each(folders)('$name', ({ folder, isWhole }) => {
  const differing: string[] = [];

  test.each(tables.map((table) => ({ name: table.name, table })))(
    '$name gives what the original gives',
    async ({ name, table }) => {
      if (isWhole && !hasTable(folder, name)) return;
      const report = await runTable(folder, table);
      const known = Object.keys(knownFailures[name] ?? {}).filter((id) => isWhole || isIn(report, id));
      expect(report.failures.map(({ row }) => row.id).sort()).toEqual(known.sort());
      expect(report.passed).toBeGreaterThan(0);
      differing.push(...report.deliberate.map(({ id }) => id));
    },
  );

  test.skipIf(!isWhole || !existsSync(folder))('every deliberate difference is still one', () => {
    expect(differing.sort()).toEqual([...deliberateDifferences.keys()].sort());
  });
});

function isIn(report: TableReport, id: string): boolean {
  return report.failures.some(({ row }) => row.id === id);
}
