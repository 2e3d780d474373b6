/** The copy step: copies files and directories. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { CopyConfig } from './schema.ts';

/** The copy step. */
export const copy = defineStep({
  name: 'copy',
  config: CopyConfig,
  needs: ['workdir'],
  effect: 'local',
  run,
});
