import { AppError, parseDuration } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { MergeOutcome, StepContext } from '../../ports/index.ts';
import { findRemote, toForgeRepo } from '../git-remote.ts';
import { adaptivePollMs } from '../poll.ts';
import type { GitMergePrConfig } from './schema.ts';

type Context = StepContext<GitMergePrConfig, 'forges' | 'credentials'>;

const longestPollMs = 10_000;

/**
 * Merges a pull request that is ready; with `wait`, looks until it is.
 *
 * No claim is needed: a merge whose answer was lost is recognised in the pull request itself, which is merged then.
 */
export async function run(context: Context): Promise<StepOutcome> {
  const { config } = context;
  const outcome = await merge(context).catch(toFailure);
  if ('status' in outcome) return outcome;
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
    case 'not-ready':
      return config.wait === true ? stillWaiting(context, outcome.reason) : notReady(config, outcome.reason);
  }
}

async function merge(context: Context): Promise<MergeOutcome> {
  const { config, ports, signal } = context;
  const remote = await findRemote(ports.credentials, context.run.project, config, signal);
  const order = config.mergeMethod === undefined ? {} : { method: config.mergeMethod };
  const repo = toForgeRepo(remote, config.provider);
  return ports.forges.mergePullRequest(repo, config.prNumber, order, signal);
}

/** What needs a person is a failure, as in Kargo; what passes by itself is left to the engine, which tries again. */
function toFailure(error: unknown): StepOutcome & { readonly kind: 'failed' } {
  if (!(error instanceof AppError) || error.disposition !== 'stop') throw error;
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return failed(error.code, `${error.message}${hint}`);
}

function stillWaiting({ config, run }: Context, reason: string): StepOutcome {
  const usualMs = Math.min(longestPollMs, adaptivePollMs(run));
  return {
    kind: 'waiting',
    message: `waiting until pull request ${config.prNumber} can be merged: ${reason}`,
    pollAfterMs: parseDuration(config.pollInterval ?? '') ?? usualMs,
    wakes: [],
  };
}

function notReady(config: GitMergePrConfig, reason: string): StepOutcome {
  const message = `pull request ${config.prNumber} is not ready to merge and wait is disabled: ${reason}`;
  return failed('step.pull-request-not-ready', message);
}

function failed(code: string, message: string): StepOutcome & { readonly kind: 'failed' } {
  return { kind: 'failed', status: 'Failed', code, message, terminal: true };
}
