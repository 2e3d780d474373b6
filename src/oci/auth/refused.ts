import { ociErrors } from '../errors.ts';
import { placeOf, type Repository } from '../repository.ts';

/** The error for a credential that a registry does not accept. */
export function refused(repository: Repository, why: string): Error {
  const { credential } = repository.source;
  const who = credential === undefined ? 'without a credential' : `with ${credential.identity}`;
  return ociErrors.create(
    'oci.auth-failed',
    `registry ${repository.host} refuses access to ${repository.label} ${who}: ${why}`,
    { data: { ...placeOf(repository), identity: credential?.identity } },
  );
}
