import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MergeOrder } from '../../src/ports/index.ts';
import { type ForgeHostServer, type ForgeHostSpec, startForgeHost } from '../support/forge-hosts.ts';
import type { ForgeFixture } from './forge.contract.ts';

const never = new AbortController().signal;
const hosts: readonly (ForgeHostSpec & { readonly title: string })[] = [
  {
    title: 'GitHub’s merge queue',
    flavor: 'github',
    hosts: ['github.com', 'api.github.com'],
    home: 'https://github.com',
    name: 'example/gitops',
    mergeQueue: true,
  },
  {
    title: 'the merge queue of GitHub Enterprise',
    flavor: 'github',
    hosts: ['github.corp.example'],
    urls: { web: 'https://github.corp.example', api: 'https://github.corp.example/api/v3' },
    home: 'https://github.corp.example',
    name: 'example/gitops',
    mergeQueue: true,
  },
  {
    title: 'GitLab’s merge train',
    flavor: 'gitlab',
    hosts: ['gitlab.com'],
    home: 'https://gitlab.com',
    name: 'example/gitops',
    mergeQueue: true,
  },
];

describe.each(hosts)('$title', (spec) => {
  let host: ForgeHostServer;
  let fixture: ForgeFixture;
  beforeAll(async () => {
    host = await startForgeHost(spec);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    fixture = await host.createFixture();
    await fixture.makeBranch('a', 'a.txt');
    const draft = { headBranch: 'a', baseBranch: 'main', title: 'Add a', body: '', labels: [] };
    await fixture.forges.openPullRequest(fixture.repo, draft, never);
  });
  const merge = (order: MergeOrder) => fixture.forges.mergePullRequest(fixture.repo, 1, order, never);

  test('is entered, waited in, and left merged', async () => {
    expect(await merge({ auto: true })).toMatchObject({
      kind: 'queued',
      reason: expect.stringMatching(/queue|train/),
    });
    expect(await merge({ auto: true, wasQueued: true })).toMatchObject({ kind: 'queued' });
    await fixture.runQueue('merged');
    const { commit } = await fixture.tip('main');
    expect(await merge({ auto: true, wasQueued: true })).toMatchObject({
      kind: 'merged',
      pullRequest: { isMerged: true, mergeCommit: commit },
    });
  });

  test('is entered once more when it is not known that it was entered', async () => {
    await merge({ auto: true });
    expect(await merge({ auto: true })).toMatchObject({ kind: 'queued' });
  });

  test('is entered by the host itself when a check that was missing has come', async () => {
    await fixture.block(1, true);
    expect(await merge({ auto: true })).toMatchObject({ kind: 'queued' });
    expect(await merge({ auto: true, wasQueued: true })).toMatchObject({ kind: 'queued' });
    await fixture.block(1, false);
    expect(await merge({ auto: true, wasQueued: true })).toMatchObject({ kind: 'queued' });
    await fixture.runQueue('merged');
    expect(await merge({ auto: true, wasQueued: true })).toMatchObject({ kind: 'merged' });
  });

  test('is not entered again by one that was thrown out', async () => {
    await merge({ auto: true });
    await fixture.runQueue('failed');
    expect(await merge({ auto: true, wasQueued: true })).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('was taken o'),
    });
    expect(await fixture.forges.getPullRequest(fixture.repo, 1, never)).toMatchObject({ isOpen: true });
  });

  test.runIf(spec.flavor === 'github')('cannot be passed by, and the refusal names the way', async () => {
    expect(await merge({})).toMatchObject({ kind: 'refused', reason: expect.stringContaining('autoMerge') });
  });
});
