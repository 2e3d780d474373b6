/** The git-wait-for-pr step: people decide by merging. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { GitWaitForPrConfig, GitWaitForPrOutput } from './schema.ts';

/** The git-wait-for-pr step. */
export const gitWaitForPr = defineStep({
  name: 'git-wait-for-pr',
  config: GitWaitForPrConfig,
  output: GitWaitForPrOutput,
  needs: ['forges', 'credentials'],
  effect: 'wait',
  run,
});
