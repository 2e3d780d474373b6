import { normalizeImageUrl, parseImageName } from '../domain/index.ts';
import type { ImageSource } from '../ports/index.ts';
import { isRepositoryName } from '../wire/oci/index.ts';
import { ociErrors } from './errors.ts';

/** A repository at the place where requests go to. */
export interface Repository {
  /** Host with an optional port, as requests are made to it. */
  readonly host: string;
  readonly name: string;
  /** For people, e.g. "ghcr.io/example/app". */
  readonly label: string;
  /** Who is asking; part of every cache key. */
  readonly identity: string;
  readonly source: ImageSource;
}

/** Docker Hub's API does not live at its public name. */
const dockerHubHost = 'index.docker.io';
const loopbackForm = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/;

/** The repository that a source names. */
export function toRepository(source: ImageSource): Repository {
  const label = normalizeImageUrl(source.repoURL);
  const name = parseImageName(label);
  if (name === undefined || !isRepositoryName(name.repository)) {
    throw ociErrors.create(
      'oci.invalid-reference',
      `"${source.repoURL}" is not the name of an image repository`,
    );
  }
  return {
    host: name.registry === 'docker.io' ? dockerHubHost : name.registry,
    name: name.repository,
    label,
    identity: source.credential?.identity ?? '',
    source,
  };
}

/** Is this host on this machine, so that plain HTTP may be spoken with it? */
export function isLoopback(host: string): boolean {
  return loopbackForm.test(host);
}
