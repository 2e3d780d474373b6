/** The git-merge-pr step: merges a pull request that is ready. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { GitMergePrConfig, GitMergePrOutput } from './schema.ts';

/** The git-merge-pr step. */
export const gitMergePr = defineStep({
  name: 'git-merge-pr',
  config: GitMergePrConfig,
  output: GitMergePrOutput,
  needs: ['forges', 'credentials'],
  effect: 'wait',
  run,
});
