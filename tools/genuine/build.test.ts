import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import { buildPrograms, type GenuineProgram, toolsFolder } from './build.ts';
import { gitea, giteaVersion } from './gitea.ts';
import { NotBuilt } from './go.ts';
import { kubePrograms, kubeVersion } from './kube.ts';

const [etcd] = kubePrograms;
let folder: ReturnType<typeof createTempFolder>;

beforeEach(() => {
  folder = createTempFolder();
});
afterEach(() => folder[Symbol.dispose]());

/** A stand-in for Go that notes how it was called; "build" makes what was asked for. */
const works = `echo "$*" >> "$HOME/calls"
for last; do :; done
if [ "$1" = build ]; then while [ "$1" != -o ]; do shift; done; echo built > "$2"; fi`;

function build(script: string, programs: readonly GenuineProgram[], limitMs = 60_000): Promise<void> {
  const go = join(folder.path, 'go');
  writeFileSync(go, `#!/bin/sh\nHOME=${folder.path}\n${script}\n`);
  chmodSync(go, 0o755);
  const nothing = (): void => undefined;
  return buildPrograms(join(folder.path, 'cache'), programs, {
    program: go,
    signal: new AbortController().signal,
    endsAtMs: Date.now() + limitMs,
    tell: nothing,
    write: nothing,
  });
}

const kept = (): readonly string[] =>
  readdirSync(join(folder.path, 'cache'), { recursive: true }).map(String).sort();
const calls = (): string => readFileSync(join(folder.path, 'calls'), 'utf8');

test('what is missing is built once and kept', async () => {
  await build(works, kubePrograms);
  const names = ['etcd', 'kube-apiserver', 'kube-controller-manager'];
  const place = `genuine-kube-${kubeVersion}`;
  expect(kept()).toEqual([place, ...names.map((name) => `${place}/${name}`)]);
  const made = calls();
  expect(made.match(/^build /gm)).toHaveLength(3);
  await build(works, kubePrograms);
  expect(calls()).toBe(made);
});

test.each([
  {
    name: 'nothing listens at the proxy',
    script: 'echo "dial tcp: refused" >&2; exit 1',
    want: 'dial tcp: refused',
  },
  { name: 'Go is not there', script: 'exit 127', want: 'there is no Go' },
  { name: 'Go does not come to an end', script: 'sleep 60 & wait', want: 'not done within' },
])('when $name, a sentence says so and nothing counts as built', async ({ script, want }) => {
  const building = build(script, etcd === undefined ? [] : [etcd], 300);
  const error: unknown = await building.catch((one: unknown) => one);
  expect(error).toBeInstanceOf(NotBuilt);
  expect(String(error)).toContain('etcd cannot be built');
  expect(String(error)).toContain(want);
  expect(kept().filter((name) => name.includes('/'))).toEqual([]);
});

test('a build that ends with an error leaves no part behind, and those of dead processes are swept up', async () => {
  const broken = `[ "$1" = list ] && exit 0
while [ "$1" != -o ]; do shift; done; echo half > "$2"; exit 1`;
  const place = join(folder.path, 'cache', `genuine-kube-${kubeVersion}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'etcd.part-999999999'), 'old');
  await expect(build(broken, kubePrograms)).rejects.toBeInstanceOf(NotBuilt);
  expect(readdirSync(place)).toEqual([]);
});

test('Gitea is built from a writable copy of its module, and kept with it', async () => {
  const module = join(folder.path, 'module');
  mkdirSync(join(module, 'templates'), { recursive: true });
  writeFileSync(join(module, 'templates/home.tmpl'), 'home');
  chmodSync(join(module, 'templates/home.tmpl'), 0o444);
  const downloads = `[ "$1" = mod ] && { echo '{"Dir":"${module}"}'; exit 0; }\n${works}`;
  await build(downloads, [gitea]);
  const place = join(folder.path, 'cache', `genuine-gitea-${giteaVersion}`);
  expect(readdirSync(place).sort()).toEqual(['gitea', 'src']);
  expect(existsSync(join(place, 'src/templates/home.tmpl'))).toBe(true);
  expect(calls()).toContain('-tags sqlite sqlite_unlock_notify');
});

test('modules name the versions that folders are called after', () => {
  const read = (name: string): string => readFileSync(join('tools/genuine', name, 'go.mod'), 'utf8');
  expect(read('kube')).toContain(`k8s.io/kubernetes v${kubeVersion}`);
  expect(read('gitea')).toContain(`code.gitea.io/gitea v${giteaVersion}`);
});

test('the tool cache can be chosen', () => {
  expect(toolsFolder({ GANTRY_TOOLS: '/tools', XDG_CACHE_HOME: '/cache' })).toBe('/tools');
  expect(toolsFolder({ XDG_CACHE_HOME: '/cache' })).toBe('/cache/gantry');
});
