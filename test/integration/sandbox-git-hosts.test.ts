import { afterAll, beforeAll, expect, test } from 'vitest';
import { readGitHost, type Sandbox, startSandbox } from '../../src/main/sandbox/index.ts';
import { createSurroundings } from '../../src/main/surroundings.ts';

const end = new AbortController();
let sandbox: Sandbox;
beforeAll(async () => {
  const gitHosts = ['gitlab.com', 'bitbucket.org', 'git.example=gitea'].map(readGitHost);
  const surroundings = createSurroundings('silent', { write: () => undefined });
  sandbox = await startSandbox(surroundings, { runsControllers: false, gitHosts }, end.signal);
  const { git } = sandbox.servers;
  for (const branch of ['main', 'feature']) {
    git.commitFiles('example/gitops', branch, { files: { 'a.txt': `${branch}\n` }, message: branch });
  }
}, 60_000);
afterAll(async () => {
  await sandbox.close();
  end.abort();
});

const rows = [
  { host: 'github.com', url: 'https://github.com/example/gitops/pull/1' },
  { host: 'gitlab.com', url: 'https://gitlab.com/example/gitops/-/merge_requests/1' },
  { host: 'bitbucket.org', url: 'https://bitbucket.org/example/gitops/pull-requests/1' },
  { host: 'git.example', provider: 'gitea' as const, url: 'https://git.example/example/gitops/pulls/1' },
];
test.each(rows)('the sandbox stands for $host, in its own words', async ({ host, provider, url }) => {
  const { username, password } = sandbox.info;
  const remote = {
    url: `https://${host}/example/gitops.git`,
    credential: { identity: 'test', username, password },
  };
  const repo = provider === undefined ? { remote } : { remote, provider };
  const { git, forges } = sandbox.adapters;
  const { commit } = await git.resolve(remote, { kind: 'branch', branch: 'feature' }, end.signal);
  const draft = { headBranch: 'feature', baseBranch: 'main', title: 'Add a', body: '', labels: [] };
  const pull = await forges.openPullRequest(repo, draft, end.signal);
  expect(pull).toMatchObject({ url, headCommit: commit, isOpen: true });
  const page = await sandbox.http.request({ method: 'GET', url: pull.url }, end.signal);
  expect(Buffer.from(page.body).toString()).toContain('Add a (#1)');
});
