/** The git-clear step: removes every tracked file of a work tree. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { GitClearConfig } from './schema.ts';

/** The git-clear step. */
export const gitClear = defineStep({
  name: 'git-clear',
  config: GitClearConfig,
  needs: ['workdir'],
  effect: 'local',
  run,
});
