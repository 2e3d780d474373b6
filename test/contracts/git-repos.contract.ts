import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppError } from '../../src/base/index.ts';
import { createGitRepos } from '../../src/git/index.ts';
import { createWorkdir } from '../../src/git/workdir/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { CommitDraft, GitRemote, GitRepos, PushResult, Worktree } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import type { TestGitHost } from '../support/git-hosts.ts';
import { createMemoryHostKeys } from '../support/memory-host-keys.ts';
import { createMemoryMetrics } from '../support/memory-metrics.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const signal = AbortSignal.timeout(600_000);
// All promotions of the suite share it.
setMaxListeners(0, signal);
const author = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_700_000_000 };

/** A draft by a fixed author, of one promotion when it is named. */
function draft(message: string, promotion?: string): CommitDraft {
  const headers = promotion === undefined ? [] : [{ name: 'promotion', value: promotion }];
  return { message, author, committer: author, headers };
}

/** A process as far as git is concerned: an adapter with a cache of its own, and its counted requests. */
interface Process {
  readonly repos: GitRepos;
  requests(): number;
  requests(operation: string): number;
}

/** What `GitRepos` promises, against a host. */
export function describeGitRepos(name: string, startHost: () => Promise<TestGitHost>): void {
  describe(`GitRepos against ${name}`, { timeout: 120_000 }, () => {
    let host: TestGitHost;
    let count = 0;
    const http = createHttpClient();
    const hostKeys = createMemoryHostKeys();
    beforeAll(async () => {
      host = await startHost();
    });
    afterAll(async () => {
      await http[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    });

    let address = '';
    function startProcess(): Process {
      const metrics = createMemoryMetrics();
      const repos = createGitRepos({
        http,
        clock: createSystemClock(),
        random: createSeededRandom(++count),
        metrics,
        hostKeys,
      });
      const requests = (operation?: string): number => {
        const operations = operation === undefined ? ['info-refs', 'ls-refs', 'fetch', 'push'] : [operation];
        let sum = 0;
        for (const each of operations) {
          sum += metrics.read('git_requests_total', { host: address, operation: each, result: 'ok' });
        }
        return sum;
      };
      return { repos, requests };
    }

    function remoteOf(url: string): GitRemote {
      address = new URL(url).host;
      return { url, credential: { identity: 'secret demo/git', ...host.credential } };
    }

    /** A repository with one commit that holds these files. */
    async function seed(
      files: Readonly<Record<string, string>>,
    ): Promise<{ readonly remote: GitRemote; readonly name: string; readonly commit: string }> {
      const repository = `repo-${++count}`;
      const remote = remoteOf(await host.createRepository(repository));
      const { repos } = startProcess();
      await repos.createBranch(remote, 'main', draft('Initial commit'), signal);
      const worktree = await checkout(repos, remote);
      for (const [path, text] of Object.entries(files)) await write(worktree, path, text);
      await worktree.commit(draft('Add files'), signal);
      const { commit } = await push(repos, worktree);
      return { remote, name: repository, commit };
    }

    async function textAt(remote: GitRemote, branch: string, path: string): Promise<string> {
      return readText(await checkout(startProcess().repos, remote, branch), path);
    }

    /** Messages of a branch, newest first. */
    async function log(remote: GitRemote, branch = 'main'): Promise<string[]> {
      const { repos } = startProcess();
      const messages: string[] = [];
      let at: string | undefined = (await repos.resolve(remote, { kind: 'branch', branch }, signal)).commit;
      while (at !== undefined) {
        const commit = await repos.readCommit(remote, at, signal);
        messages.push(commit.message.trim());
        [at] = commit.parents;
      }
      return messages;
    }

    /** Commits one file on top of a branch and pushes it. */
    async function change(repos: GitRepos, remote: GitRemote, path: string, text: string): Promise<void> {
      const worktree = await checkout(repos, remote);
      await worktree.stat(path, signal);
      await write(worktree, path, text);
      await worktree.commit(draft(`Set ${path}`), signal);
      await push(repos, worktree);
    }

    test('a branch is created, and resolved by name, as default and by id', async () => {
      const { remote, commit } = await seed({ 'a.txt': 'a' });
      const { repos } = startProcess();
      const branch = { commit, branch: 'main' };
      expect(await repos.resolve(remote, { kind: 'branch', branch: 'main' }, signal)).toEqual(branch);
      expect(await repos.resolve(remote, { kind: 'default' }, signal)).toEqual(branch);
      expect(await repos.resolve(remote, { kind: 'commit', commit }, signal)).toEqual({ commit });
      const read = await repos.readCommit(remote, commit, signal);
      expect(read).toMatchObject({ id: commit, author, committer: author, message: 'Add files\n' });
      expect(read.parents).toHaveLength(1);
    });

    test('a commit is found by the beginning of its id, also one that no reference names', async () => {
      const { remote, commit: older } = await seed({ 'a.txt': 'a' });
      await change(startProcess().repos, remote, 'a.txt', 'b');
      const resolve = (commit: string) =>
        startProcess().repos.resolve(remote, { kind: 'commit', commit }, signal);
      const { commit: newer } = await startProcess().repos.resolve(remote, { kind: 'default' }, signal);
      expect(await resolve(newer.slice(0, 12))).toEqual({ commit: newer });
      expect(await resolve(older.slice(0, 8).toUpperCase())).toEqual({ commit: older });
      const other = older.startsWith('0') ? 'f' : '0';
      await expect(resolve(other.repeat(12))).rejects.toMatchObject({ code: 'git.ref-not-found' });
    });

    test('a branch that exists cannot be created', async () => {
      const { remote } = await seed({ 'a.txt': 'a' });
      const again = startProcess().repos.createBranch(remote, 'main', draft('Again'), signal);
      await expect(again).rejects.toMatchObject({ code: 'git.push-rejected' });
    });

    test('files and folders are read, changed and committed', async () => {
      const { remote, name: repository } = await seed({
        'env/dev/values.yaml': 'a: 1\n',
        'env/prod/values.yaml': 'a: 1\n',
        README: 'x',
      });
      const { repos } = startProcess();
      const worktree = await checkout(repos, remote);
      expect(await modes(worktree)).toEqual({ README: 'file', env: 'directory' });
      await write(worktree, 'env/dev/values.yaml', 'a: 2\n');
      await worktree.write('bin/run', Buffer.from('#!/bin/sh\n'), 'executable', signal);
      await worktree.write('link', Buffer.from('env/dev'), 'symlink', signal);
      await worktree.remove('README', signal);
      const made = await worktree.commit(draft('Change\n\nWith a body'), signal);
      expect(made).toEqual({ changed: true, id: worktree.head, plainLfs: [] });
      expect(await worktree.commit(draft('Nothing'), signal)).toMatchObject({ id: made.id, changed: false });
      expect(await push(repos, worktree)).toEqual({ commit: made.id, branch: 'main', adopted: false });
      const again = await checkout(startProcess().repos, remote);
      expect(await modes(again)).toEqual({ bin: 'directory', env: 'directory', link: 'symlink' });
      expect(await readText(again, 'link/values.yaml')).toBe('a: 2\n');
      expect(await again.stat('bin/run', signal)).toEqual({ name: 'run', mode: 'executable' });
      expect(await readText(again, 'env/prod/values.yaml')).toBe('a: 1\n');
      await host.verify(repository);
    });

    test('a cleared work tree holds nothing but what is written after', async () => {
      const { remote, name: repository } = await seed({ 'a/b': '1', c: '2' });
      const { repos } = startProcess();
      const worktree = await checkout(repos, remote);
      await worktree.clear('', signal);
      expect(await worktree.list('', signal)).toEqual([]);
      await write(worktree, 'rendered.yaml', 'x: 1\n');
      await worktree.commit(draft('Render'), signal);
      await push(repos, worktree);
      expect(await modes(await checkout(startProcess().repos, remote))).toEqual({ 'rendered.yaml': 'file' });
      await host.verify(repository);
    });

    test('commits are a pure function of tree, parents and draft', async () => {
      const { remote } = await seed({ a: '1' });
      const ids = new Set<string>();
      for (let round = 0; round < 2; round++) {
        const worktree = await checkout(startProcess().repos, remote);
        await write(worktree, 'a', '2');
        ids.add((await worktree.commit(draft('Change', 'demo/p1/commit'), signal)).id);
      }
      expect(ids.size).toBe(1);
    });

    test('ten work trees are pushed to one branch at once: all land, none is lost', async () => {
      const { remote, name: repository } = await seed({ 'apps/0/v': '-', 'apps/1/v': '-', shared: 'x' });
      const shared = startProcess();
      const jobs: { worktree: Worktree; repos: GitRepos }[] = [];
      for (let index = 0; index < 10; index++) {
        // Some share a process and its queue, the others only meet at the host.
        const { repos } = index % 3 === 0 ? startProcess() : shared;
        const worktree = await checkout(repos, remote);
        await write(worktree, `apps/${index}/v`, `${index}`);
        await worktree.commit(draft(`Change ${index}`, `demo/p${index}/commit`), signal);
        jobs.push({ worktree, repos });
      }
      const results = await Promise.all(
        jobs.map(({ worktree, repos }) => push(repos, worktree, { maxAttempts: 50 })),
      );
      expect(new Set(results.map((result) => result.commit)).size).toBe(10);
      const wanted = Array.from({ length: 10 }, (_, index) => `Change ${index}`);
      expect((await log(remote)).slice(0, 10).toSorted()).toEqual(wanted);
      const after = await checkout(startProcess().repos, remote);
      for (let index = 0; index < 10; index++) {
        expect(await readText(after, `apps/${index}/v`)).toBe(`${index}`);
      }
      await host.verify(repository);
    });

    test('pushes that wait for one branch are sent together; each ends on its own', async () => {
      const { remote, commit: base, name: repository } = await seed({ shared: '1\n', 'apps/0': '-' });
      const { repos, requests } = startProcess();
      const start = async (path: string, message: string, at = { commit: base, branch: 'main' }) => {
        const worktree = await repos.checkout(remote, at, signal);
        await write(worktree, path, `${message}\n`);
        await worktree.commit(draft(message, `demo/${message}/commit`), signal);
        return worktree;
      };
      const landed = await push(repos, await start('apps/landed', 'landed'));
      const worktrees = [await start('shared', 'first')];
      for (let index = 0; index < 8; index++) worktrees.push(await start(`apps/${index}`, `change-${index}`));
      worktrees.push(await start('shared', 'conflict'), await start('apps/landed', 'landed'));
      const before = requests('push');
      const results = await Promise.allSettled(worktrees.map((worktree) => push(repos, worktree)));
      expect(requests('push') - before, 'what waits at the same time goes together').toBe(1);
      expect(results.at(-1)).toEqual({ status: 'fulfilled', value: { ...landed, adopted: true } });
      expect(results.at(-2)).toMatchObject({ status: 'rejected', reason: { code: 'git.conflict' } });
      const commits = results
        .slice(0, 9)
        .map((result) => (result.status === 'fulfilled' ? result.value.commit : ''));
      const messages: string[] = [];
      for (const commit of commits)
        messages.push((await repos.readCommit(remote, commit, signal)).message.trim());
      expect(messages).toEqual(['first', ...Array.from({ length: 8 }, (_, index) => `change-${index}`)]);
      expect(await log(remote)).toEqual([...messages.toReversed(), 'landed', 'Add files', 'Initial commit']);
      expect(worktrees.slice(0, 9).map((worktree) => worktree.head)).toEqual(commits);
      await host.verify(repository);
    });

    test('different identities never share a push', async () => {
      const { remote, commit } = await seed({ a: '1' });
      const { repos, requests } = startProcess();
      const worktrees: Worktree[] = [];
      for (const [index, identity] of ['one', 'two', 'one', 'two', 'one', 'two'].entries()) {
        const credential = { identity, ...host.credential };
        const worktree = await repos.checkout(
          { url: remote.url, credential },
          { commit, branch: 'main' },
          signal,
        );
        await write(worktree, `file-${index}`, 'x');
        await worktree.commit(draft(`Change ${index}`), signal);
        worktrees.push(worktree);
      }
      const before = requests('push');
      await Promise.all(worktrees.map((worktree) => push(repos, worktree)));
      expect(requests('push') - before, 'one for each identity').toBe(2);
      expect((await log(remote)).slice(0, 6).toSorted()).toEqual(
        [0, 1, 2, 3, 4, 5].map((index) => `Change ${index}`),
      );
    });

    test('after a push that had to rebase, the work tree shows what the branch holds', async () => {
      const { remote } = await seed({ a: '1', b: '1', '.gitignore': '*.log\n' });
      const { repos } = startProcess();
      const worktree = await checkout(repos, remote);
      await change(startProcess().repos, remote, 'b', '2');
      await write(worktree, 'a', '2');
      await write(worktree, 'logs/x.log', 'ignored');
      const before = await worktree.commit(draft('Change a'), signal);
      const { commit } = await push(repos, worktree);
      expect(commit).not.toBe(before.id);
      expect(worktree.head).toBe(commit);
      expect(await readText(worktree, 'b')).toBe('2');
      expect(await readText(worktree, 'logs/x.log'), 'git leaves untracked files alone').toBe('ignored');
      await write(worktree, 'c', '3');
      await worktree.commit(draft('Add c'), signal);
      await push(repos, worktree);
      expect(await log(remote)).toEqual(['Add c', 'Change a', 'Set b', 'Add files', 'Initial commit']);
    });

    test('changes of the same place are a conflict that names the path', async () => {
      const { remote } = await seed({ 'env/v': '1\n' });
      const { repos } = startProcess();
      const worktree = await checkout(repos, remote);
      await change(startProcess().repos, remote, 'env/v', '2\n');
      await write(worktree, 'env/v', '3\n');
      await worktree.commit(draft('Three'), signal);
      const failed = push(repos, worktree);
      await expect(failed).rejects.toMatchObject({ code: 'git.conflict', data: { paths: ['env/v'] } });
    });

    test('a replay adopts the commit that an earlier attempt pushed, also below later ones', async () => {
      const { remote, commit: base } = await seed({ a: '1', b: '1' });
      const promotion = 'demo/dev.01/commit';
      const first = startProcess();
      const worktree = await checkout(first.repos, remote);
      await write(worktree, 'a', '2');
      await worktree.commit(draft('Promote', promotion), signal);
      const pushed = await push(first.repos, worktree);
      await change(first.repos, remote, 'b', '2');
      const second = startProcess();
      const replay = await second.repos.checkout(remote, { commit: base, branch: 'main' }, signal);
      await write(replay, 'a', '2');
      await replay.commit(draft('Promote', promotion), signal);
      expect(await push(second.repos, replay)).toEqual({ ...pushed, adopted: true });
      expect(replay.head).toBe(pushed.commit);
      expect(await log(remote)).toEqual(['Set b', 'Promote', 'Add files', 'Initial commit']);
    });

    test('a new branch is made of a checkout, extended by a later push and overwritten by force', async () => {
      const { remote, commit } = await seed({ a: '1' });
      const { repos } = startProcess();
      const pushFrom = async (path: string, force: boolean): Promise<PushResult> => {
        const worktree = await repos.checkout(remote, { commit }, signal);
        await write(worktree, path, '2');
        await worktree.commit(draft(`Set ${path}`), signal);
        return push(repos, worktree, { branch: 'feature', force });
      };
      expect(await pushFrom('a', false)).toMatchObject({ branch: 'feature', adopted: false });
      await pushFrom('b', false);
      expect(await log(remote, 'feature')).toEqual(['Set b', 'Set a', 'Add files', 'Initial commit']);
      await pushFrom('c', true);
      expect(await log(remote, 'feature')).toEqual(['Set c', 'Add files', 'Initial commit']);
      expect(await textAt(remote, 'main', 'a')).toBe('1');
    });

    test('a branch that is behind the checkout is moved forward with all of its commits', async () => {
      const { remote, commit } = await seed({ a: '1' });
      const { repos } = startProcess();
      await push(repos, await repos.checkout(remote, { commit }, signal), { branch: 'stage' });
      await change(repos, remote, 'a', '2');
      const worktree = await checkout(startProcess().repos, remote);
      await write(worktree, 'b', '3');
      await worktree.commit(draft('Three'), signal);
      await push(repos, worktree, { branch: 'stage' });
      expect(await log(remote, 'stage')).toEqual(['Three', 'Set a', 'Add files', 'Initial commit']);
    });

    test('a branch that went another way gets the commits that it does not have', async () => {
      const { remote, commit } = await seed({ a: '1' });
      const { repos } = startProcess();
      const stage = await repos.checkout(remote, { commit }, signal);
      await write(stage, 'stage', 's');
      await stage.commit(draft('Stage'), signal);
      await push(repos, stage, { branch: 'stage' });
      await change(repos, remote, 'a', '2');
      const worktree = await checkout(repos, remote);
      await write(worktree, 'b', '3');
      await worktree.commit(draft('Three'), signal);
      await push(repos, worktree, { branch: 'stage' });
      expect(await log(remote, 'stage')).toEqual(['Three', 'Set a', 'Stage', 'Add files', 'Initial commit']);
      expect(await textAt(remote, 'stage', 'a')).toBe('2');
    });

    test('a tag is pushed with the commits below it, once, and never replaced', async () => {
      const { remote, name: repository } = await seed({ 'a.txt': 'a' });
      const { repos } = startProcess();
      const tagger = author;
      const make = async (text: string): Promise<Worktree> => {
        const worktree = await checkout(repos, remote);
        await write(worktree, 'a.txt', text);
        await worktree.commit(draft('Set a'), signal);
        await worktree.tag({ name: 'v1', message: 'One', tagger, force: false }, signal);
        return worktree;
      };
      const worktree = await make('b');
      const request = { worktree, tag: 'v1', maxAttempts: 3 };
      expect(await repos.pushTag(request, signal)).toEqual({ adopted: false });
      expect(await repos.pushTag(request, signal)).toEqual({ adopted: true });
      const found = await startProcess().repos.resolve(remote, { kind: 'tag', tag: 'v1' }, signal);
      expect(found).toEqual({ commit: worktree.head });
      const other = { ...request, worktree: await make('c') };
      await expect(repos.pushTag(other, signal)).rejects.toMatchObject({ code: 'git.tag-exists' });
      const claimed = worktree.tags.get('v1')?.id ?? '';
      expect(await repos.pushTag({ ...other, claimed }, signal)).toEqual({ adopted: true });
      const nowhere = repos.pushTag({ ...request, tag: 'v2' }, signal);
      await expect(nowhere).rejects.toMatchObject({ code: 'git.ref-not-found' });
      await host.verify(repository);
    });

    test('changes that were not committed stop a push that would have to rebase', async () => {
      const { remote } = await seed({ a: '1', b: '1' });
      const { repos } = startProcess();
      const worktree = await checkout(repos, remote);
      await change(startProcess().repos, remote, 'b', '2');
      await write(worktree, 'a', '2');
      await worktree.commit(draft('Mine'), signal);
      await write(worktree, 'c', '3');
      await expect(push(repos, worktree)).rejects.toMatchObject({ code: 'git.uncommitted' });
    });

    test('a warm promotion costs few requests', async () => {
      const [mine, other] = ['apps/a/env/dev/values.yaml', 'apps/b/env/dev/values.yaml'];
      const { remote } = await seed({ [mine]: 'a: 1\n', [other]: 'a: 1\n' });
      const { repos, requests } = startProcess();
      const promote = async (text: string): Promise<number> => {
        const before = requests();
        const worktree = await checkout(repos, remote);
        await worktree.read(mine, signal);
        await write(worktree, mine, text);
        await worktree.commit(draft('Promote', `demo/${text}/commit`), signal);
        await push(repos, worktree);
        return requests() - before;
      };
      const cold = await promote('2');
      expect(cold, 'cold: one fetch per level').toBeLessThanOrEqual(11);
      expect(await promote('3'), 'ls-refs and push').toBe(2);
      await change(startProcess().repos, remote, other, 'a: 2\n');
      expect(await promote('4'), 'also a fetch of what somebody else changed').toBe(3);
    });

    test('promotions that start together ask together, and push together', async () => {
      const paths = Array.from({ length: 20 }, (_, index) => `apps/${index}/values.yaml`);
      const { name: repository, remote } = await seed(Object.fromEntries(paths.map((path) => [path, '1'])));
      const { repos, requests } = startProcess();
      const promote = async (path: string): Promise<PushResult> => {
        const worktree = await checkout(repos, remote);
        await worktree.read(path, signal);
        await write(worktree, path, '2');
        await worktree.commit(draft(path, `demo/${path}/commit`), signal);
        return push(repos, worktree);
      };
      const results = await Promise.all(paths.map(promote));
      expect(new Set(results.map(({ commit }) => commit)).size).toBe(paths.length);
      expect(
        requests('info-refs'),
        'upload-pack, and receive-pack where it must be asked',
      ).toBeLessThanOrEqual(2);
      expect(requests('ls-refs'), 'where the branch is').toBe(1);
      expect(requests('fetch'), 'the commit, three levels of folders, the files').toBe(5);
      expect(requests('push')).toBeLessThanOrEqual(5);
      await host.verify(repository);
    });

    test('what is expected to be read is fetched in one request per level', async () => {
      const files = Object.fromEntries(
        Array.from({ length: 5 }, (_, index) => [`apps/${index}/v`, `${index}`]),
      );
      const { remote } = await seed({ ...files, 'deep/er/still/x': 'x', other: 'o' });
      const { repos, requests } = startProcess();
      const workdir = createWorkdir();
      workdir.expect([
        'plain',
        ...Object.keys(files).map((path) => `src/${path}`),
        'src/deep/er/still/x',
        'src/no/v',
      ]);
      workdir.mount('src', await checkout(repos, remote));
      const before = requests('fetch');
      expect(before, 'the commit').toBe(1);
      await workdir.read('src/apps/0/v', signal);
      expect(
        requests('fetch') - before,
        'root, three levels of folders with some of the files, the last file',
      ).toBe(5);
      for (const path of Object.keys(files)) await workdir.read(`src/${path}`, signal);
      await workdir.write('src/no/v', Buffer.from('new'), 'file', signal);
      expect(requests('fetch') - before).toBe(5);
    });

    test('files that are copied to another repository are fetched in one request', async () => {
      const files = Object.fromEntries(
        Array.from({ length: 8 }, (_, index) => [`apps/${index}/v`, `${index}`]),
      );
      const [from, to] = [await seed(files), await seed({ a: '1' })];
      const { repos, requests } = startProcess();
      const workdir = createWorkdir();
      workdir.mount('from', await checkout(repos, from.remote));
      const target = await checkout(repos, to.remote);
      workdir.mount('to', target);
      const before = requests('fetch');
      await workdir.copy('from', 'to', undefined, signal);
      expect(requests('fetch') - before, 'all trees of one repository, the root of the other').toBe(2);
      await target.commit(draft('Copy'), signal);
      expect(requests('fetch') - before, 'the files').toBe(3);
      await push(repos, target);
      await host.verify(to.name);
    });

    test('what one identity has cached is not served to another one that may not read', async () => {
      const { remote, commit } = await seed({ a: 'secret' });
      const { repos } = startProcess();
      await (await checkout(repos, remote)).read('a', signal);
      const credential = { identity: 'secret other/git', ...host.stranger };
      const denied = { code: 'git.auth-failed' };
      await expect(repos.checkout({ url: remote.url, credential }, { commit }, signal)).rejects.toMatchObject(
        denied,
      );
      await expect(repos.readCommit({ url: remote.url, credential }, commit, signal)).rejects.toMatchObject(
        denied,
      );
      await expect(repos.readCommit({ url: remote.url }, commit, signal)).rejects.toMatchObject(denied);
    });

    test('what does not exist is told by its code', async () => {
      const { remote } = await seed({ a: '1' });
      const { repos } = startProcess();
      const codeOf = (call: Promise<unknown>): Promise<string> =>
        call.then(
          () => 'found',
          (error: AppError) => error.code,
        );
      const resolve = (target: Parameters<GitRepos['resolve']>[1], at = remote): Promise<string> =>
        codeOf(repos.resolve(at, target, signal));
      expect(await resolve({ kind: 'branch', branch: 'nope' })).toBe('git.ref-not-found');
      expect(await resolve({ kind: 'tag', tag: 'v1' })).toBe('git.ref-not-found');
      expect(await resolve({ kind: 'commit', commit: 'abc' })).toBe('git.ref-not-found');
      expect(await resolve({ kind: 'commit', commit: '01'.repeat(20) })).toBe('git.object-missing');
      const nowhere = { ...remote, url: remote.url.replace(/repo-\d+/, 'nowhere') };
      expect(await resolve({ kind: 'default' }, nowhere)).toBe('git.not-found');
      const empty = remoteOf(await host.createRepository(`repo-${++count}`));
      expect(await resolve({ kind: 'default' }, empty)).toBe('git.ref-not-found');
    });

    test('an abort ends a call', async () => {
      const { remote } = await seed({ a: '1' });
      const abort = new AbortController();
      const call = startProcess().repos.resolve(remote, { kind: 'default' }, abort.signal);
      abort.abort(new Error('enough'));
      await expect(call).rejects.toThrow('enough');
    });
  });
}

async function checkout(repos: GitRepos, remote: GitRemote, branch = 'main'): Promise<Worktree> {
  const at = await repos.resolve(remote, { kind: 'branch', branch }, signal);
  return repos.checkout(remote, at, signal);
}

async function modes(worktree: Worktree): Promise<Record<string, string>> {
  const entries = await worktree.list('', signal);
  return Object.fromEntries(entries.map((entry) => [entry.name, entry.mode]));
}

async function readText(worktree: Worktree, path: string): Promise<string> {
  return Buffer.from(await worktree.read(path, signal)).toString();
}

function write(worktree: Worktree, path: string, text: string): Promise<void> {
  return worktree.write(path, Buffer.from(text), 'file', signal);
}

function push(
  repos: GitRepos,
  worktree: Worktree,
  options: { branch?: string; force?: boolean; maxAttempts?: number } = {},
): Promise<PushResult> {
  const { branch = worktree.branch ?? '', force = false, maxAttempts = 10 } = options;
  return repos.push({ worktree, branch, force, maxAttempts }, signal);
}
