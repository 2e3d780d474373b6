/** The compose-output step: gives a task its output. Start at `run.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { ComposeOutputConfig } from './schema.ts';

/** The compose-output step. */
export const composeOutput = defineStep({
  name: 'compose-output',
  config: ComposeOutputConfig,
  output: ComposeOutputConfig,
  needs: [],
  effect: 'local',
  propagatesTaskOutput: true,
  run,
});
