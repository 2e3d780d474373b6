import type { ForgeProvider } from '../ports/index.ts';
import { forgeErrors } from './errors.ts';

/** The parts of a repository's address that a git host's API needs. */
export interface RepoAddress {
  /** "http" only where the address itself says so. */
  readonly scheme: 'http' | 'https';
  /** Host name, with a port if the address names one for HTTP. */
  readonly host: string;
  readonly hostname: string;
  /** Without leading slash and ".git", e.g. "example/gitops". */
  readonly path: string;
}

/** Reads an HTTP, SSH or scp-like address ("git@host:owner/name"). Errors: forge.not-found. */
export function parseRepoUrl(text: string): RepoAddress {
  // For example "git@github.com:example/gitops.git".
  const scp = /^(?:[^@/:]+@)?(?<host>[^/:]+):(?<path>(?!\/\/).+)$/.exec(text)?.groups;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^(?:https?|ssh|git\+ssh):$/.test(url.protocol)) {
    const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
    const scheme = url.protocol === 'http:' ? 'http' : 'https';
    return address(scheme, isHttp ? url.host : url.hostname, url.hostname, url.pathname);
  }
  const { host, path } = scp ?? {};
  if (host !== undefined && path !== undefined) return address('https', host, host, path);
  throw forgeErrors.create('forge.not-found', 'the address of the repository cannot be read');
}

/** Tells the provider from the host name; `undefined` when it cannot be told. */
export function inferProvider(hostname: string): ForgeProvider | undefined {
  const host = hostname.toLowerCase();
  if (host.includes('github') || host.endsWith('.ghe.com')) return 'github';
  if (host.includes('gitlab')) return 'gitlab';
  if (host.includes('gitea')) return 'gitea';
  if (host === 'bitbucket.org') return 'bitbucket';
  return host === 'dev.azure.com' || host.endsWith('visualstudio.com') ? 'azure' : undefined;
}

const commitPaths: Readonly<Record<ForgeProvider, string>> = {
  azure: 'commit',
  bitbucket: 'commits',
  gitea: 'commit',
  github: 'commit',
  gitlab: '-/commit',
};

/** The page of a commit for people. */
export function formatCommitUrl(repo: RepoAddress, provider: ForgeProvider, commit: string): string {
  const home = `${repo.scheme}://${repo.host}/${repo.path}`.toLowerCase();
  return `${home}/${commitPaths[provider]}/${commit}`;
}

function address(scheme: 'http' | 'https', host: string, hostname: string, path: string): RepoAddress {
  const trimmed = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  return { scheme, host, hostname, path: trimmed };
}
