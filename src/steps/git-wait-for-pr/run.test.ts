import { expect, test } from 'vitest';
import { attempt, testRun } from '../../../test/support/step-attempt.ts';
import { AppError } from '../../base/index.ts';
import type { Forges, PullRequest } from '../../ports/index.ts';
import { gitWaitForPr } from './index.ts';

const url = 'https://github.com/example/gitops/pull/4';
const repoURL = 'https://github.com/example/gitops.git';
const credentials = { find: async () => undefined };

const open: PullRequest = {
  number: 4,
  url,
  isOpen: true,
  isMerged: false,
  headBranch: 'feature',
  baseBranch: 'main',
  headCommit: 'a'.repeat(40),
};

/** A host that has one pull request. */
function hostOf(pull: PullRequest): Forges {
  return {
    listPullRequests: async () => [pull],
    openPullRequest: () => Promise.reject(new Error('nothing is to be opened')),
    updatePullRequest: () => Promise.reject(new Error('nothing is to be changed')),
    closePullRequest: () => Promise.reject(new Error('nothing is to be closed')),
    getPullRequest: async () => pull,
    mergePullRequest: () => Promise.reject(new Error('nothing is to be merged')),
    commitUrl: () => undefined,
  };
}

const merged = { ...open, isOpen: false, isMerged: true, mergeCommit: 'b'.repeat(40) };
const closed = { ...open, isOpen: false };

test.each([
  {
    name: 'open',
    pull: open,
    want: {
      kind: 'waiting',
      message: `waiting for pull request 4 to be merged: ${url}`,
      wakes: [{ kind: 'pull-request', url }],
      output: { pr: { id: 4, url, open: true, merged: false } },
    },
  },
  {
    name: 'merged',
    pull: merged,
    want: {
      kind: 'done',
      status: 'Succeeded',
      output: { pr: { id: 4, url, open: false, merged: true }, commit: 'b'.repeat(40) },
    },
  },
  {
    name: 'closed',
    pull: closed,
    want: {
      kind: 'failed',
      status: 'Failed',
      code: 'step.pull-request-closed',
      terminal: true,
      output: { pr: { id: 4, url, open: false, merged: false } },
    },
  },
])('a pull request that is $name', async ({ pull, want }) => {
  const draft = { ports: { forges: hostOf(pull), credentials } };
  const first = await attempt(gitWaitForPr, { repoURL, prNumber: 4 }, draft);
  expect(first.outcome).toMatchObject(want);
  expect((await attempt(gitWaitForPr, { repoURL, prNumber: 4 }, draft)).outcome).toEqual(first.outcome);
});

test.each([
  { name: 'at first', waitedMs: 0, config: {}, want: 1000 },
  { name: 'after a minute', waitedMs: 60_000, config: {}, want: 6000 },
  { name: 'after a day', waitedMs: 86_400_000, config: {}, want: 30_000 },
  { name: 'as configured', waitedMs: 0, config: { pollInterval: '2m' }, want: 120_000 },
  { name: 'without haste', waitedMs: 0, config: { pollInterval: '-5ms' }, want: 1000 },
])('looks again $name after $want ms', async ({ waitedMs, config, want }) => {
  const nowMs = testRun.stepStartedAtMs + waitedMs;
  const draft = { ports: { forges: hostOf(open), credentials }, run: { nowMs } };
  const { outcome } = await attempt(gitWaitForPr, { repoURL, prNumber: 4, ...config }, draft);
  expect(outcome).toMatchObject({ kind: 'waiting', pollAfterMs: want });
});

const seenBefore = { pr: { id: 4, url, open: true, merged: false } };

test('a short pause of the host is no news', async () => {
  const { outcome } = await attempt(gitWaitForPr, { repoURL, prNumber: 4 }, pausedFor(500, seenBefore));
  expect(outcome).toMatchObject({
    kind: 'waiting',
    message: `waiting for pull request 4 to be merged: ${url}`,
    pollAfterMs: 500,
    output: seenBefore,
  });
});

test.each([
  { name: 'a long pause', pauseMs: 60_000, previousOutput: seenBefore, because: 'people want to know' },
  { name: 'a pause at first', pauseMs: 500, previousOutput: undefined, because: 'nothing is known yet' },
])('$name of the host is told', async ({ pauseMs, previousOutput, because }) => {
  const running = attempt(gitWaitForPr, { repoURL, prNumber: 4 }, pausedFor(pauseMs, previousOutput));
  await expect(running, because).rejects.toMatchObject({ code: 'forge.rate-limited', retryAfterMs: pauseMs });
});

/** A promotion whose host asks for a pause. */
function pausedFor(pauseMs: number, previousOutput: typeof seenBefore | undefined) {
  const limited = new AppError('forge.rate-limited', 'slow down', {
    disposition: 'wait',
    retryAfterMs: pauseMs,
  });
  const forges = { ...hostOf(open), getPullRequest: () => Promise.reject(limited) };
  return { ports: { forges, credentials }, ...(previousOutput === undefined ? {} : { previousOutput }) };
}
