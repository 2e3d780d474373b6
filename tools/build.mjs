// Bundles the one program into dist/gantry.js, or into another folder given as an argument; takes under a second.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

await build({
  absWorkingDir: root,
  entryPoints: { gantry: 'src/main/gantry.ts' },
  outdir: process.argv[2] ?? 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  loader: { '.yaml': 'text' },
  define: { GANTRY_VERSION: JSON.stringify(version) },
  // CommonJS dependencies call require() for Node's own modules; an ES module bundle has to provide it.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as gantryCreateRequire } from 'node:module';\nconst require = gantryCreateRequire(import.meta.url);",
  },
});
