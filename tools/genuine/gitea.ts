import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { GenuineProgram } from './build.ts';
import { NotBuilt } from './go.ts';

/** The version that is built; `gitea/go.mod` has to name the same. */
export const giteaVersion = '1.26.0';

const module = 'code.gitea.io/gitea';
const Downloaded = z.object({ Dir: z.string() });

/** A genuine Gitea: a folder with the program `gitea` and with `src`, where it reads templates and texts from. */
export const gitea: GenuineProgram = {
  name: 'gitea',
  target: `genuine-gitea-${giteaVersion}`,
  async build(place, go) {
    const answer = await go(
      ['mod', 'download', '-json', `${module}@v${giteaVersion}`],
      'tools/genuine/gitea',
    );
    const source = join(place, 'src');
    mkdirSync(place, { recursive: true });
    // Replacements in a go.mod count only for the main module, so the module is built from where it lies, writable.
    const { Dir: from } = Downloaded.parse(JSON.parse(answer));
    const copied = spawnSync('cp', ['-R', '--no-preserve=mode', from, source], { timeout: 60_000 });
    if (copied.status !== 0) throw new NotBuilt(`${from} cannot be copied`);
    const tags = ['-tags', 'sqlite sqlite_unlock_notify'];
    // SQLite is C.
    const env = { CGO_ENABLED: '1' };
    await go(['list', '-deps', '-f', '', ...tags, '.'], source, env);
    const linkerFlags = `-s -w -X main.Version=${giteaVersion}`;
    await go(['build', ...tags, '-ldflags', linkerFlags, '-o', '../gitea', '.'], source, env);
  },
};
