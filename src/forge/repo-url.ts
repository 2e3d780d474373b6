import type { ForgeProvider } from '../ports/index.ts';
import { forgeErrors } from './errors.ts';

/** The parts of a repository's address that a git host's API needs. */
export interface RepoAddress {
  /** "http" only where the address itself says so. */
  readonly scheme: 'http' | 'https';
  /** Host name, with a port if the address names one for HTTP. */
  readonly host: string;
  readonly hostname: string;
  /** Without leading slash and ".git", e.g. "example/gitops"; percent signs as in the address. */
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

const signs: Readonly<Record<ForgeProvider, (host: string) => boolean>> = {
  azure: (host) =>
    host === 'dev.azure.com' || host === 'ssh.dev.azure.com' || host.endsWith('visualstudio.com'),
  bitbucket: (host) => host.includes('bitbucket'),
  gitea: (host) => host.includes('gitea') || host.includes('forgejo') || host === 'codeberg.org',
  github: (host) => host.includes('github') || host.endsWith('.ghe.com'),
  gitlab: (host) => host.includes('gitlab'),
};

/**
 * Tells the provider from the host name; `undefined` when no sign of any fits, or signs of two.
 *
 * Source: Kargo's behavior, widened by names that it takes for none: Forgejo and Bitbucket at own hosts.
 */
export function inferProvider(hostname: string): ForgeProvider | undefined {
  const found = inferProviders(hostname);
  return found.length === 1 ? found[0] : undefined;
}

/** Every provider whose sign a host name has, in alphabetical order. */
export function inferProviders(hostname: string): ForgeProvider[] {
  const host = hostname.toLowerCase();
  const providers: readonly ForgeProvider[] = ['azure', 'bitbucket', 'gitea', 'github', 'gitlab'];
  return providers.filter((provider) => signs[provider](host));
}

/** One part of a path, or several, without percent escapes; as it is where they are none. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A percent sign that escapes nothing stands for itself.
    return path;
  }
}

function address(scheme: 'http' | 'https', host: string, hostname: string, path: string): RepoAddress {
  const trimmed = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  return { scheme, host, hostname, path: trimmed };
}
