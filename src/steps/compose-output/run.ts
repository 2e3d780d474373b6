import type { StepOutcome } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import type { ComposeOutputConfig } from './schema.ts';

/** Gives its evaluated configuration as output; inside a task it becomes the output of the task. */
export async function run(context: StepContext<ComposeOutputConfig>): Promise<StepOutcome> {
  return { kind: 'done', status: 'Succeeded', output: context.config };
}
