import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createTemporaryFolder, git, hasNativeGit, runGit } from '../../../test/support/native-git.ts';
import { listen } from '../http/index.ts';
import { createGitServer, type GitServer, type GitServerOptions } from './server.ts';

const clock = { nowMs: () => 1_700_000_000_000, schedule: () => () => undefined };
const stack: (Disposable | AsyncDisposable)[] = [];
afterEach(async () => {
  for (const item of stack.splice(0).reverse()) {
    if (Symbol.asyncDispose in item) await item[Symbol.asyncDispose]();
    else item[Symbol.dispose]();
  }
});

interface World {
  readonly server: GitServer;
  readonly url: string;
  /** A folder with an empty work tree in "work". */
  readonly path: string;
  readonly work: string;
}

async function start(options: GitServerOptions = {}): Promise<World> {
  const server = createGitServer({ clock }, options);
  const listening = await listen(server.handle);
  const folder = createTemporaryFolder();
  stack.push(listening, folder);
  const work = join(folder.path, 'work');
  if (hasNativeGit) await git(folder.path, ['init', '-q', '-b', 'main', work]);
  return { server, url: `${listening.url}/example/repo.git`, path: folder.path, work };
}

async function commit(work: string, files: Record<string, string>, message = 'm'): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
  await git(work, ['add', '-A']);
  await git(work, ['commit', '-qm', message]);
  return git(work, ['rev-parse', 'HEAD']);
}

async function expectClean(folder: string): Promise<void> {
  const fsck = await runGit(folder, ['fsck', '--strict', '--full']);
  expect({ code: fsck.code, text: fsck.stderr }).toMatchObject({ code: 0 });
}

const protocols = ['0', '1', '2'];

describe.skipIf(!hasNativeGit)('native git', () => {
  test.each(protocols)('version %s: pushes, clones, fetches and deletes', async (version) => {
    const { server, url, path, work } = await start();
    const flags = ['-c', `protocol.version=${version}`];
    const first = await commit(work, { 'a.txt': '1\n', 'dir/b.txt': 'b\n' });
    await git(work, ['tag', '-a', 'v1', '-m', 'v1']);
    await git(work, [...flags, 'push', '-q', url, 'main', 'v1']);
    expect(server.listRepositories()).toEqual(['example/repo']);
    expect(server.readFile('example/repo', 'v1', 'dir/b.txt')?.toString()).toBe('b\n');
    const clone = join(path, 'clone');
    await git(path, [...flags, 'clone', '-q', url, clone]);
    expect(await git(clone, ['rev-parse', 'HEAD', 'v1^{}'])).toBe(`${first}\n${first}`);
    const second = await commit(work, { 'a.txt': '2\n' });
    await git(work, [...flags, 'push', '-q', url, 'main', 'main:other']);
    await git(clone, [...flags, 'fetch', '-q']);
    expect(await git(clone, ['rev-parse', 'origin/main', 'origin/other'])).toBe(`${second}\n${second}`);
    await expectClean(clone);
    await git(work, [...flags, 'push', '-q', url, ':other']);
    expect(await git(work, [...flags, 'ls-remote', '--heads', url])).toBe(`${second}\trefs/heads/main`);
  });

  test.each(protocols)('version %s: shallow clones, deepened and made whole', async (version) => {
    const { url, path, work } = await start();
    const flags = ['-c', `protocol.version=${version}`];
    for (let index = 0; index < 5; index++) await commit(work, { 'a.txt': `${index}\n`, [`f${index}`]: 'x' });
    await git(work, [...flags, 'push', '-q', url, 'main']);
    const clone = join(path, 'clone');
    const count = () => git(clone, ['rev-list', '--count', 'HEAD']);
    await git(path, [...flags, 'clone', '-q', '--depth', '1', url, clone]);
    expect(await count()).toBe('1');
    await git(clone, [...flags, 'fetch', '-q', '--depth', '2']);
    expect(await count()).toBe('2');
    await git(clone, [...flags, 'fetch', '-q', '--deepen', '1']);
    expect(await count()).toBe('3');
    await commit(work, { 'a.txt': 'new\n' });
    await git(work, [...flags, 'push', '-q', url, 'main']);
    await git(clone, [...flags, 'pull', '-q']);
    expect(await count()).toBe('4');
    await git(clone, [...flags, 'fetch', '-q', '--unshallow']);
    expect(await count()).toBe('6');
    await expectClean(clone);
    await commit(clone, { 'from-clone': 'x' });
    await git(clone, [...flags, 'push', '-q']);
  });

  test.each(['blob:none', 'tree:0', 'blob:limit=10'])(
    'partial clones with %s fetch the rest',
    async (filter) => {
      const { server, url, path, work } = await start();
      await commit(work, { 'a.txt': 'a\n', 'deep/er/b.txt': 'b'.repeat(100) });
      const head = await commit(work, { 'deep/er/b.txt': 'c'.repeat(100) });
      await git(work, ['push', '-q', url, 'main']);
      const clone = join(path, 'clone');
      await git(path, ['clone', '-q', '--no-checkout', `--filter=${filter}`, url, clone]);
      const before = server.requests['upload-pack'] ?? 0;
      expect(await git(clone, ['show', `${head}:deep/er/b.txt`])).toBe('c'.repeat(100));
      expect(server.requests['upload-pack']).toBeGreaterThan(before);
      await git(clone, ['checkout', '-q', 'main']);
      expect(await git(clone, ['status', '--porcelain'])).toBe('');
    },
  );

  test('any object can be fetched by its id', async () => {
    const { url, path, work } = await start();
    await commit(work, { 'dir/a.txt': 'a\n' });
    await git(work, ['push', '-q', url, 'main']);
    const blob = await git(work, ['rev-parse', 'main:dir/a.txt']);
    const bare = join(path, 'bare');
    await git(path, ['init', '-q', '--bare', bare]);
    await git(bare, ['fetch', '-q', url, blob]);
    expect(await git(bare, ['cat-file', 'blob', blob])).toBe('a');
    const missing = await runGit(bare, ['fetch', url, '1'.repeat(40)]);
    expect(missing.stderr).toContain('not our ref');
  });

  const refusals: { name: string; options?: GitServerOptions; args: string[]; want: string }[] = [
    { name: 'a protected branch', args: ['main:protected'], want: 'protected branch hook declined' },
    {
      name: 'a push that drops commits',
      options: { denyNonFastForwards: true },
      args: ['--force', 'main~1:main'],
      want: 'non-fast-forward',
    },
    { name: 'deleting the main branch', args: [':main'], want: 'refusing to delete the current branch' },
    { name: 'a name below another', args: ['main:refs/heads/main/x'], want: 'failed to update ref' },
    {
      name: 'half of an atomic push',
      args: ['--atomic', 'main:ok', 'main:protected'],
      want: 'atomic push failure',
    },
  ];
  test.each(refusals)('$name is refused with git’s words', async ({ options, args, want }) => {
    const { server, url, work } = await start(options ?? {});
    await commit(work, { a: '1' });
    const head = await commit(work, { a: '2' });
    await git(work, ['push', '-q', url, 'main']);
    server.protectBranch('example/repo', 'protected');
    const pushed = await runGit(work, ['push', url, ...args]);
    expect(pushed.code).toBe(1);
    expect(pushed.stderr).toContain(want);
    expect(await git(work, ['ls-remote', url])).toBe(`${head}\tHEAD\n${head}\trefs/heads/main`);
  });

  test('of two pushes from the same base, the second loses', async () => {
    const { url, work, path } = await start();
    await commit(work, { a: '1' });
    await git(work, ['push', '-q', url, 'main']);
    await git(path, ['clone', '-q', url, 'clone']);
    await commit(join(path, 'clone'), { a: '2' });
    await git(join(path, 'clone'), ['push', '-q']);
    await commit(work, { a: '3' });
    expect((await runGit(work, ['push', url, 'main'])).stderr).toContain('fetch first');
    const stale = await runGit(work, ['push', '--force-with-lease=main:HEAD~1', url, 'main']);
    expect(stale.code).toBe(1);
  });

  test('accounts: no token, wrong token, right token, reading without one', async () => {
    const accounts = [{ login: 'ann', token: 'secret' }];
    const { server, url, work } = await start({ accounts, anonymousRead: true });
    await commit(work, { a: '1' });
    const as = (token: string) => url.replace('://', `://any:${token}@`);
    expect((await runGit(work, ['push', url, 'main'])).code).not.toBe(0);
    expect((await runGit(work, ['push', as('wrong'), 'main'])).code).not.toBe(0);
    expect(server.listRepositories(), 'a refused push makes no repository').toEqual([]);
    await git(work, ['push', '-q', as('secret'), 'main']);
    await git(work, ['ls-remote', url]);
  });

  test('what is committed in process is a sound repository', async () => {
    const { server, url, path } = await start();
    server.commitFiles('example/repo', 'main', { files: { 'a/b.yaml': 'x: 1\n', c: 'c' }, message: 'one' });
    server.commitFiles('example/repo', 'main', { files: { 'a/b.yaml': 'x: 2\n', c: null }, message: 'two' });
    await git(path, ['clone', '-q', url, 'clone']);
    const clone = join(path, 'clone');
    expect(await git(clone, ['log', '--format=%s'])).toBe('two\none');
    expect(await git(clone, ['ls-files'])).toBe('a/b.yaml');
    await expectClean(clone);
    expect(server.log('example/repo', 'main').map(({ message }) => message)).toEqual(['two\n', 'one\n']);
  });

  test('many files arrive and leave whole', { timeout: 60_000 }, async () => {
    const { url, path, work } = await start();
    const files: Record<string, string> = {};
    for (let index = 0; index < 1500; index++)
      files[`apps/a${index % 50}/f${index}`] = `${'x'.repeat(index)}\n`;
    await commit(work, files);
    await git(work, ['push', '-q', url, 'main']);
    await git(path, ['clone', '-q', url, 'clone']);
    await expectClean(join(path, 'clone'));
  });
});

const requests: ({ name: string; path: string; want: number } & RequestInit)[] = [
  { name: 'a repository that is not there', path: '/a/b/info/refs?service=git-upload-pack', want: 404 },
  { name: 'the dumb protocol', path: '/a/b/info/refs', want: 404 },
  { name: 'a path that climbs', path: '/../x/info/refs?service=git-upload-pack', want: 404 },
  { name: 'a foreign host', path: '/', headers: { origin: 'https://evil.example' }, want: 421 },
  { name: 'garbage as push', path: '/a/b/git-receive-pack', method: 'POST', body: '<html>', want: 400 },
  {
    name: 'garbage that says it is compressed',
    path: '/a/b/git-receive-pack',
    method: 'POST',
    body: 'x',
    headers: { 'content-encoding': 'gzip' },
    want: 400,
  },
];
test.each(requests)('$name is answered $want', async ({ path, want, ...init }) => {
  const server = createGitServer({ clock });
  const listening = await listen(server.handle);
  stack.push(listening);
  const answer = await fetch(listening.url + path, init);
  expect(answer.status).toBe(want);
});
