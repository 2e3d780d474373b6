import { forgeErrors } from '../errors.ts';
import type { RepoAddress } from '../repo-url.ts';

/** A repository of a Bitbucket Data Center. */
export interface ServerAddress {
  /** The repository's API, without a final slash. */
  readonly api: string;
  /** The repository's page for people. */
  readonly page: string;
  /** Key of the project; "~name" for what belongs to a person. */
  readonly project: string;
  readonly slug: string;
}

/**
 * Reads the forms in which the host writes its addresses: "https://host/scm/key/slug", below a context path too,
 * "ssh://git@host:7999/key/slug", and the page "https://host/projects/KEY/repos/slug". Errors: forge.not-found.
 */
export function readServerAddress({ scheme, host, path }: RepoAddress): ServerAddress {
  // For example "bitbucket/scm/ops/gitops".
  const cloned = /^(?:(?<context>.+)\/)?scm\/(?<project>[^/]+)\/(?<slug>[^/]+)$/;
  // For example "bitbucket/projects/OPS/repos/gitops/browse".
  const shown = /^(?:(?<context>.+)\/)?projects\/(?<project>[^/]+)\/repos\/(?<slug>[^/]+)(?:\/.*)?$/;
  // For example "ops/gitops".
  const short = /^(?<project>[^/]+)\/(?<slug>[^/]+)$/;
  const found = (cloned.exec(path) ?? shown.exec(path) ?? short.exec(path))?.groups;
  if (found === undefined) {
    const message = `the address of "${path}" is not one of a repository at Bitbucket Data Center`;
    throw forgeErrors.create('forge.not-found', message);
  }
  const { context, project = '', slug = '' } = found;
  const home = `${scheme}://${host}${context === undefined ? '' : `/${context}`}`;
  const place = `projects/${project}/repos/${slug}`;
  return { api: `${home}/rest/api/1.0/${place}`, page: `${home}/${place}`, project, slug };
}
