import type { ForgeFlavor, ForgeUrls } from '../../embedded/forge/index.ts';
import { inferProvider } from '../../forge/index.ts';
import { mainErrors } from '../errors.ts';

/** A git host that the sandbox answers for. */
export interface GitHostName {
  readonly host: string;
  readonly flavor: ForgeFlavor;
  /** The hosts of its API and its pages; one and the same for most kinds. */
  readonly apiHost: string;
  readonly urls: ForgeUrls;
}

/** What a host's API has in its paths, where it has no host of its own. */
const apiPaths: Readonly<Record<ForgeFlavor, RegExp>> = {
  azure: /\/_apis\//,
  'bitbucket-cloud': /^\/2\.0\//,
  'bitbucket-server': /^\/rest\/api\//,
  gitea: /^\/api\/v1\//,
  github: /^\/api\/(?:v3\/|graphql$)/,
  gitlab: /^\/api\/v4\//,
};

/** The one that is always there. */
export const defaultGitHost: GitHostName = describe('github.com', 'github');

/**
 * Reads "gitlab.com", or "git.example=gitea" where the name does not tell the kind of the host.
 *
 * Errors: main.bad-setting.
 */
export function readGitHost(text: string): GitHostName {
  const [host = '', kind] = text.toLowerCase().split('=');
  const flavor = kind === undefined ? inferFlavor(host) : flavorOf(kind, host);
  if (flavor !== undefined && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(host)) return describe(host, flavor);
  const message = `--git-host "${text}" is neither a host whose kind its name tells nor "host=kind" with a kind of azure, bitbucket, gitea, github, gitlab`;
  throw mainErrors.create('main.bad-setting', message);
}

/** Is this a request to the API of a git host, rather than for one of its pages? */
export function isApiRequest(git: GitHostName, host: string, path: string): boolean {
  return (git.apiHost !== git.host && host === git.apiHost) || apiPaths[git.flavor].test(path);
}

function inferFlavor(host: string): ForgeFlavor | undefined {
  const provider = inferProvider(host);
  return provider === undefined ? undefined : flavorOf(provider, host);
}

function flavorOf(provider: string, host: string): ForgeFlavor | undefined {
  switch (provider) {
    case 'bitbucket':
      return host === 'bitbucket.org' ? 'bitbucket-cloud' : 'bitbucket-server';
    case 'azure':
    case 'gitea':
    case 'github':
    case 'gitlab':
      return provider;
    default:
      return undefined;
  }
}

function describe(host: string, flavor: ForgeFlavor): GitHostName {
  const web = `https://${host}`;
  const hasOwnApi = host === 'github.com' || host === 'bitbucket.org' || host.endsWith('.ghe.com');
  const apiHost = hasOwnApi ? `api.${host}` : host;
  const paths: Readonly<Record<ForgeFlavor, string>> = {
    azure: '',
    'bitbucket-cloud': '/2.0',
    'bitbucket-server': '/rest/api/1.0',
    gitea: '/api/v1',
    github: hasOwnApi ? '' : '/api/v3',
    gitlab: '/api/v4',
  };
  return { host, flavor, apiHost, urls: { web, api: `https://${apiHost}${paths[flavor]}` } };
}
