import { fieldsOf, textOf, unexpected } from '../fields.ts';
import { type AskGitea, readPages } from './pages.ts';

const color = '#ededed';

/**
 * The ids that Gitea has for labels; those that the repository lacks are made.
 *
 * Limits: labels are looked for among the first 1000 of the repository; those of its organization are not used.
 */
export async function findLabelIds(
  ask: AskGitea,
  path: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<number[]> {
  if (names.length === 0) return [];
  const known = await readLabels(ask, path, signal);
  const missing = names.filter((name) => !known.has(name));
  for (const name of new Set(missing)) {
    const what = `the new label "${name}" of "${path}"`;
    const made = await ask({ method: 'POST', path: '/labels', body: { name, color }, what }, signal);
    const { id } = fieldsOf(made.body);
    if (typeof id !== 'number') throw unexpected('Gitea', what);
    known.set(name, id);
  }
  return [...new Set(names.flatMap((name) => known.get(name) ?? []))];
}

async function readLabels(ask: AskGitea, path: string, signal: AbortSignal): Promise<Map<string, number>> {
  const what = `the labels of "${path}"`;
  const known = new Map<string, number>();
  for await (const items of readPages(ask, { path: '/labels', what }, signal)) {
    for (const item of items) {
      const { id, name } = fieldsOf(item);
      if (typeof id === 'number') known.set(textOf(name), id);
    }
  }
  return known;
}
