/** The git-open-pr step: one pull request per promotion. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { GitOpenPrConfig, GitOpenPrOutput } from './schema.ts';

/** The git-open-pr step. */
export const gitOpenPr = defineStep({
  name: 'git-open-pr',
  config: GitOpenPrConfig,
  output: GitOpenPrOutput,
  needs: ['git', 'forges', 'credentials'],
  effect: 'outward',
  run,
});
