/** The git-tag step: an annotated tag of the newest commit. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { GitTagConfig, GitTagOutput } from './schema.ts';

/** The git-tag step. */
export const gitTag = defineStep({
  name: 'git-tag',
  config: GitTagConfig,
  output: GitTagOutput,
  needs: ['git', 'credentials', 'committers', 'workdir'],
  effect: 'fetch',
  run,
});
