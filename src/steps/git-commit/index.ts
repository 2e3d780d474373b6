/** The git-commit step: a local commit of everything that changed. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { GitCommitConfig, GitCommitOutput } from './schema.ts';

/** The git-commit step. */
export const gitCommit = defineStep({
  name: 'git-commit',
  config: GitCommitConfig,
  output: GitCommitOutput,
  needs: ['workdir', 'committers'],
  effect: 'local',
  run,
});
