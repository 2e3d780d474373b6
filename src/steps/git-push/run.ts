import { AppError } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import { shortName, toForgeRepo, withWorktree } from '../git-remote.ts';
import type { GitPushConfig } from './schema.ts';

const defaultMaxAttempts = 10;

/** Errors with which the step did its work and the answer is no, so that it is Failed and not Errored, as in Kargo. */
const refusals: ReadonlySet<string> = new Set(['git.conflict', 'git.rebase-unsafe']);

type Context = StepContext<GitPushConfig, 'git' | 'forges' | 'credentials' | 'committers' | 'workdir'>;

/** What a push left, as the step tells it. */
interface Pushed {
  readonly commit: string;
  readonly branch: string | undefined;
  readonly message: string;
}

/**
 * Pushes the local commits of a work tree as a compare-and-swap, joined with the branch in memory when it has moved; or a
 * tag of the work tree.
 *
 * A claim is written before the first byte leaves; a later attempt that finds one looks for its commits on the branch
 * (by their extra header), or for its tag, before it pushes again.
 */
export async function run(context: Context): Promise<StepOutcome> {
  const { config, ports } = context;
  const { worktree } = ports.workdir.worktreeAt(config.path);
  let pushed: Pushed | StepOutcome;
  try {
    pushed = config.tag ? await pushTag(context, shortName('tags', config.tag)) : await pushBranch(context);
  } catch (error) {
    if (error instanceof AppError && refusals.has(error.code)) return refused(error);
    throw error;
  }
  if ('kind' in pushed) return pushed;
  const { commit, branch, message } = pushed;
  const commitURL = ports.forges.commitUrl(toForgeRepo(worktree.remote, config.provider), commit);
  const output = { commit, ...(branch ? { branch } : {}), ...(commitURL === undefined ? {} : { commitURL }) };
  return { kind: 'done', status: 'Succeeded', output, message };
}

async function pushBranch(context: Context): Promise<Pushed | StepOutcome> {
  const { config, ports, signal } = context;
  const { worktree, author } = ports.workdir.worktreeAt(config.path);
  const branch = config.generateTargetBranch
    ? `kargo/promotion/${context.run.promotion}`
    : shortName('heads', config.targetBranch ?? '') || worktree.branch;
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
  // A push that acted before it was refused is found by its commits, as after a crash.
  const push = () => ports.git.push(request, signal);
  const { commit, adopted } = await withWorktree(context, worktree, push);
  const message = adopted ? `found already pushed to ${branch}` : `pushed to ${branch}`;
  return { commit, branch, message };
}

async function pushTag(context: Context, tag: string): Promise<Pushed> {
  const { config, ports, claimed, signal } = context;
  const { worktree } = ports.workdir.worktreeAt(config.path);
  const earlier = claimed?.['id'];
  const made = worktree.tags.get(tag);
  // The first claim stays: a signature may differ from one attempt to the next.
  const id = typeof earlier === 'string' ? earlier : made?.id;
  await context.claim({ tag, ...(id === undefined ? {} : { id }) });
  const maxAttempts = config.maxAttempts ?? defaultMaxAttempts;
  const request = {
    worktree,
    tag,
    maxAttempts,
    ...(typeof earlier === 'string' ? { claimed: earlier } : {}),
  };
  const { adopted } = await withWorktree(context, worktree, () => ports.git.pushTag(request, signal));
  const message = adopted ? `found tag ${tag} already pushed` : `pushed tag ${tag}`;
  return { commit: worktree.head, branch: worktree.branch, message };
}

function refused(error: AppError): StepOutcome {
  return { kind: 'failed', status: 'Failed', code: error.code, message: error.message, terminal: true };
}
