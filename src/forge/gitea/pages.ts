import type { JsonValue } from '../../base/index.ts';
import type { ApiAnswer, ApiCall } from '../call.ts';
import { itemsOf, unexpected } from '../fields.ts';

/** Asks the API of one repository; `path` is below it. */
export type AskGitea = (
  draft: Omit<ApiCall, 'url'> & { readonly path: string },
  signal: AbortSignal,
) => Promise<ApiAnswer>;

const perPage = 50;
const maxPages = 20;

/**
 * The items of a list, page by page.
 *
 * Limits: twenty pages of fifty. Errors: forge.protocol when it is no list; those of `ask`.
 */
export async function* readPages(
  ask: AskGitea,
  list: { readonly path: string; readonly query?: Readonly<Record<string, string>>; readonly what: string },
  signal: AbortSignal,
): AsyncGenerator<readonly JsonValue[]> {
  const { path, query = {}, what } = list;
  let seen = 0;
  for (let page = 1; page <= maxPages; page++) {
    const params = new URLSearchParams({ ...query, limit: `${perPage}`, page: `${page}` });
    const { body, headers } = await ask({ method: 'GET', path: `${path}?${params}`, what }, signal);
    if (!Array.isArray(body)) throw unexpected('Gitea', what);
    const items = itemsOf(body);
    yield items;
    seen += items.length;
    // A host may give smaller pages than it was asked for: a short one is not the last.
    const total = Number(headers['x-total-count'] ?? Number.NaN);
    if (items.length === 0 || seen >= total) return;
  }
}
