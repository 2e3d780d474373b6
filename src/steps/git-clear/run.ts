import type { StepOutcome } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import type { GitClearConfig } from './schema.ts';

/** Removes every file below a path of a work tree, so that what is written next is all there is. */
export async function run(context: StepContext<GitClearConfig, 'workdir'>): Promise<StepOutcome> {
  await context.ports.workdir.clear(context.config.path, context.signal);
  return { kind: 'done', status: 'Succeeded' };
}
