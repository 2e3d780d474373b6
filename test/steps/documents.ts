import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../../src/base/yaml/index.ts';

const root = join(import.meta.dirname, '..', '..', 'src', 'steps');

/** Folders below `src/steps` that are no steps. */
const others: readonly string[] = ['engine'];

/** Names of the step folders, sorted. */
export function listStepFolders(): readonly string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !others.includes(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** Does a step folder have this file? */
export function hasFile(step: string, file: string): boolean {
  return existsSync(join(root, step, file));
}

/** The text of a file of a step folder. */
export function readStepFile(step: string, file: string): string {
  return readFileSync(join(root, step, file), 'utf8');
}

/** The YAML examples of a step's page, parsed. */
export function readExamples(step: string): readonly unknown[] {
  const blocks = readStepFile(step, 'doc.md').matchAll(/^```yaml\n(?<text>.*?)^```$/gms);
  return [...blocks].map((block) => parseYaml(block.groups?.['text'] ?? ''));
}

/** The codes in the table of failures of a step's page. */
export function readDocumentedCodes(step: string): readonly string[] {
  const rows = readStepFile(step, 'doc.md').matchAll(/^\| `(?<code>[a-z0-9.-]+)` +\|/gm);
  return [...rows].map((row) => row.groups?.['code'] ?? '').sort();
}

/** The codes that a step's sources name, in the modules given. */
export function readNamedCodes(step: string, modules: readonly string[]): readonly string[] {
  const files = ['run.ts', 'plan.ts'].filter((file) => hasFile(step, file));
  const codes = files.flatMap((file) =>
    [...readStepFile(step, file).matchAll(/'(?<code>[a-z]+\.[a-z0-9-]+)'/g)].map(
      (match) => match.groups?.['code'] ?? '',
    ),
  );
  return [...new Set(codes)].filter((code) => modules.includes(code.split('.')[0] ?? '')).sort();
}
