import { type StepOutcome, withTrailers } from '../../domain/index.ts';
import type { CommitReport, StepContext } from '../../ports/index.ts';
import { refuseMessage, signedBy, toCommitter, toSignature } from '../committer.ts';
import type { GitCommitConfig } from './schema.ts';

/**
 * Commits all changes of a work tree, locally.
 *
 * Dates are the promotion's start, so that a replay makes the same commit; the extra header lets git-push recognise what
 * it has already pushed. The message stays exactly as configured, unless
 * trailers are asked for.
 */
export async function run(
  context: StepContext<GitCommitConfig, 'workdir' | 'committers'>,
): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const refused = refuseMessage(config.message);
  if (refused !== undefined) return refused;
  const { worktree, author } = ports.workdir.worktreeAt(config.path);
  const { project, promotion, alias, startedAtMs } = context.run;
  const configured = config.author === undefined ? author : toCommitter(config.author);
  const committer = configured ?? (await ports.committers.find(signal));
  const who = toSignature(committer, startedAtMs);
  const text = withTrailers(config.message, context.run.trailers);
  const message = text.endsWith('\n') ? text : `${text}\n`;
  const headers = [{ name: 'promotion', value: `${project}/${promotion}/${alias}` }];
  const draft = { message, author: who, committer: who, headers, ...signedBy(committer) };
  const made = await worktree.commit(draft, signal);
  return {
    kind: 'done',
    status: made.changed ? 'Succeeded' : 'Skipped',
    output: { commit: made.id },
    ...describe(made),
  };
}

function describe({ changed, plainLfs }: CommitReport): { readonly message?: string } {
  if (!changed) return { message: 'nothing to commit: the files already have this content' };
  const [first] = plainLfs;
  if (first === undefined) return {};
  const more = plainLfs.length > 1 ? ` and ${plainLfs.length - 1} more` : '';
  const what = `${JSON.stringify(first)}${more}`;
  return { message: `warning: committed as it is, not as the pointer that Git LFS wants: ${what}` };
}
