import type { JsonObject } from '../../src/base/index.ts';
import type { StepOutcome } from '../../src/domain/index.ts';
import type { StepDefinition, Workdir } from '../../src/ports/index.ts';
import { stepDefinitions } from '../../src/steps/registry.ts';
import { type AttemptDraft, attempt } from '../../test/support/step-attempt.ts';

const { signal } = new AbortController();

/** The step of this name, if Gantry has it. */
export function findStep(name: string): StepDefinition | undefined {
  return stepDefinitions.find((definition) => definition.name === name);
}

/** What came of a step: its outcome, or the error that it let through. */
export type Attempted = StepOutcome | { readonly kind: 'thrown'; readonly error: unknown };

/** Tries a step once; an error of a port is an outcome. */
export async function attemptRow(
  definition: StepDefinition,
  config: JsonObject,
  draft: AttemptDraft,
): Promise<Attempted> {
  try {
    return (await attempt(definition, config, draft)).outcome;
  } catch (error) {
    return { kind: 'thrown', error };
  }
}

/** The status as the original names it. */
export function statusOf(outcome: Attempted): string {
  if (outcome.kind === 'waiting') return 'Running';
  return outcome.kind === 'thrown' ? 'Errored' : outcome.status;
}

/**
 * Fills a work directory.
 *
 * An empty directory does not outlive its last entry there, so "name/" stands for nothing; a repository's own data is no
 * file of it.
 */
export async function fillWorkdir(workdir: Workdir, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    if (path.endsWith('/') || path.split('/').includes('.git')) continue;
    const isLink = text.startsWith('symlink:');
    const content = new TextEncoder().encode(isLink ? text.slice('symlink:'.length) : text);
    await workdir.write(path, content, isLink ? 'symlink' : 'file', signal);
  }
}

/** All files of a work directory by path; links as "symlink". */
export async function readWorkdir(workdir: Workdir, folder = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, mode } of await workdir.list(folder, signal)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (mode === 'directory') Object.assign(found, await readWorkdir(workdir, path));
    else if (mode === 'symlink') found[path] = 'symlink';
    else found[path] = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await workdir.read(path, signal));
  }
  return found;
}
