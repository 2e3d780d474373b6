import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createGitRepos } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { GitRemote, GitRepos, Worktree } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { hasGitHttpBackend, type NativeGitHost, startGitHttpBackend } from '../support/git-http-backend.ts';
import { git } from '../support/native-git.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeGitRepos } from './git-repos.contract.ts';

// Counted from the start of the file, whose first suite is long.
const signal = AbortSignal.timeout(600_000);
const person = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_700_000_000 };

if (hasGitHttpBackend) {
  describeGitRepos('native git', () => startGitHttpBackend());
  describe('GitRepos with what only native git does', describeNative);
} else {
  test.skip('GitRepos against native git: needs git with git-http-backend', () => undefined);
}

function describeNative(): void {
  test('a server without filters gives whole commits', async () => {
    await using http = createHttpClient();
    await using host = await startGitHttpBackend({ canFilter: false });
    const remote = await seed(host);
    const repos = createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom() });
    const at = await repos.resolve(remote, { kind: 'default' }, signal);
    const worktree = await repos.checkout(remote, at, signal);
    expect(Buffer.from(await worktree.read('a/b/c', signal)).toString()).toBe('one\n');
    await worktree.write('a/b/c', Buffer.from('two\n'), 'file', signal);
    await worktree.commit({ message: 'Two', author: person, committer: person, headers: [] }, signal);
    const { commit } = await repos.push({ worktree, branch: 'main', force: false, maxAttempts: 3 }, signal);
    expect(await git(host.folderOf('seeded'), ['show', '--format=%H %s', '--stat', 'main'])).toContain(
      `${commit} Two`,
    );
    expect(await git(host.folderOf('seeded'), ['show', 'main:a/b/c'])).toBe('two');
    await host.verify('seeded');
  });

  const olds = [
    { name: 'version 0', version: 0, cacheBytes: 64 * 1024 * 1024 },
    { name: 'version 1', version: 1, cacheBytes: 64 * 1024 * 1024 },
    { name: 'version 0, and a cache that holds nothing,', version: 0, cacheBytes: 8 },
  ] as const;
  test.each(olds)('a server of $name is read, pushed to and raced with', async ({ version, cacheBytes }) => {
    await using http = createHttpClient();
    await using host = await startGitHttpBackend({ version });
    const remote = await seed(host);
    const deps = { http, clock: createSystemClock(), random: createSeededRandom() };
    const [mine, other] = [createGitRepos(deps, { cacheBytes }), createGitRepos(deps, { cacheBytes })];
    const edit = async (repos: GitRepos, path: string, text: string): Promise<Worktree> => {
      const at = await repos.resolve(remote, { kind: 'default' }, signal);
      const worktree = await repos.checkout(remote, at, signal);
      expect(Buffer.from(await worktree.read('a/b/c', signal)).toString()).toBe('one\n');
      await worktree.write(path, Buffer.from(text), 'file', signal);
      await worktree.commit({ message: path, author: person, committer: person, headers: [] }, signal);
      return worktree;
    };
    const first = await edit(mine, 'first', '1');
    const second = await edit(other, 'second', '2');
    await other.push({ worktree: second, branch: 'main', force: false, maxAttempts: 3 }, signal);
    await mine.push({ worktree: first, branch: 'main', force: false, maxAttempts: 3 }, signal);
    expect(await git(host.folderOf('seeded'), ['log', '--format=%s', 'main'])).toBe('first\nsecond\nOne');
    expect(await git(host.folderOf('seeded'), ['show', 'main:second'])).toBe('2');
    await host.verify('seeded');
  });

  test('a repository with the names of SHA-256 is refused', async () => {
    await using http = createHttpClient();
    for (const version of [0, 2] as const) {
      await using host = await startGitHttpBackend({ version });
      const url = await host.createRepository('wide', ['--object-format=sha256']);
      const folder = host.folderOf('wide');
      const commit = await git(folder, ['commit-tree', '-m', 'One', await git(folder, ['mktree'])]);
      await git(folder, ['update-ref', 'refs/heads/main', commit]);
      const { username, password } = host;
      const remote = { url, credential: { identity: 'secret demo/git', username, password } };
      const repos = createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom() });
      const draft = { message: 'X', author: person, committer: person, headers: [] };
      const refused = { code: 'git.unsupported', message: expect.stringContaining('sha256') };
      await expect(repos.resolve(remote, { kind: 'default' }, signal)).rejects.toMatchObject(refused);
      await expect(repos.createBranch(remote, 'new', draft, signal)).rejects.toMatchObject(refused);
    }
  });

  test('repositories whose names differ in case alone are kept apart, as the host keeps them', async () => {
    await using http = createHttpClient();
    await using host = await startGitHttpBackend();
    const repos = createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom() });
    const credential = { identity: 'secret demo/git', ...host.credential };
    const draft = (message: string) => ({ message, author: person, committer: person, headers: [] });
    const names = ['app', 'App'];
    const remotes = await Promise.all(
      names.map(async (name) => ({ url: await host.createRepository(name), credential })),
    );
    for (const [index, remote] of remotes.entries())
      await repos.createBranch(remote, 'main', draft(names[index] ?? ''), signal);
    for (const [index, remote] of remotes.entries()) {
      const { commit } = await repos.resolve(remote, { kind: 'default' }, signal);
      expect((await repos.readCommit(remote, commit, signal)).message).toBe(`${names[index]}\n`);
      expect(await git(host.folderOf(names[index] ?? ''), ['rev-parse', 'main'])).toBe(commit);
    }
  });

  test('an annotated tag resolves to its commit', async () => {
    await using http = createHttpClient();
    await using host = await startGitHttpBackend();
    const remote = await seed(host);
    const folder = host.folderOf('seeded');
    await git(folder, ['tag', '-a', '-m', 'One', 'v1', 'main']);
    const repos = createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom() });
    const head = await git(folder, ['rev-parse', 'main']);
    expect(await repos.resolve(remote, { kind: 'tag', tag: 'v1' }, signal)).toEqual({ commit: head });
  });

  test('a hook that refuses the push is told with its reason and not tried again', async () => {
    await using http = createHttpClient();
    await using host = await startGitHttpBackend();
    const remote = await seed(host);
    const hook = join(host.folderOf('seeded'), 'hooks', 'pre-receive');
    await writeFile(hook, '#!/bin/sh\necho "tickets only" >&2\nexit 1\n', { mode: 0o755 });
    const repos = createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom() });
    const worktree = await repos.checkout(
      remote,
      await repos.resolve(remote, { kind: 'default' }, signal),
      signal,
    );
    await worktree.write('x', Buffer.from('x'), 'file', signal);
    await worktree.commit({ message: 'X', author: person, committer: person, headers: [] }, signal);
    const failed = repos.push({ worktree, branch: 'main', force: false, maxAttempts: 3 }, signal);
    await expect(failed).rejects.toMatchObject({
      code: 'git.hook-declined',
      disposition: 'stop',
      message: expect.stringMatching(/pre-receive hook declined.*tickets only/),
    });
  });

  test('of pushes that go together, a hook refuses only the one that it does not like', async () => {
    await using http = createHttpClient();
    await using host = await startGitHttpBackend();
    const remote = await seed(host);
    const hook = join(host.folderOf('seeded'), 'hooks', 'pre-receive');
    const script =
      '#!/bin/sh\nread old new ref\ngit log --format=%s $old..$new | grep -q bad && exit 1\nexit 0\n';
    await writeFile(hook, script, { mode: 0o755 });
    const repos = createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom() });
    const at = await repos.resolve(remote, { kind: 'default' }, signal);
    const results = await Promise.allSettled(
      ['first', 'bad', 'last'].map(async (message) => {
        const worktree = await repos.checkout(remote, at, signal);
        await worktree.write(message, Buffer.from('x'), 'file', signal);
        await worktree.commit({ message, author: person, committer: person, headers: [] }, signal);
        return repos.push({ worktree, branch: 'main', force: false, maxAttempts: 3 }, signal);
      }),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'git.hook-declined' } });
    const subjects = await git(host.folderOf('seeded'), ['log', '--format=%s', 'main']);
    expect(subjects.split('\n').toSorted()).toEqual(['One', 'first', 'last']);
  });
}

/** A repository "seeded" that holds one file. */
async function seed(host: NativeGitHost): Promise<GitRemote> {
  const url = await host.createRepository('seeded');
  const folder = host.folderOf('seeded');
  const blob = await git(folder, ['hash-object', '-w', '--stdin'], { input: 'one\n' });
  let tree = await git(folder, ['mktree'], { input: `100644 blob ${blob}\tc\n` });
  for (const name of ['b', 'a'])
    tree = await git(folder, ['mktree'], { input: `040000 tree ${tree}\t${name}\n` });
  const commit = await git(folder, ['commit-tree', '-m', 'One', tree]);
  await git(folder, ['update-ref', 'refs/heads/main', commit]);
  const { username, password } = host;
  return { url, credential: { identity: 'secret demo/git', username, password } };
}
