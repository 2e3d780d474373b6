import { existsSync, readFileSync } from 'node:fs';
import { checkEdge } from './check.ts';
import { findCycles, listSources, readImports } from './graph.ts';
import { lookAgainLines } from './rules.ts';

const root = process.cwd();
const folders = ['src', 'test', 'tools', 'bench'].filter((folder) => existsSync(folder));
const files = folders.flatMap((folder) => listSources(root, folder));
const edges = files.flatMap((file) => readImports(root, file));
const problems = edges.flatMap(checkEdge);
const cycles = findCycles(edges);

for (const problem of problems) console.error(`${problem.file}: ${problem.rule}: ${problem.text}`);
for (const cycle of cycles) console.error(`cycle: ${cycle.join(' -> ')}`);
if (process.argv.includes('--sizes')) {
  for (const file of files) {
    const lines = readFileSync(file, 'utf8').split('\n').length;
    if (lines > lookAgainLines) console.log(`${file}: ${lines} lines: which two ideas live here?`);
  }
}
console.log(
  `layers: ${files.length} files, ${edges.length} imports, ${problems.length} problems, ${cycles.length} cycles`,
);
process.exitCode = problems.length + cycles.length === 0 ? 0 : 1;
