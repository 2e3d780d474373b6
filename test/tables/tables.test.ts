import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deliberateDifferences } from '../../tools/tables/differences.ts';
import { tables } from '../../tools/tables/registry.ts';
import { runTable, tablesFolder } from '../../tools/tables/run.ts';
import { knownFailures } from './known-failures.ts';

const folder = tablesFolder(process.env['GANTRY_SHARED'], process.cwd());

describe('conformance tables', () => {
  for (const table of tables) {
    const isThere = existsSync(join(folder, `${table.name}.jsonl`));
    test.skipIf(!isThere)(`${table.name} gives what the original gives`, () => {
      const report = runTable(folder, table);
      const failing = report.failures.map(({ row }) => row.id).sort();
      expect(failing).toEqual(Object.keys(knownFailures[table.name] ?? {}).sort());
      expect(report.passed).toBeGreaterThan(0);
    });
  }

  test.skipIf(!existsSync(folder))('every deliberate difference is still one', () => {
    const differing = tables.flatMap((table) =>
      existsSync(join(folder, `${table.name}.jsonl`))
        ? runTable(folder, table).deliberate.map(({ id }) => id)
        : [],
    );
    expect(differing.sort()).toEqual([...deliberateDifferences.keys()].sort());
  });
});
