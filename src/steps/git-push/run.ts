import { AppError } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { PushResult, StepContext } from '../../ports/index.ts';
import { stepErrors } from '../errors.ts';
import { toForgeRepo } from '../git-remote.ts';
import type { GitPushConfig } from './schema.ts';

const defaultMaxAttempts = 10;

/** Errors with which the step did its work and the answer is no, so that it is Failed and not Errored, as in Kargo. */
const refusals: ReadonlySet<string> = new Set(['git.conflict', 'git.rebase-unsafe']);

/**
 * Pushes the local commits of a work tree as a compare-and-swap, rebased in memory when the branch has moved.
 *
 * A claim is written before the first byte leaves; a later attempt that finds one looks for its commits on the branch
 * (by their extra header) before it pushes again.
 */
export async function run(
  context: StepContext<GitPushConfig, 'git' | 'forges' | 'committers' | 'workdir'>,
): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  if (config.tag) throw stepErrors.create('step.unsupported', 'git-push does not support "tag" yet');
  const { worktree, author } = ports.workdir.worktreeAt(config.path);
  const branch = config.generateTargetBranch
    ? `kargo/promotion/${context.run.promotion}`
    : config.targetBranch || worktree.branch;
  if (branch === undefined) {
    const message = `no branch is checked out at "${config.path}": set targetBranch or generateTargetBranch`;
    return { kind: 'failed', status: 'Failed', code: 'step.invalid-config', message, terminal: true };
  }
  const committer = author ?? (await ports.committers.find(signal));
  await context.claim({ branch, head: worktree.head });
  const request = {
    worktree,
    branch,
    force: config.force === true || config.generateTargetBranch === true,
    maxAttempts: config.maxAttempts ?? defaultMaxAttempts,
    committer,
  };
  let pushed: PushResult;
  try {
    pushed = await ports.git.push(request, signal);
  } catch (error) {
    if (error instanceof AppError && refusals.has(error.code)) return refused(error);
    throw error;
  }
  const commitURL = ports.forges.commitUrl(toForgeRepo(worktree.remote, config.provider), pushed.commit);
  return {
    kind: 'done',
    status: 'Succeeded',
    output: {
      commit: pushed.commit,
      branch: pushed.branch,
      ...(commitURL === undefined ? {} : { commitURL }),
    },
    message: pushed.adopted ? `found already pushed to ${branch}` : `pushed to ${branch}`,
  };
}

function refused(error: AppError): StepOutcome {
  return { kind: 'failed', status: 'Failed', code: error.code, message: error.message, terminal: true };
}
