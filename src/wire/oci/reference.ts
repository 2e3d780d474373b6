import { type Digest, parseDigest } from './digest.ts';
import { isRepositoryName, isTagName } from './names.ts';

/** An image or artifact as people name it, e.g. "ghcr.io/example/app:1.0@sha256:…". */
export interface Reference {
  /** Host with an optional port; "docker.io" for names without a host. */
  readonly registry: string;
  /** The path at the registry, with the "library/" that Docker Hub's short names imply. */
  readonly repository: string;
  readonly tag?: string;
  /** Where both stand, the digest says what is meant. */
  readonly digest?: Digest;
}

const dockerHubHosts: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
// A host with an optional port, e.g. "registry.example.com:5000" or "[::1]:5000".
const hostForm = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const maxLength = 1_024;

/** The parts of a reference; `undefined` when it is none. A leading "oci://" is dropped. */
export function parseReference(text: string): Reference | undefined {
  if (text.length > maxLength) return undefined;
  const [named = '', digestText, ...rest] = text.replace(/^oci:\/\//, '').split('@');
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  if (rest.length > 0 || (digestText !== undefined && digest === undefined)) return undefined;
  const colon = named.lastIndexOf(':');
  const isTagged = colon > named.lastIndexOf('/');
  const tag = isTagged ? named.slice(colon + 1) : undefined;
  const place = parsePlace(isTagged ? named.slice(0, colon) : named);
  if (place === undefined || (tag !== undefined && !isTagName(tag))) return undefined;
  return { ...place, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** The reference in full, with "docker.io" and "library/" where they are implied. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  const tagged = tag === undefined ? '' : `:${tag}`;
  return `${registry}/${repository}${tagged}${digest === undefined ? '' : `@${digest}`}`;
}

function parsePlace(name: string): Pick<Reference, 'registry' | 'repository'> | undefined {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const path = hasHost ? name.slice(slash + 1) : name;
  if (!isRepositoryName(path) || (hasHost && !hostForm.test(first))) return undefined;
  if (hasHost && !dockerHubHosts.includes(first.toLowerCase())) {
    return { registry: first.toLowerCase(), repository: path };
  }
  return { registry: 'docker.io', repository: path.includes('/') ? path : `library/${path}` };
}
