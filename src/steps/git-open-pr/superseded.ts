import { AppError } from '../../base/index.ts';
import type { ForgeRepo, PullRequest, StepContext } from '../../ports/index.ts';
import { isSuperseded } from './plan.ts';
import type { GitOpenPrConfig } from './schema.ts';

type Context = StepContext<GitOpenPrConfig, 'git' | 'forges' | 'credentials'>;

/**
 * Closes the open pull requests whose newest commit an older Promotion of the same Stage has made, and says by which one
 * they are superseded; gives their numbers. What a person has pushed to since is left to that person.
 */
export async function closeSuperseded(
  context: Context,
  repo: ForgeRepo,
  newest: PullRequest,
): Promise<readonly number[]> {
  const { config, ports, run, signal } = context;
  const filter = { baseBranch: config.targetBranch, state: 'open' } as const;
  const open = await ports.forges.listPullRequests(repo, filter, signal);
  const closed: number[] = [];
  for (const { number, headCommit, headBranch } of open) {
    if (number === newest.number || headBranch === config.sourceBranch) continue;
    if (!isSuperseded(await readPromotion(context, repo, headCommit), run)) continue;
    const comment = `Superseded by ${newest.url}: a newer promotion of "${run.stage}" has been started.`;
    await ports.forges.closePullRequest(repo, number, comment, signal);
    closed.push(number);
  }
  return closed;
}

/** The promotion that made a commit, as its header names it. */
async function readPromotion(
  { ports, signal }: Context,
  { remote }: ForgeRepo,
  commit: string,
): Promise<string | undefined> {
  try {
    const { headers } = await ports.git.readCommit(remote, commit, signal);
    return headers.find(({ name }) => name === 'promotion')?.value;
  } catch (error) {
    // A head that is gone meanwhile belongs to a pull request that nobody can merge.
    if (error instanceof AppError && error.code === 'git.object-missing') return undefined;
    throw error;
  }
}
