// Copies a few rows of every table into the repository, so that the tests run them where the tables are not.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRows, sampleFolder, tablesFolder } from './run.ts';
import type { Row } from './table.ts';

const fewestRows = 60;
const partOfTable = 1 / 20;
const maxRowChars = 4000;
// Derived from another project's test data, which is not ours to copy.
const excludedGroups: readonly string[] = ['generated'];

const from = tablesFolder(process.env['GANTRY_SHARED'], process.cwd());
const to = sampleFolder(process.cwd());
mkdirSync(to, { recursive: true });
for (const file of readdirSync(from)) {
  if (file.endsWith('.fixtures.json')) writeFileSync(join(to, file), readFileSync(join(from, file)));
  if (!file.endsWith('.jsonl')) continue;
  const rows = pickRows(readRows(from, file.replace(/\.jsonl$/, '')));
  writeFileSync(join(to, file), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  console.log(`${file}: ${rows.length} rows`);
}

/** The same rows each time: of every group and of its errors equally many, those whose ids have the lowest hashes. */
function pickRows(rows: readonly Row[]): readonly Row[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    if (excludedGroups.includes(row.group) || JSON.stringify(row).length > maxRowChars) continue;
    const key = `${row.group} ${row.error === true}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const share = Math.max(2, Math.ceil(Math.max(fewestRows, rows.length * partOfTable) / groups.size));
  const chosen = [...groups.values()].flatMap((list) =>
    [...list].sort((a, b) => (hashOf(a) < hashOf(b) ? -1 : 1)).slice(0, share),
  );
  return rows.filter((row) => chosen.includes(row));
}

function hashOf(row: Row): string {
  return createHash('sha256').update(row.id).digest('hex');
}
