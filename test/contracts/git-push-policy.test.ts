import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGitRepos, type PushPolicy } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { Committer, GitRemote, PushResult, Worktree } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { hasGitHttpBackend, type NativeGitHost, startGitHttpBackend } from '../support/git-http-backend.ts';
import { createTemporaryFolder, git, runGit } from '../support/native-git.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { hasSshKeygen, makeSshKey } from '../support/signing-programs.ts';

const signal = AbortSignal.timeout(600_000);
const person = { name: 'Gantry', email: 'gantry@example.com', timeSec: 1_700_000_500 };
/** Native git writes as the same person at the same time, so that equal commits have equal ids. */
const env = {
  GIT_AUTHOR_NAME: person.name,
  GIT_AUTHOR_EMAIL: person.email,
  GIT_AUTHOR_DATE: `${person.timeSec} +0000`,
  GIT_COMMITTER_NAME: person.name,
  GIT_COMMITTER_EMAIL: person.email,
  GIT_COMMITTER_DATE: `${person.timeSec} +0000`,
};
/** Made for this test and used nowhere else. */
const signingKey = {
  privateKey: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
`,
};

if (hasGitHttpBackend) describe('what a push does when the branch has moved', describePolicies);
else test.skip('push policies against native git: needs git with git-http-backend', () => undefined);

interface Scene {
  readonly remote: GitRemote;
  /** The repository at the host. */
  readonly bare: string;
  /** Of the branch, before somebody else pushed to it. */
  readonly base: string;
  /** What somebody else pushed meanwhile. */
  readonly moved: string;
}

function describePolicies(): void {
  let host: NativeGitHost;
  let count = 0;
  const http = createHttpClient();
  const folder = createTemporaryFolder();
  beforeAll(async () => {
    host = await startGitHttpBackend();
  });
  afterAll(async () => {
    await http[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** A repository whose branch somebody else has changed since `base`. */
  async function arrange(branch: string, foreign: Readonly<Record<string, string>>): Promise<Scene> {
    const name = `repo-${++count}`;
    const url = await host.createRepository(name);
    const bare = host.folderOf(name);
    const clone = `${folder.path}/${name}-other`;
    await git(folder.path, ['clone', '--quiet', bare, clone]);
    await git(clone, ['checkout', '--quiet', '-b', branch]);
    const base = await commitByHand(clone, { 'a.yaml': 'tag: 1\n', 'b.yaml': 'tag: 1\n' }, 'Start');
    await git(clone, ['push', '--quiet', 'origin', `HEAD:${branch}`]);
    const moved = await commitByHand(clone, foreign, 'Foreign');
    await git(clone, ['push', '--quiet', 'origin', `HEAD:${branch}`]);
    const { username, password } = host;
    const remote = { url, credential: { identity: 'secret demo/git', username, password } };
    return { remote, bare, base, moved };
  }

  function createRepos(pushPolicy: PushPolicy) {
    return createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom() }, { pushPolicy });
  }

  /** Commits one file on `base` and pushes it to the branch. */
  async function promote(
    scene: Scene,
    branch: string,
    options: {
      readonly policy: PushPolicy;
      readonly committer?: Committer;
      readonly isSigned?: boolean;
      readonly path?: string;
    },
  ): Promise<PushResult> {
    const repos = createRepos(options.policy);
    const worktree = await repos.checkout(scene.remote, { commit: scene.base, branch }, signal);
    await change(worktree, options.path ?? 'a.yaml', options.isSigned === true ? { signingKey } : {});
    const { committer } = options;
    const request = { worktree, branch, force: false, maxAttempts: 3 };
    return repos.push({ ...request, ...(committer === undefined ? {} : { committer }) }, signal);
  }

  async function pullNatively(scene: Scene, branch: string, how: string): Promise<string> {
    const clone = `${folder.path}/native-${++count}`;
    await git(folder.path, ['clone', '--quiet', scene.bare, clone]);
    await git(clone, ['checkout', '--quiet', '-B', branch, scene.base]);
    await commitByHand(clone, { 'a.yaml': 'tag: 2\n' }, 'Update image', env);
    const { username, password } = host;
    const url = scene.remote.url.replace('://', `://${username}:${encodeURIComponent(password)}@`);
    await git(clone, ['pull', '--quiet', '--no-edit', how, url, branch], { env });
    return git(clone, ['rev-parse', 'HEAD']);
  }

  test.each([
    { policy: 'AlwaysRebase', how: '--rebase', branch: 'main', want: 'rebased' },
    { policy: 'AlwaysMerge', how: '--no-rebase', branch: 'main', want: 'merged' },
    { policy: 'AlwaysMerge', how: '--no-rebase', branch: 'env/prod', want: 'merged' },
    { policy: 'RebaseOrMerge', how: '--rebase', branch: 'main', want: 'rebased' },
    { policy: 'RebaseOrFail', how: '--rebase', branch: 'main', want: 'rebased' },
  ] as const)(
    '$policy makes of $branch the very commit that native git makes',
    async ({ policy, how, branch }) => {
      const scene = await arrange(branch, { 'b.yaml': 'tag: 3\n' });
      const { commit } = await promote(scene, branch, { policy });
      expect(commit).toBe(await pullNatively(scene, branch, how));
      expect(await git(scene.bare, ['rev-parse', branch])).toBe(commit);
      await git(scene.bare, ['fsck', '--strict', '--no-dangling']);
    },
  );

  test('None pushes to a branch that has not moved, and to no other', async () => {
    const scene = await arrange('main', { 'b.yaml': 'tag: 3\n' });
    const late = promote(scene, 'main', { policy: 'None' });
    await expect(late).rejects.toMatchObject({ code: 'git.push-raced' });
    expect(await git(scene.bare, ['rev-parse', 'main'])).toBe(scene.moved);
    const { commit } = await promote({ ...scene, base: scene.moved }, 'main', { policy: 'None' });
    expect(await git(scene.bare, ['rev-parse', 'main'])).toBe(commit);
  });

  const signed: Committer = { ...person, signingKey };
  const safety = [
    { name: 'not signed, and nobody signs', isSigned: false, committer: person, isSafe: true },
    { name: 'signed with our key', isSigned: true, committer: signed, isSafe: true },
    { name: 'not signed, and would be', isSigned: false, committer: signed, isSafe: false },
  ];
  test.each(safety)('RebaseOrMerge and RebaseOrFail with a commit that is $name', async (row) => {
    const { isSigned, committer, isSafe } = row;
    const merging = await arrange('main', { 'b.yaml': 'tag: 3\n' });
    const { commit } = await promote(merging, 'main', { policy: 'RebaseOrMerge', isSigned, committer });
    const parents = (await git(merging.bare, ['show', '--no-patch', '--format=%P', commit])).split(' ');
    expect(parents).toHaveLength(isSafe ? 1 : 2);
    const raw = await git(merging.bare, ['cat-file', 'commit', commit]);
    expect(raw.includes('gpgsig')).toBe(committer === signed);
    const failing = await arrange('main', { 'b.yaml': 'tag: 3\n' });
    const attempt = promote(failing, 'main', { policy: 'RebaseOrFail', isSigned, committer });
    if (isSafe) expect((await attempt).adopted).toBe(false);
    else await expect(attempt).rejects.toMatchObject({ code: 'git.rebase-unsafe', disposition: 'stop' });
  });

  test.skipIf(!hasSshKeygen)(
    'what was rebased, and merges, are signed so that native git verifies them',
    async () => {
      const key = await makeSshKey(folder.path, 'ed25519');
      const committer = { ...person, signingKey: { privateKey: key.privateKey } };
      for (const policy of ['AlwaysRebase', 'AlwaysMerge'] as const) {
        const scene = await arrange('main', { 'b.yaml': 'tag: 3\n' });
        const { commit } = await promote(scene, 'main', { policy, committer });
        const verified = await runGit(scene.bare, [...key.gitConfig, 'verify-commit', commit]);
        expect({ policy, code: verified.code }).toEqual({ policy, code: 0 });
      }
    },
  );

  test('RebaseOrMerge keeps what somebody else has signed', async () => {
    const scene = await arrange('main', { 'b.yaml': 'tag: 3\n' });
    // The checkout stands on a foreign signed commit that the branch does not have.
    const clone = `${folder.path}/signed-${++count}`;
    await git(folder.path, ['clone', '--quiet', scene.bare, clone]);
    await git(clone, ['checkout', '--quiet', '-b', 'signed', scene.base]);
    const plain = await commitByHand(clone, { 'c.yaml': 'x\n' }, 'Signed elsewhere');
    const raw = await git(clone, ['cat-file', 'commit', plain]);
    const [head = '', ...rest] = raw.split('\n\n');
    const input = `${head}\ngpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----\n\n${rest.join('\n\n')}\n`;
    const forged = await git(clone, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input });
    await git(clone, ['push', '--quiet', 'origin', `${forged}:refs/heads/signed`]);
    const other = createRepos('RebaseOrFail');
    const again = await other.checkout(scene.remote, { commit: forged, branch: 'signed' }, signal);
    await change(again, 'b.yaml');
    await expect(
      other.push({ worktree: again, branch: 'main', force: false, maxAttempts: 3 }, signal),
    ).rejects.toMatchObject({
      code: 'git.rebase-unsafe',
      message: expect.stringContaining(forged.slice(0, 10)),
    });
    const repos = createRepos('RebaseOrMerge');
    const worktree = await repos.checkout(scene.remote, { commit: forged, branch: 'signed' }, signal);
    await change(worktree, 'a.yaml');
    const request = { worktree, branch: 'main', force: false, maxAttempts: 3 };
    const { commit } = await repos.push(request, signal);
    const parents = (await git(scene.bare, ['show', '--no-patch', '--format=%P', commit])).split(' ');
    expect(parents[1]).toBe(scene.moved);
    await git(scene.bare, ['merge-base', '--is-ancestor', forged, commit]);
  });

  test.each(['AlwaysRebase', 'AlwaysMerge'] as const)(
    '%s: a conflict names the path and both sides',
    async (policy) => {
      const scene = await arrange('main', { 'a.yaml': 'tag: 3\n' });
      await expect(promote(scene, 'main', { policy })).rejects.toMatchObject({
        code: 'git.conflict',
        message: expect.stringMatching(
          /branch "main" at [0-9a-f]{10} and the commit "Update image".*a\.yaml/,
        ),
        data: { paths: ['a.yaml'], branch: 'main', head: scene.moved },
      });
      expect(await git(scene.bare, ['rev-parse', 'main'])).toBe(scene.moved);
    },
  );

  test('AlwaysMerge: promotions at one moment land in one push, each with a merge of its own', async () => {
    const scene = await arrange('main', { 'b.yaml': 'tag: 3\n' });
    const repos = createRepos('AlwaysMerge');
    const paths = ['x/1', 'x/2', 'x/3'];
    const results = await Promise.all(
      paths.map(async (path) => {
        const at = { commit: scene.base, branch: 'main' };
        const worktree = await repos.checkout(scene.remote, at, signal);
        await change(worktree, path);
        return repos.push({ worktree, branch: 'main', force: false, maxAttempts: 3 }, signal);
      }),
    );
    for (const { commit } of results) await git(scene.bare, ['merge-base', '--is-ancestor', commit, 'main']);
    const files = await git(scene.bare, ['ls-tree', '-r', '--name-only', 'main']);
    expect(files.split('\n')).toEqual(['a.yaml', 'b.yaml', ...paths]);
    await git(scene.bare, ['fsck', '--strict', '--no-dangling']);
  });

  test('AlwaysMerge: a second attempt adopts the merge that the first one pushed', async () => {
    const scene = await arrange('main', { 'b.yaml': 'tag: 3\n' });
    const headers = [{ name: 'promotion', value: 'demo/prod.01/commit' }];
    const attempt = async () => {
      const repos = createRepos('AlwaysMerge');
      const worktree = await repos.checkout(scene.remote, { commit: scene.base, branch: 'main' }, signal);
      await change(worktree, 'a.yaml', { headers });
      return repos.push({ worktree, branch: 'main', force: false, maxAttempts: 3 }, signal);
    };
    const first = await attempt();
    expect(await attempt()).toEqual({ ...first, adopted: true });
  });
}

async function change(worktree: Worktree, path: string, more: object = {}): Promise<void> {
  await worktree.write(path, Buffer.from('tag: 2\n'), 'file', signal);
  const draft = { message: 'Update image', author: person, committer: person, headers: [], ...more };
  await worktree.commit(draft, signal);
}

async function commitByHand(
  folder: string,
  files: Readonly<Record<string, string>>,
  message: string,
  who: Readonly<Record<string, string>> = {},
): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const id = await git(folder, ['hash-object', '-w', '--stdin'], { input: text });
    await git(folder, ['update-index', '--add', '--cacheinfo', `100644,${id},${path}`]);
  }
  await git(folder, ['commit', '--quiet', '-m', message], { env: who });
  // The files themselves are not needed, but a pull wants a clean work tree.
  await runGit(folder, ['checkout', '--quiet', '--force', '.']);
  return git(folder, ['rev-parse', 'HEAD']);
}
