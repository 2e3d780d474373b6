import type { ForgeProvider } from '../ports/index.ts';
import { readAzureAddress } from './azure/index.ts';
import { isBitbucketCloud } from './bitbucket-cloud/index.ts';
import { readServerAddress } from './bitbucket-server/index.ts';
import type { RepoAddress } from './repo-url.ts';

/** The page of a commit for people, at the address as Kargo writes it: in lower case. */
export function formatCommitUrl(repo: RepoAddress, provider: ForgeProvider, commit: string): string {
  const home = `${repo.scheme}://${repo.host}/${repo.path}`.toLowerCase();
  switch (provider) {
    case 'azure':
      return `${readAzureAddress(repo).page.toLowerCase()}/commit/${commit}`;
    case 'bitbucket':
      if (isBitbucketCloud(repo)) return `${home}/commits/${commit}`;
      return `${readServerAddress(repo).page}/commits/${commit}`;
    case 'gitlab':
      return `${home}/-/commit/${commit}`;
    case 'gitea':
    case 'github':
      return `${home}/commit/${commit}`;
  }
}
