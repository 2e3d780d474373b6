import { AppError } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { MergeOutcome, StepContext } from '../../ports/index.ts';
import { toForgeRepo, withRemote } from '../git-remote.ts';
import { pollAfterMs } from '../poll.ts';
import type { GitMergePrConfig } from './schema.ts';

type Context = StepContext<GitMergePrConfig, 'forges' | 'credentials'>;

const longestPollMs = 10_000;

/**
 * Merges a pull request that is ready; with `wait`, looks until it is; with `autoMerge`, has the host do it and looks
 * until it is done.
 *
 * No claim is needed: a merge whose answer was lost is recognised in the pull request itself, which is merged then.
 */
export function run(context: Context): Promise<StepOutcome> {
  return merge(context).then(
    (outcome) => toOutcome(context, outcome),
    (error: unknown) => afterError(context, error),
  );
}

function toOutcome(context: Context, outcome: MergeOutcome): StepOutcome {
  const { config } = context;
  switch (outcome.kind) {
    case 'merged': {
      const { mergeCommit, url } = outcome.pullRequest;
      const output = mergeCommit === undefined ? {} : { commit: mergeCommit };
      return { kind: 'done', status: 'Succeeded', output, message: `merged ${url}` };
    }
    case 'refused':
      return failed(
        'step.merge-refused',
        `pull request ${config.prNumber} was not merged: ${outcome.reason}`,
      );
    case 'queued':
      return stillWaiting(context, outcome.reason, outcome.pullRequest.url);
    case 'not-ready':
      return mayWait(config) ? stillWaiting(context, outcome.reason) : notReady(config, outcome.reason);
  }
}

function merge(context: Context): Promise<MergeOutcome> {
  const { config, ports, signal } = context;
  const order = {
    ...(config.mergeMethod === undefined ? {} : { method: config.mergeMethod }),
    ...(config.autoMerge === true ? { auto: true, wasQueued: isQueued(context) } : {}),
  };
  return withRemote(context, config, (remote) =>
    ports.forges.mergePullRequest(toForgeRepo(remote, config.provider), config.prNumber, order, signal),
  );
}

function mayWait({ wait, autoMerge }: GitMergePrConfig): boolean {
  return wait === true || autoMerge === true;
}

/**
 * What needs a person is a failure, as in Kargo. What passes by itself is waited for, however long, by a step that waits;
 * by any other it is left to the engine, which tries again for a while.
 */
function afterError(context: Context, error: unknown): StepOutcome {
  if (!(error instanceof AppError) || context.signal.aborted) throw error;
  if (error.disposition !== 'stop') {
    if (!mayWait(context.config)) throw error;
    const waiting = stillWaiting(context, error.message);
    return { ...waiting, pollAfterMs: error.retryAfterMs ?? waiting.pollAfterMs };
  }
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return failed(error.code, `${error.message}${hint}`);
}

/** Had the host promised to merge it when it was last looked at? */
function isQueued({ previousOutput }: Context): boolean {
  return previousOutput?.['queued'] === true;
}

/** With an address when the host has promised to merge it by itself. */
function stillWaiting(
  context: Context,
  reason: string,
  queuedUrl?: string,
): StepOutcome & { readonly kind: 'waiting' } {
  const { config, run } = context;
  const verb = queuedUrl === undefined ? 'can be' : 'is';
  return {
    kind: 'waiting',
    message: `waiting until pull request ${config.prNumber} ${verb} merged: ${reason}`,
    pollAfterMs: pollAfterMs(config, run, longestPollMs),
    wakes: queuedUrl === undefined ? [] : [{ kind: 'pull-request', url: queuedUrl }],
    ...(queuedUrl !== undefined || isQueued(context) ? { output: { queued: true } } : {}),
  };
}

function notReady(config: GitMergePrConfig, reason: string): StepOutcome {
  const message = `pull request ${config.prNumber} is not ready to merge and wait is disabled: ${reason}`;
  return failed('step.pull-request-not-ready', message);
}

function failed(code: string, message: string): StepOutcome & { readonly kind: 'failed' } {
  return { kind: 'failed', status: 'Failed', code, message, terminal: true };
}
