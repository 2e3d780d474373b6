import { isJsonObject, type JsonValue } from '../../base/index.ts';
import { authorizeBearer, type HostStyle, trimReason } from '../call.ts';
import { fieldsOf, itemsOf, textOf } from '../fields.ts';
import { decodePath, type RepoAddress } from '../repo-url.ts';

/** How GitLab is spoken to. Every kind of token that it gives out may be a bearer token. */
export const gitlabStyle: HostStyle = {
  name: 'GitLab',
  authorize: authorizeBearer,
  readReason(body) {
    const { message, error, error_description: description } = fieldsOf(body);
    return trimReason([...readWords(message), textOf(error), textOf(description)]);
  },
};

/** The API of a project, by its URL-encoded path. */
export function gitlabProject({ scheme, host, path }: RepoAddress): string {
  return `${scheme}://${host}/api/v4/projects/${encodeURIComponent(decodePath(path))}`;
}

/** A text, a list of texts, or lists of texts by field. */
function readWords(message: JsonValue | undefined): string[] {
  if (typeof message === 'string') return [message];
  if (Array.isArray(message)) return itemsOf(message).map(textOf);
  if (!isJsonObject(message)) return [];
  return Object.entries(message).map(([field, words]) => `${field} ${readWords(words).join(', ')}`);
}
