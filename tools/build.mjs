// Bundles the one program into dist/gantry.js and the chunks that only some commands load, or into another folder given as
// an argument; takes under a second.
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

const outdir = resolve(root, process.argv[2] ?? 'dist');
// Chunks carry a hash in their names, so that old ones would pile up.
rmSync(`${outdir}/chunks`, { recursive: true, force: true });

const slimUndici = {
  name: 'slim-undici',
  setup({ onResolve }) {
    onResolve({ filter: /^undici$/ }, ({ importer }) =>
      importer.startsWith(resolve(root, 'src')) ? { path: resolve(root, 'tools/undici.mjs') } : undefined,
    );
  },
};

await build({
  absWorkingDir: root,
  entryPoints: { gantry: 'src/main/gantry.ts' },
  outdir,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [slimUndici],
  loader: { '.yaml': 'text' },
  // lmdb brings a compiled part for each platform, found from its own folder; ssh2's compiled parts are optional.
  external: ['lmdb', 'cpu-features', '*.node'],
  define: { GANTRY_VERSION: JSON.stringify(version) },
  // CommonJS dependencies call require() for Node's own modules; an ES module bundle has to provide it.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as gantryCreateRequire } from 'node:module';\nconst require = gantryCreateRequire(import.meta.url);",
  },
});
