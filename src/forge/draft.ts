import type { Log, PullRequestDraft } from '../ports/index.ts';
import { forgeErrors } from './errors.ts';
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

function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest - 1);
  // Never half of a character that takes two units.
  return `${cut.replace(/[\uD800-\uDBFF]$/, '')}…`;
}
