import ignore from 'ignore';
import type { StepOutcome } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import type { CopyConfig } from './schema.ts';

/** Copies within the work directory. Files that were not read yet are copied by reference, without being fetched. */
export async function run(context: StepContext<CopyConfig, 'workdir'>): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const stat = await ports.workdir.stat(config.inPath, signal);
  // Rules choose among the files below a directory; a file that is named itself is meant.
  const rules = stat?.mode === 'directory' ? config.ignore : undefined;
  await ports.workdir.copy(config.inPath, config.outPath, toFilter(rules), signal);
  return { kind: 'done', status: 'Succeeded' };
}

/** Git's own rules are never copied unless a later rule takes them in again, as Kargo's copy does. */
function toFilter(rules: string | undefined): ((path: string, isDirectory: boolean) => boolean) | undefined {
  if (rules === undefined) return undefined;
  const matcher = ignore().add('.git').add(rules);
  return (path, isDirectory) => !matcher.ignores(isDirectory ? `${path}/` : path);
}
