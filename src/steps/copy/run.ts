import type { StepOutcome } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import { matchIgnore, parseIgnore, toBytes } from '../../wire/git-files/index.ts';
import type { CopyConfig } from './schema.ts';

/** Copies within the work directory. Files that were not read yet are copied by reference, without being fetched. */
export async function run(context: StepContext<CopyConfig, 'workdir'>): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const stat = await ports.workdir.stat(config.inPath, signal);
  // Rules choose among the files below a directory; a file that is named itself is meant.
  const rules = stat?.mode === 'directory' ? config.ignore : undefined;
  const { lfsPointers } = await ports.workdir.copy(config.inPath, config.outPath, toFilter(rules), signal);
  if (lfsPointers.length === 0) return { kind: 'done', status: 'Succeeded' };
  const [first] = lfsPointers;
  const message = `warning: ${lfsPointers.length} files of Git LFS were copied as pointers, e.g. ${JSON.stringify(first)}`;
  return { kind: 'done', status: 'Succeeded', message };
}

/** Git's own rules are never copied unless a later rule takes them in again, as Kargo's copy does. */
function toFilter(rules: string | undefined): ((path: string, isDirectory: boolean) => boolean) | undefined {
  if (rules === undefined) return undefined;
  const parsed = parseIgnore(Buffer.from(`.git\n${rules}`));
  return (path, isDirectory) => matchIgnore(parsed, toBytes(path), isDirectory) !== 'ignored';
}
