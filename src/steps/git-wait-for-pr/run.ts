import { AppError, isJsonObject } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { GitRemote, PullRequest, StepContext } from '../../ports/index.ts';
import { toForgeRepo, withRemote } from '../git-remote.ts';
import { pollAfterMs } from '../poll.ts';
import type { GitWaitForPrConfig } from './schema.ts';

type Context = StepContext<GitWaitForPrConfig, 'forges' | 'credentials'>;

/** A shorter pause of the host is no news: the step goes on waiting for what it waited for. */
const shortPauseMs = 30_000;

/** Looks at a pull request until it is merged (Succeeded) or closed without a merge (Failed). */
export async function run(context: Context): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const look = (remote: GitRemote) =>
    ports.forges.getPullRequest(toForgeRepo(remote, config.provider), config.prNumber, signal);
  try {
    return toOutcome(await withRemote(context, config, look), context);
  } catch (error) {
    const known = knownFrom(context);
    const pauseMs =
      error instanceof AppError && error.disposition === 'wait' ? error.retryAfterMs : undefined;
    if (known === undefined || pauseMs === undefined || pauseMs > shortPauseMs) throw error;
    return waiting({ ...known, output: context.previousOutput ?? {} }, pauseMs);
  }
}

function toOutcome(found: PullRequest, context: Context): StepOutcome {
  const { number, url, isOpen, isMerged } = found;
  const output = {
    pr: { id: number, url, open: isOpen, merged: isMerged },
    ...(found.mergeCommit === undefined ? {} : { commit: found.mergeCommit }),
  };
  if (isMerged) return { kind: 'done', status: 'Succeeded', output, message: `merged ${url}` };
  if (isOpen) return waiting({ number, url, output }, pollAfterMs(context.config, context.run));
  const message = `pull request ${number} was closed without being merged: ${url}`;
  return {
    kind: 'failed',
    status: 'Failed',
    code: 'step.pull-request-closed',
    message,
    terminal: true,
    output,
  };
}

interface Waited {
  readonly number: number;
  readonly url: string;
}

/** The pull request as the previous look left it in the output. */
function knownFrom({ previousOutput }: Context): Waited | undefined {
  const kept = previousOutput?.['pr'];
  if (!isJsonObject(kept)) return undefined;
  const { id, url } = kept;
  return typeof id === 'number' && typeof url === 'string' ? { number: id, url } : undefined;
}

function waiting(
  { number, url, output }: Waited & { readonly output: NonNullable<Context['previousOutput']> },
  pollMs: number,
): StepOutcome {
  return {
    kind: 'waiting',
    message: `waiting for pull request ${number} to be merged: ${url}`,
    pollAfterMs: pollMs,
    wakes: [{ kind: 'pull-request', url }],
    output,
  };
}
