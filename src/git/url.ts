import type { GitRemote } from '../ports/index.ts';
import { gitErrors } from './errors.ts';

/** A repository over smart HTTP. */
export interface HttpAddress {
  readonly kind: 'http';
  /** Names the repository whatever way its URL was written, but for the case of its path, which some hosts heed; safe to log. */
  readonly store: string;
  /** Host and port as metrics name them. */
  readonly host: string;
  /** The URL without user, query and final slash; the service's names are appended to it. */
  readonly base: string;
  readonly origin: string;
}

/** A repository over SSH. */
export interface SshAddress {
  readonly kind: 'ssh';
  /** Names the repository whatever way its URL was written, but for the case of its path, which some hosts heed; safe to log. */
  readonly store: string;
  /** Host and port as metrics name them; the port only when it is not SSH's own. */
  readonly host: string;
  /** In lower case. */
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  /** As the server is asked for it: absolute for "ssh://host/path", else as written, such as "team/repo.git". */
  readonly path: string;
}

/** Where a remote is, in the forms that are needed. */
export type RepositoryAddress = HttpAddress | SshAddress;

const sshPort = 22;

/** Who logs in when a URL names nobody. */
const usualUser = 'git';

/** Reads the URL of a remote. Errors: git.unsupported for anything but http, https, ssh and "user@host:path". */
export function parseRemoteUrl(remote: GitRemote): RepositoryAddress {
  const { url } = remote;
  const parsed = parseUrl(url);
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol)) return toHttpAddress(parsed);
  const ssh = parsed?.protocol === 'ssh:' ? fromSshUrl(parsed) : fromScpForm(url);
  if (ssh !== undefined) return ssh;
  throw gitErrors.create(
    'git.unsupported',
    `the URL ${describeUrl(url)} is not one of https, http or ssh, nor of the form user@host:path`,
  );
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Reads the URL of a remote that is known to be reached over HTTP. Errors: git.unsupported. */
export function parseHttpUrl(remote: GitRemote): HttpAddress {
  const address = parseRemoteUrl(remote);
  if (address.kind === 'http') return address;
  throw gitErrors.create('git.unsupported', `the URL ${describeUrl(remote.url)} is not an http or https URL`);
}

/** A URL as it may stand in a message: without user and password. */
export function describeUrl(url: string): string {
  return JSON.stringify(url.replace(/\/\/[^/]*@/, '//'));
}

function toHttpAddress(url: URL): HttpAddress {
  const { origin, host } = url;
  const path = url.pathname.replace(/\/+$/, '');
  const store = origin + path.replace(/\.git$/, '');
  return { kind: 'http', store, base: origin + path, origin, host };
}

function fromSshUrl(url: URL): SshAddress | undefined {
  const path = decodePath(url.pathname);
  if (path === undefined || url.hostname === '') return undefined;
  const user = decodePath(url.username) ?? '';
  const port = url.port === '' ? sshPort : Number(url.port);
  // "/~user/path" is below somebody's home folder.
  return toSshAddress({ user, hostname: url.hostname, port, path: path.replace(/^\/~/, '~') });
}

/** "git@github.com:example/repo.git": no port, and a path that the server reads from its own folder on. */
function fromScpForm(text: string): SshAddress | undefined {
  const match =
    /^(?:(?<user>[^@/:\s]+)@)?(?<host>\[[0-9a-fA-F:.]+\]|[^@/:[\]\s]{2,}):(?<path>(?!\/\/)[^\s].*)$/.exec(
      text,
    )?.groups;
  if (match === undefined) return undefined;
  const { user = '', host: hostname = '', path = '' } = match;
  return toSshAddress({ user, hostname, port: sshPort, path });
}

function toSshAddress(parts: {
  readonly user: string;
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
}): SshAddress | undefined {
  const path = parts.path.replace(/\/+$/, '');
  const user = parts.user === '' ? usualUser : parts.user;
  const hostname = parts.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  // A leading "-" would be an option to the program at the other end.
  if (path === '' || /^-|[\0\r\n]/.test(path) || /^-|[\0\r\n]/.test(user) || hostname.startsWith('-')) {
    return undefined;
  }
  const shown = hostname.includes(':') ? `[${hostname}]` : hostname;
  const host = parts.port === sshPort ? shown : `${shown}:${parts.port}`;
  const name = path.replace(/^\/+/, '').replace(/\.git$/, '');
  return {
    kind: 'ssh',
    store: `ssh://${user}@${host}/${name}`,
    host,
    hostname,
    port: parts.port,
    user,
    path,
  };
}

function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
