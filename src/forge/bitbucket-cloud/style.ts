import type { Credential } from '../../ports/index.ts';
import { formatBasic, type HostStyle, trimReason } from '../call.ts';
import { fieldsOf, itemsOf, textOf } from '../fields.ts';
import type { RepoAddress } from '../repo-url.ts';

/** How Bitbucket Cloud is spoken to. */
export const bitbucketCloudStyle: HostStyle = {
  name: 'Bitbucket',
  authorize,
  readReason(body) {
    const { message, detail, fields } = fieldsOf(fieldsOf(body)['error']);
    const exact = Object.entries(fieldsOf(fields)).map(([field, words]) => {
      const said = typeof words === 'string' ? words : itemsOf(words).map(textOf).join(', ');
      return `${field} ${said}`;
    });
    return trimReason([textOf(message), textOf(detail), ...exact]);
  },
};

/** Is this the one host that Atlassian runs itself? */
export function isBitbucketCloud({ hostname }: RepoAddress): boolean {
  return /^(?:(?:www|altssh)\.)?bitbucket\.org$/.test(hostname.toLowerCase());
}

/** The API of a repository. */
export function bitbucketCloudRepo({ path }: RepoAddress): string {
  return `https://api.bitbucket.org/2.0/repositories/${path}`;
}

/**
 * Access tokens are bearer tokens whatever the user name is, as in Kargo; app passwords and the API tokens of a person,
 * which are never accepted so, are told by their first letters or by the e-mail address that stands as user name.
 */
function authorize(credential: Credential | undefined): string | undefined {
  const { username = '', password } = credential ?? {};
  if (password === undefined) return undefined;
  const isPersonal = username.includes('@') || /^AT(?:BB|ATT)/.test(password);
  return isPersonal && username !== '' ? formatBasic(username, password) : `Bearer ${password}`;
}
