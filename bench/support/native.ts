import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder, git } from '../../test/support/native-git.ts';
import { medianOf } from './numbers.ts';
import { nativeEnvironment, nativeUrl } from './repositories.ts';
import type { SandboxReady } from './world.ts';

const runs = 3;

/** What native git takes to clone with depth 1, change files, commit and push, in milliseconds; the median. */
export async function measureNativeGit(
  ready: SandboxReady,
  repository: string,
  files: readonly string[],
): Promise<number> {
  const took: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    using folder = createTemporaryFolder();
    const env = nativeEnvironment(ready);
    const clone = join(folder.path, 'clone');
    const startMs = performance.now();
    await git(
      folder.path,
      [
        'clone',
        '--quiet',
        '--config=gc.auto=0',
        '--config=maintenance.auto=false',
        '--depth=1',
        nativeUrl(ready, repository),
        clone,
      ],
      { env },
    );
    for (const file of files) {
      const text = readFileSync(join(clone, file), 'utf8');
      writeFileSync(join(clone, file), `${text}# ${run} ${startMs}\n`);
    }
    await git(clone, ['commit', '--quiet', '--all', '--message=bench']);
    await git(clone, ['push', '--quiet', 'origin', 'main'], { env });
    took.push(performance.now() - startMs);
  }
  return medianOf(took);
}
