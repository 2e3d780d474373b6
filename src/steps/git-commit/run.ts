import type { StepOutcome } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import { stepErrors } from '../errors.ts';
import type { GitCommitConfig } from './schema.ts';

/**
 * Commits all changes of a work tree, locally.
 *
 * Dates are the promotion's start, so that a replay makes the same commit; the extra header lets git-push recognise what
 * it has already pushed. The message stays exactly as configured.
 */
export async function run(context: StepContext<GitCommitConfig, 'workdir'>): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  if (config.author?.signingKey) {
    throw stepErrors.create('step.unsupported', 'git-commit does not support "author.signingKey" yet');
  }
  const { worktree, author } = ports.workdir.worktreeAt(config.path);
  const { project, promotion, alias, startedAtMs, committer } = context.run;
  const { name, email } = config.author ?? author ?? committer;
  const who = { name, email, timeSec: Math.floor(startedAtMs / 1000) };
  const message = config.message.endsWith('\n') ? config.message : `${config.message}\n`;
  const headers = [{ name: 'promotion', value: `${project}/${promotion}/${alias}` }];
  const made = await worktree.commit({ message, author: who, committer: who, headers }, signal);
  return {
    kind: 'done',
    status: made.changed ? 'Succeeded' : 'Skipped',
    output: { commit: made.id },
    ...(made.changed ? {} : { message: 'nothing to commit: the files already have this content' }),
  };
}
