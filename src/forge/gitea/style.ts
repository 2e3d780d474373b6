import { type HostStyle, trimReason } from '../call.ts';
import { fieldsOf, textOf } from '../fields.ts';
import type { RepoAddress } from '../repo-url.ts';

/** How Gitea and Forgejo are spoken to. */
export const giteaStyle: HostStyle = {
  name: 'Gitea',
  authorize: (credential) =>
    credential?.password === undefined ? undefined : `token ${credential.password}`,
  readReason: (body) => trimReason([textOf(fieldsOf(body)['message'])]),
};

/** The API of a repository. */
export function giteaRepo({ scheme, host, path }: RepoAddress): string {
  return `${scheme}://${host}/api/v1/repos/${path}`;
}
