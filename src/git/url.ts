import type { GitRemote } from '../ports/index.ts';
import { gitErrors } from './errors.ts';

/** Where a remote is, in the forms that are needed. */
export interface RepositoryAddress {
  /** Names the repository whatever way its URL was written; safe to log. */
  readonly store: string;
  /** The URL without user, query and final slash; the service's names are appended to it. */
  readonly base: string;
  readonly origin: string;
  readonly host: string;
}

/** Reads the URL of a remote. Errors: git.unsupported for anything but http and https. */
export function parseRemoteUrl(remote: GitRemote): RepositoryAddress {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw gitErrors.create(
      'git.unsupported',
      `the URL ${describeUrl(remote.url)} is not an http or https URL`,
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  return {
    store: `${url.origin}${path.replace(/\.git$/, '').toLowerCase()}`,
    base: url.origin + path,
    origin: url.origin,
    host: url.host,
  };
}

/** A URL as it may stand in a message: without user and password. */
export function describeUrl(url: string): string {
  return JSON.stringify(url.replace(/\/\/[^/@]*@/, '//'));
}
