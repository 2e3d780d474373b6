import { expect, test } from 'vitest';
import { attempt, testRun } from '../../../test/support/step-attempt.ts';
import { AppError } from '../../base/index.ts';
import type { Forges, MergeOrder, MergeOutcome, PullRequest } from '../../ports/index.ts';
import { gitMergePr } from './index.ts';

const repoURL = 'https://github.com/example/gitops.git';
const credentials = { find: async () => undefined };
const merged: PullRequest = {
  number: 4,
  url: 'https://github.com/example/gitops/pull/4',
  isOpen: false,
  isMerged: true,
  headBranch: 'feature',
  baseBranch: 'main',
  headCommit: 'a'.repeat(40),
  mergeCommit: 'b'.repeat(40),
};

/** A host that answers every merge in one way, and what it was told to do. */
function hostOf(answer: MergeOutcome | Error): { readonly forges: Forges; readonly orders: MergeOrder[] } {
  const orders: MergeOrder[] = [];
  const no = () => Promise.reject(new Error('not asked for'));
  const forges: Forges = {
    listPullRequests: no,
    openPullRequest: no,
    updatePullRequest: no,
    closePullRequest: no,
    getPullRequest: no,
    async mergePullRequest(_repo, _number, order) {
      orders.push(order);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    commitUrl: () => undefined,
  };
  return { forges, orders };
}

const rows: {
  readonly name: string;
  readonly answer: MergeOutcome | Error;
  readonly config?: object;
  readonly want: object;
}[] = [
  {
    name: 'merged',
    answer: { kind: 'merged', pullRequest: merged },
    want: {
      kind: 'done',
      status: 'Succeeded',
      output: { commit: 'b'.repeat(40) },
      message: `merged ${merged.url}`,
    },
  },
  {
    name: 'not ready',
    answer: { kind: 'not-ready', reason: 'it is a draft' },
    want: {
      kind: 'failed',
      status: 'Failed',
      code: 'step.pull-request-not-ready',
      message: 'pull request 4 is not ready to merge and wait is disabled: it is a draft',
      terminal: true,
    },
  },
  {
    name: 'not ready, waited for',
    answer: { kind: 'not-ready', reason: 'it is a draft' },
    config: { wait: true },
    want: {
      kind: 'waiting',
      message: 'waiting until pull request 4 can be merged: it is a draft',
      pollAfterMs: 1000,
    },
  },
  {
    name: 'not ready, to be merged by the host',
    answer: { kind: 'not-ready', reason: 'it is a draft' },
    config: { autoMerge: true },
    want: { kind: 'waiting', pollAfterMs: 1000 },
  },
  {
    name: 'in the queue of the host',
    answer: { kind: 'queued', reason: 'it waits in the merge queue', pullRequest: merged },
    config: { autoMerge: true },
    want: {
      kind: 'waiting',
      message: 'waiting until pull request 4 is merged: it waits in the merge queue',
      wakes: [{ kind: 'pull-request', url: merged.url }],
      output: { queued: true },
    },
  },
  {
    name: 'refused, also when waited for',
    answer: { kind: 'refused', reason: 'it conflicts with its base' },
    config: { wait: true },
    want: {
      kind: 'failed',
      status: 'Failed',
      code: 'step.merge-refused',
      message: 'pull request 4 was not merged: it conflicts with its base',
      terminal: true,
    },
  },
  {
    name: 'not permitted',
    answer: new AppError('forge.auth-failed', 'no', { disposition: 'stop', hint: 'Look' }),
    want: {
      kind: 'failed',
      status: 'Failed',
      code: 'forge.auth-failed',
      message: 'no (Look)',
      terminal: true,
    },
  },
];
test.each(rows)('a pull request that is $name', async ({ answer, config, want }) => {
  const { forges } = hostOf(answer);
  const draft = { ports: { forges, credentials } };
  const { outcome, claims } = await attempt(gitMergePr, { repoURL, prNumber: 4, ...config }, draft);
  expect(outcome).toMatchObject(want);
  expect(claims).toEqual([]);
});

test('an outage is left to the engine, which tries again', async () => {
  const { forges } = hostOf(new AppError('forge.unreachable', 'gone', { disposition: 'retry' }));
  const tried = attempt(gitMergePr, { repoURL, prNumber: 4 }, { ports: { forges, credentials } });
  await expect(tried).rejects.toMatchObject({ code: 'forge.unreachable' });
});

test.each([{ wait: true }, { autoMerge: true }])(
  'a step that waits (%o) survives an outage',
  async (config) => {
    const { forges } = hostOf(new AppError('forge.unreachable', 'gone', { disposition: 'retry' }));
    const nowMs = testRun.stepStartedAtMs + 3_600_000;
    const draft = { ports: { forges, credentials }, run: { nowMs }, previousOutput: { queued: true } };
    const { outcome } = await attempt(gitMergePr, { repoURL, prNumber: 4, ...config }, draft);
    expect(outcome).toMatchObject({
      kind: 'waiting',
      message: 'waiting until pull request 4 can be merged: gone',
      output: { queued: true },
    });
  },
);

test('a step that waits comes back when the host allows, and still knows what was promised', async () => {
  const error = new AppError('forge.rate-limited', 'slow down', {
    disposition: 'wait',
    retryAfterMs: 90_000,
  });
  const { forges } = hostOf(error);
  const draft = { ports: { forges, credentials }, previousOutput: { queued: true } };
  const { outcome } = await attempt(gitMergePr, { repoURL, prNumber: 4, autoMerge: true }, draft);
  expect(outcome).toMatchObject({ kind: 'waiting', pollAfterMs: 90_000, output: { queued: true } });
});

test('passes the method on, and nothing when there is none', async () => {
  const { forges, orders } = hostOf({ kind: 'merged', pullRequest: merged });
  const draft = { ports: { forges, credentials } };
  await attempt(gitMergePr, { repoURL, prNumber: 4, mergeMethod: 'squash' }, draft);
  await attempt(gitMergePr, { repoURL, prNumber: 4 }, draft);
  expect(orders).toEqual([{ method: 'squash' }, {}]);
});

test('orders the host to merge by itself, and remembers what it has promised', async () => {
  const { forges, orders } = hostOf({ kind: 'not-ready', reason: 'checks' });
  const config = { repoURL, prNumber: 4, autoMerge: true };
  const draft = { ports: { forges, credentials } };
  await attempt(gitMergePr, config, draft);
  const { outcome } = await attempt(gitMergePr, config, { ...draft, previousOutput: { queued: true } });
  expect(orders).toEqual([
    { auto: true, wasQueued: false },
    { auto: true, wasQueued: true },
  ]);
  expect(outcome).toMatchObject({ kind: 'waiting', output: { queued: true } });
});

test.each([
  { name: 'after a minute', waitedMs: 60_000, config: {}, want: 6000 },
  { name: 'after a day', waitedMs: 86_400_000, config: {}, want: 10_000 },
  { name: 'as configured', waitedMs: 0, config: { pollInterval: '2m' }, want: 120_000 },
  { name: 'without haste', waitedMs: 0, config: { pollInterval: '-5ms' }, want: 1000 },
])('looks again $name after $want ms', async ({ waitedMs, config, want }) => {
  const { forges } = hostOf({ kind: 'not-ready', reason: 'checks' });
  const nowMs = testRun.stepStartedAtMs + waitedMs;
  const draft = { ports: { forges, credentials }, run: { nowMs } };
  const { outcome } = await attempt(gitMergePr, { repoURL, prNumber: 4, wait: true, ...config }, draft);
  expect(outcome).toMatchObject({ kind: 'waiting', pollAfterMs: want });
});
