import { normalizeImageUrl, parseImageName } from '../domain/index.ts';
import type { HttpTls, ImageSource, RequestTurn } from '../ports/index.ts';
import { isRepositoryName } from '../wire/oci/index.ts';
import { ociErrors } from './errors.ts';

/** What an operator says of one registry. */
export interface RegistryHost {
  /** Host, with its port where it has one, at which its API is, where that is another than its name says. */
  readonly api?: string;
  /** May plain HTTP be spoken with it? HTTPS is tried first. */
  readonly plainHttp?: boolean;
  /** Accept any certificate. */
  readonly insecureSkipTLSVerify?: boolean;
  /** Certificates to trust in addition, in PEM. */
  readonly caPem?: string;
}

/**
 * What is known of registries before they are asked, by host, with its port where it has one; or a function that is asked
 * each time, for one repository where it is about one.
 */
export type RegistryHosts =
  | Readonly<Record<string, RegistryHost>>
  | ((host: string, repository: string | undefined) => RegistryHost | undefined);

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
  const known = findHost(hosts, name.registry, name.repository);
  const host = known?.api ?? (name.registry === 'docker.io' ? dockerHubHost : name.registry);
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
    mayBePlain: known?.plainHttp === true || mayBePlain(host, hosts),
  };
}

/** May plain HTTP be spoken with this host? Only on this machine, or where the operator says so. */
export function mayBePlain(host: string, hosts: RegistryHosts): boolean {
  return loopbackForm.test(host) || findHost(hosts, host, undefined)?.plainHttp === true;
}

function findHost(
  hosts: RegistryHosts,
  host: string,
  repository: string | undefined,
): RegistryHost | undefined {
  if (typeof hosts === 'function') return hosts(host, repository);
  return Object.hasOwn(hosts, host) ? hosts[host] : undefined;
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
