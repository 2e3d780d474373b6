import { sanitizeUrl, toLower } from './sanitize.ts';

/** A repository of images as a subscription names it: where it is, and its path there. */
export interface ImageName {
  /** Host with an optional port; "docker.io" for names without a host. */
  readonly registry: string;
  /** The path at the registry, with the "library/" that Docker Hub's short names imply. */
  readonly repository: string;
}

const dockerHub = 'docker.io';
const dockerHubHosts: readonly string[] = [dockerHub, 'index.docker.io', 'registry-1.docker.io'];
const tagForm = /^[\w.-]{1,128}$/;
const repositoryForm = /^[a-z0-9_./-]{2,255}$/;
const registryForm = /^(?:[A-Za-z0-9._~!$&'()*+,;=:[\]<>"-]|[^\0-\x7f])+$/u;
// A digest with its hexadecimal value, e.g. "sha256:…" with 64 digits.
const digestForm = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/**
 * The normal form of an image repository's name: lower case, without tag or digest, without Docker Hub's host and
 * "library/"; the input itself when it cannot be normalized.
 *
 * Source: Kargo's behavior.
 */
export function normalizeImageUrl(repoURL: string): string {
  const name = parseImageName(toLower(sanitizeUrl(repoURL)));
  if (name === undefined) return repoURL;
  if (name.registry === dockerHub) return name.repository.replace(/^library\//, '');
  return `${name.registry}/${name.repository}`;
}

/**
 * Registry and repository of an image reference such as "ghcr.io/example/app:1.0"; a tag or digest is dropped;
 * `undefined` when it is none. Short names are Docker Hub's.
 */
export function parseImageName(reference: string): ImageName | undefined {
  return parseTagged(reference) ?? parseDigested(reference);
}

function parseTagged(reference: string): ImageName | undefined {
  const colon = reference.lastIndexOf(':');
  if (colon < 0 || reference.indexOf('/', colon) >= 0) return parseRepository(reference);
  return tagForm.test(reference.slice(colon + 1)) ? parseRepository(reference.slice(0, colon)) : undefined;
}

function parseDigested(reference: string): ImageName | undefined {
  const [base, digest, ...rest] = reference.split('@');
  if (base === undefined || digest === undefined || rest.length > 0 || !digestForm.test(digest))
    return undefined;
  return parseTagged(base) ?? parseRepository(base);
}

function parseRepository(name: string): ImageName | undefined {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  const repository = hasRegistry ? name.slice(slash + 1) : name;
  if (!repositoryForm.test(repository)) return undefined;
  if (hasRegistry && !dockerHubHosts.includes(first)) {
    return isRegistry(first) ? { registry: first, repository } : undefined;
  }
  return { registry: dockerHub, repository: repository.includes('/') ? repository : `library/${repository}` };
}

function isRegistry(host: string): boolean {
  const colon = host.lastIndexOf(':');
  return registryForm.test(host) && (colon < 0 || host.endsWith(']') || /^\d*$/.test(host.slice(colon + 1)));
}
