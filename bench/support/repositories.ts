import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createTemporaryFolder, git } from '../../test/support/native-git.ts';
import { valuesFile } from './manifests.ts';
import type { SandboxReady } from './world.ts';

/** The URL by which native git reaches a repository of the sandbox, with credentials. */
export function nativeUrl(ready: SandboxReady, name: string): string {
  const url = new URL(ready.git);
  url.username = ready.username;
  url.password = ready.password;
  return `${url.href}bench/${name}.git`;
}

/** Environment in which native git trusts the sandbox. */
export function nativeEnvironment(ready: SandboxReady): Readonly<Record<string, string>> {
  return { GIT_SSL_CAINFO: ready.caFile };
}

/** The files of a GitOps repository: `count` values files of many applications, and one for each Stage of a bench. */
export function createFiles(count: number, stages: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const stage of stages) files.set(fileOf(stage), valuesFile(stage, 'web'));
  const envs = ['dev', 'staging', 'production', 'perf', 'dr'];
  const kinds = ['values', 'ingress', 'hpa', 'config'];
  for (let app = 0; files.size < count; app += 1) {
    for (const env of envs) {
      for (const kind of kinds) {
        if (files.size < count)
          files.set(`apps/app-${app}/${env}/${kind}.yaml`, valuesFile(env, `app-${app}-${kind}`));
      }
    }
  }
  return files;
}

/** The file that a Stage of a bench changes; five levels deep, as overlays are. */
export function fileOf(stage: string): string {
  return `sources/values/env/${stage}/web.yaml`;
}

/** Makes a repository with these files on branch main. */
export async function seedRepository(
  ready: SandboxReady,
  name: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  using folder = createTemporaryFolder();
  for (const [path, text] of files) {
    const at = join(folder.path, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
  }
  const env = nativeEnvironment(ready);
  await git(folder.path, ['init', '--quiet', '--initial-branch=main']);
  await git(folder.path, ['config', 'gc.auto', '0']);
  await git(folder.path, ['config', 'maintenance.auto', 'false']);
  await git(folder.path, ['add', '--all']);
  await git(folder.path, ['commit', '--quiet', '--message=seed']);
  await git(folder.path, ['push', '--quiet', nativeUrl(ready, name), 'main'], { env });
}
