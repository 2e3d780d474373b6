import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createGitServer } from '../../src/embedded/git-server/index.ts';
import { createGitRepos, type GitAdapter } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { GitRemote, HttpClient } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { startTestServer } from '../support/http-server.ts';
import { createMemoryMetrics } from '../support/memory-metrics.ts';
import { createTemporaryFolder } from '../support/native-git.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const signal = AbortSignal.timeout(120_000);
const files = { 'apps/a/v.yaml': 'a: 1\n', 'apps/b/v.yaml': 'a: 2\n' };

/** A process of its own, all of which share one folder. */
function startProcess(
  http: HttpClient,
  folder: string,
): { readonly repos: GitAdapter; fetches(remote: GitRemote): number } {
  const metrics = createMemoryMetrics();
  const deps = { http, clock: createSystemClock(), random: createSeededRandom(), metrics };
  return {
    repos: createGitRepos(deps, { disk: { folder, maxBytes: 1024 * 1024 } }),
    fetches: ({ url }) => {
      const host = new URL(url).host;
      return metrics.read('git_requests_total', { host, operation: 'fetch', result: 'ok' });
    },
  };
}

test('what one process has fetched is not fetched by the next, and stays closed to who may not see it', async () => {
  await using http = createHttpClient();
  using folder = createTemporaryFolder();
  const git = createGitServer(
    { clock: createSystemClock() },
    { accounts: [{ login: 'gantry', token: 'good' }] },
  );
  await using server = await startTestServer((request, response) => {
    git.handle(request, response);
  });
  const commit = git.commitFiles('demo/app', 'main', { files, message: 'One' });
  const url = `${server.url}/demo/app.git`;
  const remote = { url, credential: { identity: 'secret demo/git', username: 'x', password: 'good' } };
  const read = async ({ repos }: { readonly repos: GitAdapter }, path: string): Promise<string> => {
    const worktree = await repos.checkout(remote, { commit, branch: 'main' }, signal);
    return Buffer.from(await worktree.read(path, signal)).toString();
  };

  const first = startProcess(http, folder.path);
  expect(await read(first, 'apps/a/v.yaml')).toBe('a: 1\n');
  expect(first.fetches(remote)).toBe(5);
  // The files are written behind the reader's back.
  let second = startProcess(http, folder.path);
  for (let tries = 0; tries < 100; tries++) {
    second = startProcess(http, folder.path);
    expect(await read(second, 'apps/a/v.yaml')).toBe('a: 1\n');
    if (second.fetches(remote) === 1) break;
    await pause(50);
  }
  expect(second.fetches(remote), 'the commit alone, as proof that it may be seen').toBe(1);

  const stranger = { identity: 'secret other/git', username: 'x', password: 'wrong' };
  for (const other of [{ url, credential: stranger }, { url }]) {
    const { repos } = startProcess(http, folder.path);
    const refused = { code: 'git.auth-failed' };
    await expect(repos.checkout(other, { commit }, signal)).rejects.toMatchObject(refused);
    await expect(repos.readCommit(other, commit, signal)).rejects.toMatchObject(refused);
    await expect(repos.history.walk(other, { head: commit, count: 1 }, signal)).rejects.toMatchObject(
      refused,
    );
  }
});
