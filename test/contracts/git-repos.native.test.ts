import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createGitRepos } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { GitRemote } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { hasGitHttpBackend, type NativeGitHost, startGitHttpBackend } from '../support/git-http-backend.ts';
import { git } from '../support/native-git.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeGitRepos } from './git-repos.contract.ts';

const signal = AbortSignal.timeout(60_000);
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
      code: 'git.push-rejected',
      disposition: 'stop',
      message: expect.stringMatching(/pre-receive hook declined.*tickets only/),
    });
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
