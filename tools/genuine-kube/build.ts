import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The version that is built; `go.mod` beside this file has to name the same. */
export const kubeVersion = '1.34.1';
const timeLimitMs = 60 * 60_000;

/** One genuine program. */
interface Program {
  readonly name: string;
  readonly importPath: string;
  /** The folder of the module that requires it, below this one. */
  readonly module: string;
  readonly linkerFlags: string;
}

const [major, minor] = kubeVersion.split('.');
const versionFlags = Object.entries({ gitVersion: `v${kubeVersion}`, gitMajor: major, gitMinor: minor }).map(
  ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
);
const kube = (name: string): Program => ({
  name,
  importPath: `k8s.io/kubernetes/cmd/${name}`,
  module: '.',
  linkerFlags: ['-s -w', ...versionFlags].join(' '),
});
const programs: readonly Program[] = [
  { name: 'etcd', importPath: 'go.etcd.io/etcd/server/v3', module: 'etcd', linkerFlags: '-s -w' },
  kube('kube-apiserver'),
  kube('kube-controller-manager'),
];

/** Where built programs are kept: GANTRY_TOOLS, else the user's cache folder. */
export function toolsFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const cache = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(environment['GANTRY_TOOLS'] ?? join(cache, 'gantry'), `genuine-kube-${kubeVersion}`);
}

/** Is there a Go to build with? */
export function hasGo(): boolean {
  return spawnSync('go', ['version'], { timeout: 10_000 }).status === 0;
}

/** What has not been built yet. */
export function missingPrograms(folder: string): readonly string[] {
  return programs.map(({ name }) => name).filter((name) => !existsSync(join(folder, name)));
}

/** Builds what is missing, one after the other: minutes on two cores, and gigabytes of Go's own cache. */
export function buildPrograms(folder: string, tell: (text: string) => void): void {
  mkdirSync(folder, { recursive: true });
  for (const program of programs) {
    const target = join(folder, program.name);
    if (existsSync(target)) continue;
    tell(`building ${program.name}`);
    const args = [
      'build',
      '-trimpath',
      '-ldflags',
      program.linkerFlags,
      '-o',
      `${target}.part`,
      program.importPath,
    ];
    const built = spawnSync('nice', ['-n', '10', 'go', ...args], {
      cwd: join('tools/genuine-kube', program.module),
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
      stdio: ['ignore', 2, 2],
      timeout: timeLimitMs,
    });
    if (built.status !== 0) throw new Error(`${program.name} cannot be built`);
    renameSync(`${target}.part`, target);
  }
}
