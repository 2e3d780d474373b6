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

/** Makes a repository with these files on branch main, in the last of so many commits; the others change one file each. */
export async function seedRepository(
  ready: SandboxReady,
  name: string,
  files: ReadonlyMap<string, string>,
  commits: number = 1,
): Promise<void> {
  using folder = createTemporaryFolder();
  const env = nativeEnvironment(ready);
  await git(folder.path, ['init', '--quiet', '--bare', '--initial-branch=main']);
  await git(folder.path, ['fast-import', '--quiet'], { input: toImport(files, commits) });
  await git(folder.path, ['push', '--quiet', nativeUrl(ready, name), 'main'], { env });
}

/** What `git fast-import` reads. */
function toImport(files: ReadonlyMap<string, string>, commits: number): Buffer {
  const parts: string[] = [];
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const startCommit = (index: number): void => {
    const who = `committer Bench <bench@example.com> ${1_700_000_000 + index * 60} +0000\n`;
    parts.push(`commit refs/heads/main\n${who}${data(`commit ${index}`)}`);
  };
  for (let index = 0; index < commits; index += 1) {
    startCommit(index);
    const isLast = index === commits - 1;
    const changed = isLast ? files : new Map([[`history/file-${index % 100}.yaml`, `value: ${index}\n`]]);
    for (const [path, text] of changed) parts.push(`M 100644 inline ${path}\n${data(text)}`);
    parts.push('\n');
  }
  return Buffer.from(parts.join(''));
}
