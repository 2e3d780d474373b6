import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGitRepos } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { CredentialRequest, GitRepos, Workdir } from '../../src/ports/index.ts';
import { gitClear } from '../../src/steps/git-clear/index.ts';
import { gitClone } from '../../src/steps/git-clone/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { hasGitHttpBackend, type NativeGitHost, startGitHttpBackend } from '../support/git-http-backend.ts';
import { createTemporaryFolder, git } from '../support/native-git.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { attempt } from '../support/step-attempt.ts';
import { createWorkdir } from '../support/workdir.ts';

const { signal } = new AbortController();
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.skipIf(!hasGitHttpBackend)('submodules at a native host', () => {
  const folder = createTemporaryFolder();
  let host: NativeGitHost;
  let repos: GitRepos;
  let count = 0;
  let libraries: ReturnType<typeof makeLibraries> | undefined;
  const asked: CredentialRequest[] = [];
  const http = createHttpClient();
  beforeAll(async () => {
    host = await startGitHttpBackend();
    repos = createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom(1) });
  });
  afterAll(async () => {
    await http[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  interface Content {
    readonly files: Readonly<Record<string, string>>;
    readonly links?: Readonly<Record<string, string>>;
  }

  /** A repository of one commit, pushed; gives its URL and the commit. */
  async function make(name: string, { files, links = {} }: Content) {
    const url = await host.createRepository(name);
    const at = join(folder.path, `${name}-source`);
    await git(folder.path, ['init', '-q', '--initial-branch=main', at]);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(at, path)), { recursive: true });
      await writeFile(join(at, path), text);
    }
    await git(at, ['add', '-A']);
    for (const [path, commit] of Object.entries(links))
      await git(at, ['update-index', '--add', '--cacheinfo', `160000,${commit},${path}`]);
    await git(at, ['commit', '-q', '-m', 'start']);
    await git(at, ['push', '-q', host.nativeUrl(url), 'main']);
    return { url, at, commit: await git(at, ['rev-parse', 'HEAD']) };
  }

  function portsOf(workdir: Workdir) {
    const credentials = {
      find: async (request: CredentialRequest) => {
        asked.push(request);
        return { identity: 'secret demo/git', username: host.username, password: host.password };
      },
    };
    return { git: repos, credentials, workdir };
  }

  async function clone(url: string, more: object = {}): Promise<Workdir> {
    const workdir = createWorkdir();
    const config = {
      repoURL: url,
      recurseSubmodules: true,
      checkout: [{ path: './src', branch: 'main', ...more }],
    };
    const { outcome } = await attempt(gitClone, config, { ports: portsOf(workdir) });
    expect(outcome).toMatchObject({ kind: 'done', status: 'Succeeded' });
    return workdir;
  }

  const section = (path: string, url: string): string =>
    `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`;

  /** "lib", which has "deep" at a commit that no reference reaches any more. */
  async function makeLibraries() {
    const deep = await make('deep', { files: { 'd.txt': 'old\n' } });
    await git(deep.at, ['commit', '-q', '--amend', '-m', 'other']);
    await git(deep.at, ['push', '-q', '-f', host.nativeUrl(deep.url), 'main']);
    const files = { 'l.txt': 'lib\n', '.gitmodules': section('deep', '../deep.git') };
    return { deep, lib: await make('lib', { files, links: { deep: deep.commit } }) };
  }

  /** A repository with "lib" in "vendor/lib"; and the libraries. */
  async function makeNested() {
    libraries ??= makeLibraries();
    const { deep, lib } = await libraries;
    const modules = `${section('vendor/lib', '../lib.git')}${section('gone', '../gone.git')}`;
    const files = { 'top.txt': 'top\n', 'other/x.txt': 'x\n', '.gitmodules': modules };
    const app = await make(`app-${++count}`, { files, links: { 'vendor/lib': lib.commit } });
    return { app, lib, deep };
  }

  async function nativeClone(url: string): Promise<string> {
    const at = join(folder.path, `clone-${++count}`);
    await git(folder.path, ['clone', '-q', '--recurse-submodules', host.nativeUrl(url), at]);
    return at;
  }

  async function filesOf(workdir: Workdir): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {};
    const visit = async (path: string): Promise<void> => {
      for (const { name, mode } of await workdir.list(path, signal)) {
        const at = `${path}/${name}`;
        if (mode === 'directory') await visit(at);
        else found[at.slice('src/'.length)] = Buffer.from(await workdir.read(at, signal)).toString();
      }
    };
    await visit('src');
    return found;
  }

  async function nativeFilesOf(at: string): Promise<Readonly<Record<string, string>>> {
    const paths = (await git(at, ['ls-files', '--recurse-submodules'])).split('\n');
    const read = async (path: string) => [path, await readFile(join(at, path), 'utf8')] as const;
    return Object.fromEntries(await Promise.all(paths.map(read)));
  }

  test('shows the files that git clone --recurse-submodules does, and asks for each credential', async () => {
    const { app, lib, deep } = await makeNested();
    asked.length = 0;
    const workdir = await clone(app.url);
    expect(await filesOf(workdir)).toEqual(await nativeFilesOf(await nativeClone(app.url)));
    expect(asked.map(({ repoURL }) => repoURL)).toEqual([app.url, lib.url, deep.url]);
    const plain = createWorkdir();
    const config = { repoURL: app.url, checkout: [{ path: 'src' }] };
    await attempt(gitClone, config, { ports: portsOf(plain) });
    expect(await plain.stat('src/vendor/lib', signal)).toMatchObject({
      mode: 'submodule',
      commit: lib.commit,
    });
  });

  test('a sparse checkout shows the submodules in its directories only', async () => {
    const { app } = await makeNested();
    const without = await clone(app.url, { sparse: ['other'] });
    expect(Object.keys(await filesOf(without))).toEqual(['.gitmodules', 'other/x.txt', 'top.txt']);
    const within = await clone(app.url, { sparse: ['vendor'] });
    expect(Object.keys(await filesOf(within))).toContain('vendor/lib/deep/d.txt');
  });

  const changes: {
    readonly name: string;
    readonly ours: (workdir: Workdir) => Promise<unknown>;
    readonly native: (at: string) => Promise<unknown>;
    readonly because: string;
  }[] = [
    {
      name: 'a file of a submodule and one of the repository',
      ours: async (workdir) => {
        await workdir.write('src/vendor/lib/l.txt', encode('new\n'), 'file', signal);
        await workdir.write('src/top.txt', encode('new\n'), 'file', signal);
      },
      native: async (at) => {
        await writeFile(join(at, 'vendor/lib/l.txt'), 'new\n');
        await writeFile(join(at, 'top.txt'), 'new\n');
      },
      because: 'what changes inside a submodule is not part of the repository',
    },
    {
      name: 'a submodule that was removed',
      ours: (workdir) => workdir.remove('src/vendor/lib', signal),
      native: (at) => rm(join(at, 'vendor/lib'), { recursive: true }),
      because: 'git add -A records that it is gone',
    },
    {
      name: 'a folder with a submodule that was removed',
      ours: (workdir) => workdir.remove('src/vendor', signal),
      native: (at) => rm(join(at, 'vendor'), { recursive: true }),
      because: 'git add -A records that it is gone',
    },
    {
      name: 'files in the place of a cleared checkout',
      ours: async (workdir) => {
        await attempt(gitClear, { path: 'src' }, { ports: portsOf(workdir) });
        await workdir.write('src/vendor/lib/now.txt', encode('plain\n'), 'file', signal);
      },
      native: async (at) => {
        await git(at, ['rm', '-qrf', '.']);
        await mkdir(join(at, 'vendor/lib'), { recursive: true });
        await writeFile(join(at, 'vendor/lib/now.txt'), 'plain\n');
      },
      because: 'its submodules went with it',
    },
  ];

  test.each(changes)('a commit holds what git add -A sees: $name', async ({ ours, native, because }) => {
    const { app } = await makeNested();
    const at = await nativeClone(app.url);
    await native(at);
    await git(at, ['add', '-A']);
    const workdir = await clone(app.url);
    await ours(workdir);
    const { worktree } = workdir.worktreeAt('src/vendor/lib');
    const who = { name: 'A', email: 'a@example.com', timeSec: 1_767_323_045 };
    await worktree.commit({ message: 'm\n', author: who, committer: who, headers: [] }, signal);
    const pushed = await repos.push({ worktree, branch: 'main', force: false, maxAttempts: 1 }, signal);
    const { tree } = await repos.readCommit(worktree.remote, pushed.commit, signal);
    expect(tree, because).toBe(await git(at, ['write-tree']));
  });

  const hostile: {
    readonly name: string;
    readonly modules: string;
    readonly says: string;
    readonly because: string;
  }[] = [
    {
      name: 'a path that climbs',
      modules: '[submodule "lib"]\npath = ../lib\nurl = ../lib.git\n',
      says: '"../lib" is not a path',
      because: 'it would be outside of the checkout',
    },
    {
      name: 'a path of git’s own',
      modules: section('a/.GIT', '../lib.git'),
      says: '.GIT',
      because: 'hooks are there',
    },
    {
      name: 'an absolute path',
      modules: section('/etc', '../lib.git'),
      says: '"/etc"',
      because: 'outside as well',
    },
    {
      name: 'no address',
      modules: '[submodule "lib"]\npath = lib\n',
      says: 'no address',
      because: 'git stops, too',
    },
    {
      name: 'a program',
      modules: section('lib', 'ext::sh'),
      says: 'not https',
      because: 'it would run here',
    },
    { name: 'a file', modules: section('lib', 'file:///etc'), says: 'not https', because: 'of this machine' },
    {
      name: 'above the host',
      modules: section('lib', '../../x.git'),
      says: 'not https',
      because: 'it would be another host',
    },
    {
      name: 'a command',
      modules: `${section('lib', '../lib.git')}update = !id\n`,
      says: 'run a command',
      because: 'it would run here',
    },
    {
      name: 'a name that climbs',
      modules: '[submodule "../../x"]\npath = lib\nurl = ../lib.git\n',
      says: 'climbs',
      because: 'git keeps repositories by these names',
    },
    { name: 'no configuration', modules: 'path = "', says: 'line 1 is malformed', because: 'git stops, too' },
    { name: 'far too much', modules: '# \n'.repeat(100_000), says: 'bytes', because: 'it is kept in memory' },
  ];

  test.each(hostile)('.gitmodules with $name is refused', async ({ modules, says, because }) => {
    const commit = '1'.repeat(40);
    const app = await make(`hostile-${++count}`, {
      files: { '.gitmodules': modules },
      links: { lib: commit },
    });
    const workdir = createWorkdir();
    const config = { repoURL: app.url, recurseSubmodules: true, checkout: [{ path: 'src' }] };
    const ended = attempt(gitClone, config, { ports: portsOf(workdir) });
    await expect(ended, because).rejects.toMatchObject({
      code: 'step.submodule-refused',
      message: expect.stringContaining(says),
    });
    expect(await workdir.list('', signal)).toEqual([]);
  });

  test('without .gitmodules, and with update = none, nothing is shown below a submodule', async () => {
    const links = { lib: '1'.repeat(40) };
    const contents: readonly Content['files'][] = [
      { a: 'a' },
      { '.gitmodules': `${section('lib', '../l.git')}update = none\n` },
    ];
    for (const files of contents) {
      const app = await make(`left-${++count}`, { files, links });
      const workdir = await clone(app.url);
      expect(await workdir.stat('src/lib', signal)).toMatchObject({ mode: 'submodule' });
    }
  });

  test('a repository that contains its own past is not followed for ever', async () => {
    const self = await make('self', { files: { '.gitmodules': section('self', '../self.git') } });
    let { commit } = self;
    for (let depth = 0; depth < 11; depth++) {
      await git(self.at, ['update-index', '--add', '--cacheinfo', `160000,${commit},self`]);
      await git(self.at, ['commit', '-q', '-m', 'again']);
      commit = await git(self.at, ['rev-parse', 'HEAD']);
    }
    await git(self.at, ['push', '-q', host.nativeUrl(self.url), 'main', 'HEAD~1:refs/heads/ten']);
    const workdir = await clone(self.url, { branch: 'ten' });
    expect(await workdir.stat(`src${'/self'.repeat(10)}/.gitmodules`, signal)).toMatchObject({
      mode: 'file',
    });
    const config = { repoURL: self.url, recurseSubmodules: true, checkout: [{ path: 'src' }] };
    await expect(attempt(gitClone, config, { ports: portsOf(createWorkdir()) })).rejects.toMatchObject({
      code: 'step.submodule-refused',
      message: expect.stringContaining('nested more than 10 deep'),
    });
  });

  test('a commit that is missing, and too many submodules, are errors with a code', async () => {
    const lib = await make(`lib-${++count}`, { files: { 'l.txt': 'l' } });
    const names = Array.from({ length: 101 }, (_, index) => `m${index}`);
    const address = `../lib-${count}.git`;
    const many = await make(`many-${count}`, {
      files: { '.gitmodules': names.map((name) => section(name, address)).join('') },
      links: Object.fromEntries(names.map((name) => [name, lib.commit])),
    });
    const lost = await make(`lost-${count}`, {
      files: { '.gitmodules': section('lib', address) },
      links: { lib: '1'.repeat(40) },
    });
    const run = (url: string) => {
      const config = { repoURL: url, recurseSubmodules: true, checkout: [{ path: 'src' }] };
      return attempt(gitClone, config, { ports: portsOf(createWorkdir()) });
    };
    await expect(run(many.url)).rejects.toMatchObject({ code: 'step.submodule-refused' });
    await expect(run(lost.url)).rejects.toMatchObject({ code: 'git.object-missing' });
  });
});
