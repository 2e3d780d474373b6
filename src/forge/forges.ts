import type { Clock, ForgeRepo, Forges, HttpClient, Log } from '../ports/index.ts';
import { createAzure } from './azure/index.ts';
import { createBitbucketCloud, isBitbucketCloud } from './bitbucket-cloud/index.ts';
import { createBitbucketServer } from './bitbucket-server/index.ts';
import { formatCommitUrl } from './commit-url.ts';
import { fitDraft } from './draft.ts';
import { forgeErrors } from './errors.ts';
import { createGitea } from './gitea/index.ts';
import { createGitHub } from './github/index.ts';
import { createGitLab } from './gitlab/index.ts';
import type { ForgeHost, HostDeps, HostRepo } from './host.ts';
import { createPauses } from './pauses.ts';
import { createPollBudget } from './poll-budget.ts';
import { inferProvider, inferProviders, parseRepoUrl } from './repo-url.ts';

/** What the adapters of git hosts need. */
export interface ForgesDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Hears of what a host cannot do and what was left out therefore. */
  readonly log?: Log;
}

/** Below what the hosts allow one token, whatever the number of promotions that wait. */
const pollLimits = { looksPerSecond: 2, burst: 60 };

/** Creates the port to git hosts: picks the adapter by the provider that is named or told from the host name. */
export function createForges({ http, clock, log }: ForgesDeps): Forges {
  const pick = createPicker({ http, clock, log, pauses: createPauses(clock) });
  const polls = createPollBudget(clock, pollLimits);
  return {
    async listPullRequests(repo, filter, signal) {
      const { host, at } = pick(repo);
      return host.list(at, filter, signal);
    },
    async openPullRequest(repo, draft, signal) {
      const { host, at } = pick(repo);
      return host.open(at, fitDraft(host, draft, log), signal);
    },
    async updatePullRequest(repo, number, draft, signal) {
      const { host, at } = pick(repo);
      const fitting = fitDraft(host, draft, log);
      await host.update(at, number, fitting, signal);
      await host.furnish?.(at, number, fitting, signal);
    },
    async closePullRequest(repo, number, comment, signal) {
      const { host, at } = pick(repo);
      if (!(await host.get(at, number, signal)).isOpen) return;
      await host.close(at, number, signal);
      await host.comment(at, number, comment, signal);
    },
    async getPullRequest(repo, number, signal) {
      const { host, at } = pick(repo);
      polls.take(at.address.hostname);
      return host.get(at, number, signal);
    },
    async mergePullRequest(repo, number, order, signal) {
      const { host, at } = pick(repo);
      polls.take(at.address.hostname);
      return host.merge(at, number, order, signal);
    },
    commitUrl(repo, commit) {
      try {
        const address = parseRepoUrl(repo.remote.url);
        const provider = repo.provider ?? inferProvider(address.hostname);
        return provider === undefined ? undefined : formatCommitUrl(address, provider, commit);
      } catch (error) {
        // An address that the host does not know has no page either.
        if (forgeErrors.is(error, 'forge.not-found')) return undefined;
        throw error;
      }
    },
  };
}

function createPicker(
  deps: HostDeps,
): (repo: ForgeRepo) => { readonly host: ForgeHost; readonly at: HostRepo } {
  const bitbucketCloud = createBitbucketCloud(deps);
  const bitbucketServer = createBitbucketServer(deps);
  const hosts = {
    azure: createAzure(deps),
    gitea: createGitea(deps),
    github: createGitHub(deps),
    gitlab: createGitLab(deps),
  };
  return ({ remote, provider: named }) => {
    const address = parseRepoUrl(remote.url);
    const provider = named ?? inferProvider(address.hostname);
    if (provider === undefined) throw unknownProvider(address.hostname);
    const bitbucket = isBitbucketCloud(address) ? bitbucketCloud : bitbucketServer;
    return { host: provider === 'bitbucket' ? bitbucket : hosts[provider], at: { address, remote } };
  };
}

function unknownProvider(hostname: string): Error {
  const fitting = inferProviders(hostname);
  const why = fitting.length > 1 ? `: it could be ${fitting.join(' or ')}` : '';
  const message = `the kind of git host of "${hostname}" cannot be told from its name${why}`;
  return forgeErrors.create('forge.unknown-provider', message);
}
