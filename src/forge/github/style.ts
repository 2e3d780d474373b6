import { isJsonObject, type JsonValue } from '../../base/index.ts';
import { githubApiUrl } from '../../domain/index.ts';
import { authorizeBearer, type HostStyle, trimReason } from '../call.ts';
import { fieldsOf, itemsOf, textOf } from '../fields.ts';
import type { RepoAddress } from '../repo-url.ts';

/** How GitHub is spoken to. */
export const githubStyle: HostStyle = {
  name: 'GitHub',
  authorize: authorizeBearer,
  headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
  readReason(body) {
    const { message, errors } = fieldsOf(body);
    if (typeof message !== 'string') return undefined;
    return trimReason([message, ...itemsOf(errors).flatMap(readError)]);
  },
  // The secondary limits are told apart from missing permission by their text alone.
  isRateLimited: (_, reason) => /secondary rate limit|abuse detection/i.test(reason ?? ''),
};

/** Where the API of a host is. */
export function githubApi({ scheme, host }: RepoAddress): string {
  return githubApiUrl(scheme, host);
}

/** Where the GraphQL API of a host is. */
export function githubGraph(address: RepoAddress): string {
  return `${githubApi(address).replace(/\/v3$/, '')}/graphql`;
}

/** The more exact words in the list of errors. */
function readError(error: JsonValue): string[] {
  if (typeof error === 'string') return [error];
  if (!isJsonObject(error)) return [];
  if (typeof error['message'] === 'string') return [error['message']];
  return typeof error['field'] === 'string' ? [`${error['field']} ${textOf(error['code'])}`] : [];
}
