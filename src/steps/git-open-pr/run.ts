import { AppError } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type {
  ForgeRepo,
  GitCommit,
  GitRemote,
  PullRequest,
  PullRequestDraft,
  ResolvedRef,
  StepContext,
} from '../../ports/index.ts';
import { shortName, toForgeRepo, withRemote } from '../git-remote.ts';
import { describePullRequest } from './plan.ts';
import type { GitOpenPrConfig } from './schema.ts';
import { closeSuperseded } from './superseded.ts';

type Context = StepContext<GitOpenPrConfig, 'git' | 'forges' | 'credentials'>;

/**
 * Opens one pull request per promotion and head branch, and finds it again.
 *
 * Order: an own earlier output; after a claim whose result was lost a request with the claimed head commit, even one
 * that is merged or closed and whose branch is gone; then an open one of the same branches; only then a new one. Those
 * that it supersedes are closed last, so that a crash in between leaves one too many rather than none.
 */
export async function run(given: Context): Promise<StepOutcome> {
  const { config } = given;
  const sourceBranch = shortName('heads', config.sourceBranch);
  const targetBranch = shortName('heads', config.targetBranch);
  const context = { ...given, config: { ...config, sourceBranch, targetBranch } };
  const known = context.previousOutput?.['pr'];
  if (known !== undefined) return { kind: 'done', status: 'Succeeded', output: { pr: known } };
  return withRemote(context, context.config, findOrOpen);
}

async function findOrOpen(remote: GitRemote, context: Context): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const repo = toForgeRepo(remote, config.provider);
  const found = await findOwn(context, repo);
  if (found?.isOpen === false) return finish(context, repo, found, 'found');
  const source = await ports.git.resolve(remote, { kind: 'branch', branch: config.sourceBranch }, signal);
  const target = await ports.git.resolve(remote, { kind: 'branch', branch: config.targetBranch }, signal);
  const head = await ports.git.readCommit(remote, source.commit, signal);
  if (found === undefined && (await hasSameFiles(context, remote, head, target.commit))) {
    const message = `nothing to merge: "${config.sourceBranch}" and "${config.targetBranch}" have the same files`;
    return { kind: 'done', status: 'Skipped', message };
  }
  const template = await readTemplate(context, remote, target);
  const draft = toDraft(config, describePullRequest(config, head.message, context.run, template));
  if (found !== undefined) return finish(context, repo, await takeOver(context, repo, found, draft), 'found');
  await context.claim({ sourceBranch: config.sourceBranch, head: source.commit });
  const opened = await open(context, repo, draft);
  return finish(context, repo, opened.pullRequest, opened.how);
}

/** An older promotion may have opened it for what the branch had then, and an opening that was cut off lacks something. */
async function takeOver(
  { ports, signal }: Context,
  repo: ForgeRepo,
  found: PullRequest,
  draft: PullRequestDraft,
): Promise<PullRequest> {
  await ports.forges.updatePullRequest(repo, found.number, draft, signal);
  return found;
}

/** Hosts refuse a second pull request of the same branches; whoever was faster has opened the one that is wanted. */
async function open(
  context: Context,
  repo: ForgeRepo,
  draft: PullRequestDraft,
): Promise<{ readonly pullRequest: PullRequest; readonly how: 'found' | 'opened' }> {
  const { forges } = context.ports;
  try {
    return { pullRequest: await forges.openPullRequest(repo, draft, context.signal), how: 'opened' };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'forge.rejected') throw error;
    const { headBranch, baseBranch } = draft;
    const filter = { headBranch, baseBranch, state: 'open' } as const;
    const [other] = await forges.listPullRequests(repo, filter, context.signal);
    if (other === undefined) throw error;
    return { pullRequest: await takeOver(context, repo, other, draft), how: 'found' };
  }
}

async function findOwn(context: Context, repo: ForgeRepo): Promise<PullRequest | undefined> {
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

function toDraft(
  config: GitOpenPrConfig,
  texts: { readonly title: string; readonly body: string },
): PullRequestDraft {
  const { labels = [], reviewers, assignees, draft } = config;
  return {
    headBranch: config.sourceBranch,
    baseBranch: config.targetBranch,
    labels,
    ...(reviewers === undefined ? {} : { reviewers }),
    ...(assignees === undefined ? {} : { assignees }),
    ...(draft === true ? { isDraft: true } : {}),
    ...texts,
  };
}

/** On the target branch, because the source branch is what is under review. */
async function readTemplate(
  { config, ports, signal }: Context,
  remote: GitRemote,
  target: ResolvedRef,
): Promise<string | undefined> {
  if (config.template === undefined) return undefined;
  const files = await ports.git.checkout(remote, target, signal);
  return new TextDecoder().decode(await files.read(config.template, signal));
}

async function hasSameFiles(
  context: Context,
  remote: GitRemote,
  head: GitCommit,
  targetCommit: string,
): Promise<boolean> {
  if (head.id === targetCommit) return true;
  const target = await context.ports.git.readCommit(remote, targetCommit, context.signal);
  return target.tree === head.tree;
}

async function finish(
  context: Context,
  repo: ForgeRepo,
  pullRequest: PullRequest,
  how: 'found' | 'opened',
): Promise<StepOutcome> {
  const mayClose = context.config.closeSuperseded === true && pullRequest.isOpen;
  const closed = mayClose ? await closeSuperseded(context, repo, pullRequest) : [];
  const superseded = closed.length === 0 ? '' : `, closed ${closed.map((one) => `#${one}`).join(', ')}`;
  return {
    kind: 'done',
    status: 'Succeeded',
    output: { pr: { id: pullRequest.number, url: pullRequest.url } },
    message: `${how} ${pullRequest.url}${superseded}`,
  };
}
