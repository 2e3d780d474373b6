import { normalizeImageUrl, parseImageName } from '../domain/index.ts';
import type { HttpTls, ImageSource, RequestTurn } from '../ports/index.ts';
import { isRepositoryName } from '../wire/oci/index.ts';
import { ociErrors } from './errors.ts';

/** What an operator says of one registry. */
export interface RegistryHost {
  /** May plain HTTP be spoken with it? HTTPS is tried first. */
  readonly plainHttp?: boolean;
  /** Accept any certificate. */
  readonly insecureSkipTLSVerify?: boolean;
  /** Certificates to trust in addition, in PEM. */
  readonly caPem?: string;
}

/** What is known of registries before they are asked, by host, with its port where it has one. */
export type RegistryHosts = Readonly<Record<string, RegistryHost>>;

/** A repository at the place where requests go to. */
export interface Repository {
  /** Host with an optional port, as requests are made to it. */
  readonly host: string;
  readonly name: string;
  /** For people, e.g. "ghcr.io/example/app". */
  readonly label: string;
  /** Who is asking; part of every key of what was resolved. */
  readonly identity: string;
  readonly source: ImageSource;
  readonly tls: HttpTls | undefined;
  readonly mayBePlain: boolean;
  /** Another repository of the registry that is read as well, where a blob is mounted. */
  readonly alsoReads?: string;
}

/** Docker Hub's API does not live at its public name. */
const dockerHubHost = 'index.docker.io';
const loopbackForm = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** The repository that a source names; a leading "oci://" is dropped. Errors: oci.invalid-reference. */
export function toRepository(source: ImageSource, hosts: RegistryHosts = {}): Repository {
  const label = normalizeImageUrl(source.repoURL.replace(/^oci:\/\//, ''));
  const name = parseImageName(label);
  if (name === undefined || !isRepositoryName(name.repository)) {
    throw ociErrors.create(
      'oci.invalid-reference',
      `"${source.repoURL}" is not the name of an image repository`,
    );
  }
  const host = name.registry === 'docker.io' ? dockerHubHost : name.registry;
  const known = Object.hasOwn(hosts, name.registry) ? hosts[name.registry] : undefined;
  const insecure = source.insecureSkipTLSVerify === true || known?.insecureSkipTLSVerify === true;
  const ca = known?.caPem;
  const tls = {
    ...(insecure ? { insecureSkipVerify: true } : {}),
    ...(ca === undefined ? {} : { caPem: ca }),
  };
  return {
    host,
    name: name.repository,
    label,
    identity: source.credential?.identity ?? '',
    source,
    tls: Object.keys(tls).length === 0 ? undefined : tls,
    mayBePlain: mayBePlain(host, hosts),
  };
}

/** May plain HTTP be spoken with this host? Only on this machine, or where the operator says so. */
export function mayBePlain(host: string, hosts: RegistryHosts): boolean {
  return loopbackForm.test(host) || (Object.hasOwn(hosts, host) && hosts[host]?.plainHttp === true);
}

/** The turn of a request to this repository's registry, or to another host on its behalf. */
export function turnOf(repository: Repository, host: string = repository.host): RequestTurn {
  const { party, isAwaited } = repository.source;
  return {
    host,
    identity: repository.identity,
    ...(party === undefined ? {} : { party }),
    ...(isAwaited === undefined ? {} : { isAwaited }),
  };
}

/** What errors say of the place. */
export function placeOf({ host, label }: Repository): {
  readonly registry: string;
  readonly repository: string;
} {
  return { registry: host, repository: label };
}
