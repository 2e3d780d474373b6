import type { StepOutcome } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import { findRemote, toForgeRepo } from '../git-remote.ts';
import { pollAfterMs } from '../poll.ts';
import type { GitWaitForPrConfig } from './schema.ts';

/** Looks at a pull request until it is merged (Succeeded) or closed without a merge (Failed). */
export async function run(
  context: StepContext<GitWaitForPrConfig, 'forges' | 'credentials'>,
): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const remote = await findRemote(ports.credentials, context.run.project, config, signal);
  const found = await ports.forges.getPullRequest(
    toForgeRepo(remote, config.provider),
    config.prNumber,
    signal,
  );
  const output = {
    pr: { id: found.number, url: found.url, open: found.isOpen, merged: found.isMerged },
    ...(found.mergeCommit === undefined ? {} : { commit: found.mergeCommit }),
  };
  if (found.isMerged) return { kind: 'done', status: 'Succeeded', output, message: `merged ${found.url}` };
  if (found.isOpen) {
    return {
      kind: 'waiting',
      message: `waiting for pull request ${found.number} to be merged: ${found.url}`,
      pollAfterMs: pollAfterMs(config, context.run),
      wakes: [{ kind: 'pull-request', url: found.url }],
      output,
    };
  }
  const message = `pull request ${found.number} was closed without being merged: ${found.url}`;
  return {
    kind: 'failed',
    status: 'Failed',
    code: 'step.pull-request-closed',
    message,
    terminal: true,
    output,
  };
}
