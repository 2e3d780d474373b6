import type { StepOutcome } from '../../domain/index.ts';
import type { GitCommit, PullRequest, StepContext } from '../../ports/index.ts';
import { findRemote, toForgeRepo } from '../git-remote.ts';
import { describePullRequest } from './plan.ts';
import type { GitOpenPrConfig } from './schema.ts';

type Context = StepContext<GitOpenPrConfig, 'git' | 'forges' | 'credentials'>;

/**
 * Opens one pull request per promotion and head branch, and finds it again.
 *
 * Order: an own earlier output; after a claim whose result was lost a request with the claimed head commit, even one
 * that is merged or closed and whose branch is gone; then an open one of the same branches; only then a new one.
 */
export async function run(context: Context): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const known = context.previousOutput?.['pr'];
  if (known !== undefined) return { kind: 'done', status: 'Succeeded', output: { pr: known } };

  const remote = await findRemote(ports.credentials, context.run.project, config, signal);
  const repo = toForgeRepo(remote, config.provider);
  const found = await findOwn(context, repo);
  if (found !== undefined) return toOutcome(found, 'found');

  const source = await ports.git.resolve(remote, { kind: 'branch', branch: config.sourceBranch }, signal);
  const target = await ports.git.resolve(remote, { kind: 'branch', branch: config.targetBranch }, signal);
  const head = await ports.git.readCommit(remote, source.commit, signal);
  if (await hasSameFiles(context, remote, head, target.commit)) {
    const message = `nothing to merge: "${config.sourceBranch}" and "${config.targetBranch}" have the same files`;
    return { kind: 'done', status: 'Skipped', message };
  }
  await context.claim({ sourceBranch: config.sourceBranch, head: source.commit });
  const draft = {
    headBranch: config.sourceBranch,
    baseBranch: config.targetBranch,
    labels: config.labels ?? [],
    ...describePullRequest(config, head.message, context.run),
  };
  return toOutcome(await ports.forges.openPullRequest(repo, draft, signal), 'opened');
}

async function findOwn(
  context: Context,
  repo: Parameters<Context['ports']['forges']['listPullRequests']>[0],
): Promise<PullRequest | undefined> {
  const { config, ports, claimed, signal } = context;
  const claimedHead = claimed?.['head'];
  const filter = {
    headBranch: config.sourceBranch,
    baseBranch: config.targetBranch,
    state: claimedHead === undefined ? ('open' as const) : ('all' as const),
  };
  const candidates = await ports.forges.listPullRequests(repo, filter, signal);
  return candidates.find((one) => one.headCommit === claimedHead) ?? candidates.find((one) => one.isOpen);
}

async function hasSameFiles(
  context: Context,
  remote: Parameters<Context['ports']['git']['readCommit']>[0],
  head: GitCommit,
  targetCommit: string,
): Promise<boolean> {
  if (head.id === targetCommit) return true;
  const target = await context.ports.git.readCommit(remote, targetCommit, context.signal);
  return target.tree === head.tree;
}

function toOutcome(pullRequest: PullRequest, how: 'found' | 'opened'): StepOutcome {
  return {
    kind: 'done',
    status: 'Succeeded',
    output: { pr: { id: pullRequest.number, url: pullRequest.url } },
    message: `${how} ${pullRequest.url}`,
  };
}
