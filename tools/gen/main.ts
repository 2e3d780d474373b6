// Writes what is derived from the sources: CRDs and reference pages. With --check it only compares.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateAll, generatedFolders } from './outputs.ts';

const root = process.cwd();
const outputs = generateAll();
const stale = [...outputs].filter(([path, content]) => readText(path) !== content).map(([path]) => path);
const leftOver = generatedFolders.flatMap((folder) => listFiles(folder)).filter((path) => !outputs.has(path));

if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path}: differs from what the sources say; run npm run gen`);
  for (const path of leftOver) console.error(`${path}: nothing generates it; run npm run gen`);
  console.log(`gen: ${outputs.size} files, ${stale.length} stale, ${leftOver.length} left over`);
  process.exitCode = stale.length + leftOver.length === 0 ? 0 : 1;
} else {
  for (const path of stale) writeText(path, outputs.get(path) ?? '');
  for (const path of leftOver) rmSync(join(root, path));
  console.log(`gen: ${outputs.size} files, ${stale.length} written, ${leftOver.length} removed`);
}

function readText(path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function writeText(path: string, content: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function listFiles(folder: string): readonly string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${folder}/${entry.name}`);
}
