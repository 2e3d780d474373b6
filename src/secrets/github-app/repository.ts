import { githubApiUrl } from '../../domain/index.ts';

/** A repository at a GitHub host. */
export interface GitHubRepository {
  /** The REST API of the host, without a final slash. */
  readonly api: string;
  readonly owner: string;
  readonly name: string;
}

/** Reads "https://host/owner/name.git"; `undefined` for every other address, e.g. over SSH, where Apps have no keys. */
export function readGitHubRepository(repoURL: string): GitHubRepository | undefined {
  if (!URL.canParse(repoURL)) return undefined;
  const { protocol, host, pathname } = new URL(repoURL);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  const found = /^\/+(?<owner>[^/]+)\/(?<name>[^/]+?)(?:\.git)?\/*$/i.exec(pathname)?.groups;
  const { owner, name } = found ?? {};
  if (owner === undefined || name === undefined) return undefined;
  return { api: githubApiUrl(protocol === 'http:' ? 'http' : 'https', host), owner, name };
}
