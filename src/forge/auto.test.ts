import { describe, expect, test } from 'vitest';
import { createAnsweringHost, type HostAnswer } from '../../test/support/answering-host.ts';

const never = new AbortController().signal;
const head = 'a'.repeat(40);
const commit = 'b'.repeat(40);
const rest: HostAnswer = {
  json: {
    number: 1,
    html_url: 'u',
    state: 'open',
    mergeable_state: 'clean',
    head: { ref: 'h', sha: head },
    base: { ref: 'main' },
  },
};
const state = (more: object): HostAnswer => ({
  json: {
    data: {
      repository: {
        pullRequest: {
          id: 'PR_1',
          mergeStateStatus: 'BLOCKED',
          autoMergeRequest: null,
          isInMergeQueue: false,
          isMergeQueueEnabled: false,
          ...more,
        },
      },
    },
  },
});
const no = (type: string, message = 'no'): HostAnswer => ({
  json: { data: null, errors: [{ type, message }] },
});
const done: HostAnswer = { json: { data: {} } };
const merged: HostAnswer = { json: { sha: commit, merged: true } };

async function mergeAt(url: string, answers: readonly HostAnswer[], order: object = {}) {
  const host = createAnsweringHost(...answers);
  const outcome = await host.forges
    .mergePullRequest({ remote: { url } }, 1, { auto: true, ...order }, never)
    .catch((error: unknown) => error);
  const bodyOf = (body: unknown) => (typeof body === 'string' ? JSON.parse(body) : undefined);
  return {
    outcome,
    asked: host.asked.map(({ method, url: at, body }) => ({ method, at, body: bodyOf(body) })),
  };
}

describe('GitHub', () => {
  const url = 'https://github.com/a/b';
  test.each<{ readonly name: string; readonly answers: readonly HostAnswer[]; readonly want: object }>([
    { name: 'blocked is ordered', answers: [rest, state({}), done], want: { kind: 'queued' } },
    {
      name: 'clean is merged at once',
      answers: [rest, state({ mergeStateStatus: 'CLEAN' }), merged],
      want: { kind: 'merged', pullRequest: { mergeCommit: commit } },
    },
    {
      name: 'unstable is merged at once',
      answers: [rest, state({ mergeStateStatus: 'UNSTABLE' }), merged],
      want: { kind: 'merged' },
    },
    {
      name: 'dirty is refused',
      answers: [rest, state({ mergeStateStatus: 'DIRTY' })],
      want: { kind: 'refused' },
    },
    {
      name: 'unknown is looked at again',
      answers: [rest, state({ mergeStateStatus: 'UNKNOWN' })],
      want: { kind: 'not-ready' },
    },
    {
      name: 'ordered before',
      answers: [rest, state({ autoMergeRequest: { enabledAt: 't' } })],
      want: { kind: 'queued' },
    },
    {
      name: 'the last check comes in between',
      answers: [rest, state({}), no('UNPROCESSABLE', 'Pull request Pull request is in clean status'), merged],
      want: { kind: 'merged' },
    },
    {
      name: 'the head moves in between',
      answers: [rest, state({}), no('UNPROCESSABLE', "Head sha didn't match expected head sha")],
      want: { kind: 'not-ready' },
    },
    {
      name: 'switched off in the repository',
      answers: [rest, state({}), no('UNPROCESSABLE', 'Auto merge is not allowed for this repository')],
      want: { kind: 'refused', reason: 'Auto merge is not allowed for this repository' },
    },
    {
      name: 'a missing right',
      answers: [rest, no('FORBIDDEN', 'Resource not accessible')],
      want: { code: 'forge.auth-failed' },
    },
    { name: 'a missing repository', answers: [rest, no('NOT_FOUND')], want: { code: 'forge.not-found' } },
    {
      name: 'the limit of GraphQL, which has status 200',
      answers: [rest, no('RATE_LIMITED')],
      want: { code: 'forge.rate-limited', retryAfterMs: 60_000 },
    },
  ])('$name', async ({ answers, want }) => {
    expect((await mergeAt(url, answers)).outcome).toMatchObject(want);
  });

  test('an Enterprise host that knows no queues is asked without them', async () => {
    const unknown = { json: { errors: [{ message: 'no field', extensions: { code: 'undefinedField' } }] } };
    const { outcome, asked } = await mergeAt('https://github.corp.example/a/b', [
      rest,
      unknown,
      state({}),
      done,
    ]);
    expect(outcome).toMatchObject({ kind: 'queued' });
    expect(asked.map(({ at }) => at)).toEqual([
      'https://github.corp.example/api/v3/repos/a/b/pulls/1',
      ...Array.from({ length: 3 }, () => 'https://github.corp.example/api/graphql'),
    ]);
    expect(asked[2]?.body.query).not.toContain('isInMergeQueue');
  });

  test('orders the head that it has seen, in the way that is wished', async () => {
    const { asked } = await mergeAt(url, [rest, state({}), done], { method: 'squash' });
    expect(asked[2]).toMatchObject({
      at: 'https://api.github.com/graphql',
      body: { variables: { id: 'PR_1', head, method: 'SQUASH' } },
    });
  });

  test('with data residency it is asked at its own address', async () => {
    const { asked } = await mergeAt('https://corp.ghe.com/a/b', [rest, state({}), done]);
    expect(asked[1]?.at).toBe('https://api.corp.ghe.com/graphql');
  });
});

describe('the others', () => {
  const mergeRequest = {
    iid: 1,
    web_url: 'u',
    state: 'opened',
    source_branch: 'h',
    target_branch: 'main',
    sha: head,
  };
  const azurePull = {
    pullRequestId: 1,
    status: 'active',
    sourceRefName: 'refs/heads/h',
    targetRefName: 'refs/heads/main',
    lastMergeSourceCommit: { commitId: head },
  };
  const serverPull = {
    id: 1,
    version: 3,
    state: 'OPEN',
    fromRef: { id: 'refs/heads/h' },
    toRef: { id: 'refs/heads/main' },
    links: { self: [{ href: 'u' }] },
  };
  const json = (body: unknown): HostAnswer => ({ json: body });

  test('GitLab is told by both names of the order', async () => {
    const waits = json({ ...mergeRequest, detailed_merge_status: 'ci_still_running' });
    const set = json({ ...mergeRequest, merge_when_pipeline_succeeds: true });
    const { outcome, asked } = await mergeAt('https://gitlab.com/a/b', [waits, json({}), set]);
    expect(outcome).toMatchObject({ kind: 'queued' });
    expect(asked[2]).toMatchObject({
      method: 'PUT',
      body: { sha: head, auto_merge: true, merge_when_pipeline_succeeds: true },
    });
  });

  test.each(['checking', 'unchecked', 'conflict'])(
    'GitLab is not told while its status is %s',
    async (status) => {
      const { outcome, asked } = await mergeAt('https://gitlab.com/a/b', [
        json({ ...mergeRequest, detailed_merge_status: status }),
        json({ merge_trains_enabled: true }),
        { status: 404 },
      ]);
      expect(outcome).toMatchObject({ kind: 'not-ready' });
      expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
    },
  );

  test('Azure DevOps completes in the name of the credential', async () => {
    const { outcome, asked } = await mergeAt(
      'https://dev.azure.com/o/p/_git/b',
      [json(azurePull), json({ authenticatedUser: { id: 'me' } }), json(azurePull), json(azurePull)],
      { method: 'squash' },
    );
    expect(outcome).toMatchObject({ kind: 'queued' });
    expect(asked.slice(1, 3)).toMatchObject([
      { at: 'https://dev.azure.com/o/_apis/connectionData?api-version=7.1-preview' },
      {
        method: 'PATCH',
        body: { autoCompleteSetBy: { id: 'me' }, completionOptions: { mergeStrategy: 'squash' } },
      },
    ]);
  });

  test('Bitbucket Data Center before 8.15 is looked at again until it can be merged', async () => {
    const veto = json({ canMerge: false, vetoes: [{ summaryMessage: 'no build' }] });
    const refusal = { status: 409, json: { errors: [{ message: 'Vetoed' }] } };
    const answers = [json(serverPull), { status: 404 }, veto, refusal];
    const { outcome, asked } = await mergeAt('https://bitbucket.corp.example/scm/a/b', answers);
    expect(outcome).toMatchObject({ kind: 'not-ready', reason: 'Vetoed' });
    expect(asked[3]).toMatchObject({ method: 'POST', body: { autoMerge: true } });
  });

  test('Bitbucket Cloud is not asked at all', async () => {
    const { outcome, asked } = await mergeAt('https://bitbucket.org/a/b', [json({})]);
    expect(outcome).toMatchObject({ code: 'forge.unsupported' });
    expect(asked).toEqual([]);
  });
});
