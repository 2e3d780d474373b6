/** The git-push step: commits become visible to others, once. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { GitPushConfig, GitPushOutput } from './schema.ts';

/** The git-push step. */
export const gitPush = defineStep({
  name: 'git-push',
  config: GitPushConfig,
  output: GitPushOutput,
  needs: ['git', 'forges', 'credentials', 'committers', 'workdir'],
  effect: 'outward',
  run,
});
