import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createForges } from '../../src/forge/index.ts';
import { createGitRepos } from '../../src/git/index.ts';
import {
  createGitHubAppTokens,
  githubAppUsername,
  readGitHubApp,
} from '../../src/secrets/github-app/index.ts';
import { type GitHubAppHost, startGitHubAppHost } from '../support/github-app.ts';
import { createMemoryMetrics } from '../support/memory-metrics.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const { signal } = new AbortController();

describe.each(['public', 'enterprise'] as const)('a token of a GitHub App at a %s host', (kind) => {
  let host: GitHubAppHost;
  beforeAll(async () => {
    host = await startGitHubAppHost(kind);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const remoteFor = async (name: string, tokenFor = name) => {
    const app = readGitHubApp((key) => host.secret[key]);
    if (app === undefined) throw new Error('no keys of an App');
    const repoURL = host.url(tokenFor);
    const password = await createGitHubAppTokens(host).find({ app, project: 'demo', repoURL }, signal);
    return {
      url: host.url(name),
      credential: { identity: 'app', username: githubAppUsername, ...(password ? { password } : {}) },
    };
  };
  const createPorts = () => ({
    git: createGitRepos({ ...host, random: createSeededRandom(1), metrics: createMemoryMetrics() }),
    forges: createForges(host),
  });
  const draft = { headBranch: 'feature', baseBranch: 'main', title: 't', body: '', labels: [] };

  test('reads git and opens a pull request', async () => {
    const { git, forges } = createPorts();
    const remote = await remoteFor('example/gitops');
    const found = await git.resolve(remote, { kind: 'branch', branch: 'main' }, signal);
    expect(found.commit).toMatch(/^[0-9a-f]{40}$/);
    const pull = await forges.openPullRequest({ remote }, draft, signal);
    expect(pull).toMatchObject({ number: 1, isOpen: true });
    expect(host.forge.listPulls('example/gitops')[0]?.author).toBe('gantry[bot]');
  });

  test('is good for no other repository, though the installation covers it', async () => {
    const { git, forges } = createPorts();
    const remote = await remoteFor('example/other', 'example/gitops');
    const resolving = git.resolve(remote, { kind: 'branch', branch: 'main' }, signal);
    await expect(resolving).rejects.toMatchObject({ code: 'git.not-found' });
    const opening = forges.openPullRequest({ remote }, draft, signal);
    await expect(opening).rejects.toMatchObject({ code: 'forge.not-found' });
  });

  test('ends after an hour', async () => {
    const { git } = createPorts();
    const remote = await remoteFor('example/gitops');
    await host.clock.advance(3_601_000);
    const resolving = git.resolve(remote, { kind: 'branch', branch: 'main' }, signal);
    await expect(resolving).rejects.toMatchObject({ code: 'git.auth-failed' });
  });
});
