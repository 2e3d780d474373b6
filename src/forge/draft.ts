import type { Log, PullRequestDraft } from '../ports/index.ts';
import { forgeErrors } from './errors.ts';
import { type Fields, textOf } from './fields.ts';
import type { ForgeHost } from './host.ts';

/**
 * A draft as a host can take it: without labels where there are none, and not longer than it accepts; both are told in
 * the log. Errors: forge.unsupported for people whom the host cannot name.
 */
export function fitDraft(
  host: Pick<ForgeHost, 'name' | 'hasLabels' | 'hasAssignees' | 'longestTitle' | 'longestBody'>,
  draft: PullRequestDraft,
  log: Log | undefined,
): PullRequestDraft {
  if (!host.hasAssignees && (draft.assignees ?? []).length > 0) {
    const message = `pull requests at ${host.name} have no assignees; name reviewers instead`;
    throw forgeErrors.create('forge.unsupported', message);
  }
  const hasExtraLabels = draft.labels.length > 0 && !host.hasLabels;
  if (hasExtraLabels) log?.info('labels are left out, the git host has none', { host: host.name });
  const title = shorten(draft.title, host.longestTitle);
  const body = shorten(draft.body, host.longestBody);
  if (title !== draft.title || body !== draft.body) {
    log?.warn('the text of a pull request is shortened to what the git host accepts', { host: host.name });
  }
  return { ...draft, title, body, labels: hasExtraLabels ? [] : draft.labels };
}

/** The title of a draft at a host that tells drafts by their title, e.g. "Draft: Add a". */
export function markDraft(mark: string, title: string, longest: number): string {
  return shorten(`${mark}${title}`, longest);
}

/** What of an answer is to be changed to be as wished; `undefined` when all of it is. */
export function changesOf(
  answer: Fields,
  wished: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const isSame = Object.entries(wished).every(([name, text]) => textOf(answer[name]) === text);
  return isSame ? undefined : wished;
}

/** The labels of a draft that an answer has not, each once. */
export function missingLabels(draft: PullRequestDraft, labels: readonly string[]): readonly string[] {
  return [...new Set(draft.labels)].filter((label) => !labels.includes(label));
}

function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest - 1);
  // Never half of a character that takes two units.
  return `${cut.replace(/[\uD800-\uDBFF]$/, '')}…`;
}
