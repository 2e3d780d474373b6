import type { Clock, ForgeProvider, ForgeRepo, Forges, HttpClient } from '../ports/index.ts';
import { forgeErrors } from './errors.ts';
import { createGitHub } from './github/index.ts';
import { formatCommitUrl, inferProvider, parseRepoUrl } from './repo-url.ts';

/** What the adapters of git hosts need. */
export interface ForgesDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** Creates the port to git hosts: picks the adapter by the provider that is named or told from the host name. */
export function createForges(deps: ForgesDeps): Forges {
  const github = createGitHub(deps);
  const pick = (repo: ForgeRepo) => {
    const address = parseRepoUrl(repo.remote.url);
    const provider = repo.provider ?? inferProvider(address.hostname);
    if (provider === 'github') return { api: github, address };
    if (provider === undefined) {
      const message = `the kind of git host of "${address.hostname}" cannot be told from its name`;
      throw forgeErrors.create('forge.unknown-provider', message);
    }
    const name = providerNames[provider];
    throw forgeErrors.create('forge.unsupported', `pull requests at ${name} are not supported yet`);
  };
  return {
    async listPullRequests(repo, filter, signal) {
      const { api, address } = pick(repo);
      return api.list(address, repo.remote, filter, signal);
    },
    async openPullRequest(repo, draft, signal) {
      const { api, address } = pick(repo);
      return api.open(address, repo.remote, draft, signal);
    },
    async getPullRequest(repo, number, signal) {
      const { api, address } = pick(repo);
      return api.get(address, repo.remote, number, signal);
    },
    commitUrl(repo, commit) {
      const address = parseRepoUrl(repo.remote.url);
      const provider = repo.provider ?? inferProvider(address.hostname);
      return provider === undefined ? undefined : formatCommitUrl(address, provider, commit);
    },
  };
}

const providerNames: Readonly<Record<ForgeProvider, string>> = {
  azure: 'Azure DevOps',
  bitbucket: 'Bitbucket',
  gitea: 'Gitea',
  github: 'GitHub',
  gitlab: 'GitLab',
};
