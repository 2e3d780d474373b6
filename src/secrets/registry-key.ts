/** A key of a configuration that serves a repository, and how closely. */
export interface KeyMatch {
  readonly key: string;
  /** Length of the path that both have in common. */
  readonly pathLength: number;
  readonly isExactHost: boolean;
}

/** The one name of Docker Hub here; it has many. */
const dockerHub = 'docker.io';
const dockerHubNames: readonly string[] = [
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
];

interface Place {
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

/**
 * Does a key such as "https://index.docker.io/v1/", "registry.example.com:5000/team" or "*.azurecr.io" serve the repository
 * "host[:port]/path"? Hosts match label by label, where "*" stands within one label; paths match at their slashes only.
 *
 * Source: the kubelet's keyring, made strict about boundaries; all names of Docker Hub are one.
 */
export function matchRegistryKey(key: string, repository: string): KeyMatch | undefined {
  const pattern = parsePlace(key);
  const place = parsePlace(repository);
  if (pattern === undefined || place === undefined) return undefined;
  if (pattern.port !== place.port) return undefined;
  if (!matchesHost(pattern.host, place.host)) return undefined;
  const isBelow =
    pattern.path === '' || place.path === pattern.path || place.path.startsWith(`${pattern.path}/`);
  if (!isBelow) return undefined;
  return { key, pathLength: pattern.path.length, isExactHost: pattern.host === place.host };
}

/** Closest first: the longest path, exact hosts before patterns, then by name. */
export function compareMatches(a: KeyMatch, b: KeyMatch): number {
  if (a.pathLength !== b.pathLength) return b.pathLength - a.pathLength;
  if (a.isExactHost !== b.isExactHost) return a.isExactHost ? -1 : 1;
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

/** Host and path in lower case; the API's version at the end of a path, as docker writes it, says nothing. */
function parsePlace(text: string): Place | undefined {
  const bare = text
    .trim()
    .toLowerCase()
    .replace(/^(?:https?|oci):\/\//, '')
    .replace(/\/+$/, '')
    .replace(/\/v[12]$/, '');
  const parts = /^(?<host>[^/:]+)(?::(?<port>\d+))?(?:\/(?<path>.+))?$/.exec(bare)?.groups;
  const host = parts?.['host'];
  if (host === undefined) return undefined;
  return {
    host: dockerHubNames.includes(host) ? dockerHub : host,
    port: parts?.['port'] ?? '',
    path: parts?.['path'] ?? '',
  };
}

function matchesHost(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  if (!pattern.includes('*')) return false;
  const wanted = pattern.split('.');
  const given = host.split('.');
  return (
    wanted.length === given.length && wanted.every((label, index) => matchesLabel(label, given[index] ?? ''))
  );
}

/** "*" stands for any characters of the label. Linear: no expression is made of what somebody has written. */
function matchesLabel(pattern: string, label: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === label;
  if (!label.startsWith(first) || label.length < first.length + last.length || !label.endsWith(last))
    return false;
  let at = first.length;
  for (const part of rest) {
    const found = label.indexOf(part, at);
    if (found < 0 || found + part.length > label.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
