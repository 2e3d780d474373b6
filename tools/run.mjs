// Runs one TypeScript program of tools/ or bench/: bundles it next to nothing, imports it, passes the arguments on.
// Usage: node tools/run.mjs [--apart] tools/gen/main.ts [arguments]
// With --apart it runs in a process of its own, which has nothing of the bundler.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const isApart = process.argv[2] === '--apart';
const [entry, ...rest] = process.argv.slice(isApart ? 3 : 2);
if (entry === undefined) throw new Error('usage: node tools/run.mjs FILE.ts [arguments]');

const folder = mkdtempSync(join(tmpdir(), 'gantry-tool-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const outfile = join(folder, 'tool.mjs');
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
await build({
  absWorkingDir: root,
  entryPoints: [entry],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: 'inline',
  logLevel: 'warning',
  loader: { '.yaml': 'text' },
  define: { GANTRY_VERSION: '"dev"' },
});
process.chdir(root);
if (isApart) {
  const { status } = spawnSync(process.execPath, [outfile, ...rest], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  process.argv = [process.argv[0] ?? 'node', entry, ...rest];
  await import(pathToFileURL(outfile).href);
}
