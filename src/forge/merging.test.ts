import { expect, test } from 'vitest';
import { createAnsweringHost, type HostAnswer } from '../../test/support/answering-host.ts';

const never = new AbortController().signal;
const head = 'a'.repeat(40);
const commit = 'b'.repeat(40);

const github = {
  url: 'https://github.com/a/b',
  pull: (more: object) => ({
    json: {
      number: 1,
      html_url: 'u',
      state: 'open',
      head: { ref: 'h', sha: head },
      base: { ref: 'main' },
      ...more,
    },
  }),
};
const azure = {
  url: 'https://dev.azure.com/o/p/_git/b',
  pull: (more: object) => ({
    json: {
      pullRequestId: 1,
      status: 'active',
      mergeStatus: 'succeeded',
      sourceRefName: 'refs/heads/h',
      targetRefName: 'refs/heads/main',
      lastMergeSourceCommit: { commitId: head },
      ...more,
    },
  }),
};
const bitbucket = {
  url: 'https://bitbucket.org/a/b',
  pull: (more: object) => ({
    json: {
      id: 1,
      state: 'OPEN',
      source: { branch: { name: 'h' }, commit: { hash: head } },
      destination: { branch: { name: 'main' } },
      links: { html: { href: 'u' } },
      ...more,
    },
  }),
};
const says = (status: number, message: string): HostAnswer => ({ status, json: { message } });
const merged = { json: { sha: commit, merged: true } };

const rows: {
  readonly name: string;
  readonly url: string;
  readonly answers: readonly HostAnswer[];
  readonly want: object;
  readonly method?: string;
  readonly asked?: number;
}[] = [
  ...['clean', 'unstable', 'has_hooks', 'blocked', 'behind'].map((state) => ({
    name: `GitHub, ${state}`,
    url: github.url,
    answers: [github.pull({ mergeable_state: state }), merged],
    want: { kind: 'merged', pullRequest: { isMerged: true, mergeCommit: commit } },
  })),
  {
    name: 'GitHub, dirty',
    url: github.url,
    answers: [github.pull({ mergeable_state: 'dirty' })],
    want: { kind: 'refused', reason: 'it conflicts with its base' },
  },
  ...['unknown', 'draft'].map((state) => ({
    name: `GitHub, ${state}`,
    url: github.url,
    answers: [github.pull({ mergeable_state: state })],
    want: { kind: 'not-ready' },
    asked: 1,
  })),
  {
    name: 'GitHub, a state of later times that can be merged',
    url: github.url,
    answers: [github.pull({ mergeable_state: 'queued', mergeable: true }), merged],
    want: { kind: 'merged' },
  },
  {
    name: 'GitHub, no state and not known to be mergeable',
    url: github.url,
    answers: [github.pull({ mergeable: null })],
    want: { kind: 'not-ready' },
  },
  {
    name: 'GitHub, a method that is switched off',
    url: github.url,
    answers: [
      github.pull({ mergeable_state: 'blocked' }),
      says(405, 'Squash merges are not allowed on this repository.'),
    ],
    method: 'squash',
    want: { kind: 'refused', reason: 'Squash merges are not allowed on this repository.' },
  },
  {
    name: 'GitHub, a base that moved',
    url: github.url,
    answers: [
      github.pull({ mergeable_state: 'clean' }),
      says(405, 'Base branch was modified. Review and try the merge again.'),
    ],
    want: { kind: 'not-ready' },
  },
  {
    name: 'GitHub, a head that moved',
    url: github.url,
    answers: [github.pull({ mergeable_state: 'clean' }), says(409, 'Head branch was modified.')],
    want: { kind: 'not-ready', reason: 'Head branch was modified.' },
  },
  {
    name: 'GitHub, blocked by what the refusal names',
    url: github.url,
    answers: [
      github.pull({ mergeable_state: 'blocked' }),
      says(405, 'At least 1 approving review is required.'),
    ],
    want: { kind: 'not-ready', reason: 'At least 1 approving review is required.' },
  },
  {
    name: 'GitHub, clean and refused all the same',
    url: github.url,
    answers: [github.pull({ mergeable_state: 'clean' }), says(405, 'Something else.')],
    want: { kind: 'refused', reason: 'Something else.' },
  },
  {
    name: 'Azure DevOps, done after a while',
    url: azure.url,
    answers: [
      azure.pull({}),
      azure.pull({}),
      azure.pull({}),
      azure.pull({ status: 'completed', lastMergeCommit: { commitId: commit } }),
    ],
    want: { kind: 'merged', pullRequest: { mergeCommit: commit } },
    asked: 4,
  },
  {
    name: 'Azure DevOps, not done in time',
    url: azure.url,
    answers: [azure.pull({}), azure.pull({}), azure.pull({ mergeFailureMessage: 'a policy is running' })],
    want: { kind: 'not-ready', reason: 'a policy is running' },
    asked: 12,
  },
  {
    name: 'Azure DevOps, still to be looked at',
    url: azure.url,
    answers: [azure.pull({ mergeStatus: 'queued' })],
    want: { kind: 'not-ready', reason: 'the merge status at Azure DevOps is "queued"' },
  },
  {
    name: 'Azure DevOps, a head that it does not tell yet',
    url: azure.url,
    answers: [
      azure.pull({ lastMergeSourceCommit: undefined, mergeStatus: 'queued' }),
      {
        json: {
          value: [
            { name: 'refs/heads/h2', objectId: commit },
            { name: 'refs/heads/h', objectId: head },
          ],
        },
      },
    ],
    want: { kind: 'not-ready' },
    asked: 2,
  },
  {
    name: 'Bitbucket, in the background',
    url: bitbucket.url,
    answers: [
      bitbucket.pull({}),
      { status: 202, text: '' },
      bitbucket.pull({}),
      bitbucket.pull({ state: 'MERGED', merge_commit: { hash: commit } }),
    ],
    want: { kind: 'merged', pullRequest: { mergeCommit: commit } },
    asked: 4,
  },
  {
    name: 'Bitbucket, too long in the background',
    url: bitbucket.url,
    answers: [bitbucket.pull({}), { status: 202, text: '' }, bitbucket.pull({})],
    want: { kind: 'not-ready', reason: 'Bitbucket is still merging it' },
    asked: 12,
  },
];
test.each(rows)('$name', async ({ url, answers, method, want, asked }) => {
  const host = createAnsweringHost(...answers);
  const order = { headCommit: head, ...(method === undefined ? {} : { method }) };
  expect(await host.forges.mergePullRequest({ remote: { url } }, 1, order, never)).toMatchObject(want);
  if (asked !== undefined) expect(host.asked).toHaveLength(asked);
});

test('the head that was found ready is the one that is merged', async () => {
  const host = createAnsweringHost(github.pull({ mergeable_state: 'clean' }), merged);
  await host.forges.mergePullRequest({ remote: { url: github.url } }, 1, {}, never);
  expect(JSON.parse(String(host.asked[1]?.body))).toEqual({ sha: head });
});

test('a refusal for lack of rights is an error, not an answer', async () => {
  const host = createAnsweringHost(
    github.pull({ mergeable_state: 'clean' }),
    says(403, 'Resource not accessible'),
  );
  const asked = host.forges.mergePullRequest({ remote: { url: github.url } }, 1, {}, never);
  await expect(asked).rejects.toMatchObject({ code: 'forge.auth-failed' });
});

test('waiting for the host ends with the signal', async () => {
  const abort = new AbortController();
  const host = createAnsweringHost(bitbucket.pull({}), { status: 202, text: '' }, bitbucket.pull({}));
  const asked = host.forges.mergePullRequest({ remote: { url: bitbucket.url } }, 1, {}, abort.signal);
  abort.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});
