/** The git-clone step: work trees of a repository, fetched file by file when they are read. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { GitCloneConfig, GitCloneOutput } from './schema.ts';

/** The git-clone step. */
export const gitClone = defineStep({
  name: 'git-clone',
  config: GitCloneConfig,
  output: GitCloneOutput,
  needs: ['git', 'credentials', 'committers', 'workdir'],
  effect: 'fetch',
  run,
});
