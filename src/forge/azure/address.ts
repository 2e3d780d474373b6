import { forgeErrors } from '../errors.ts';
import { decodePath, type RepoAddress } from '../repo-url.ts';

/** A repository at Azure DevOps. */
export interface AzureAddress {
  /** The repository's API, without a final slash. */
  readonly api: string;
  /** The repository's page for people. */
  readonly page: string;
  /** The organization or collection, without a final slash. */
  readonly home: string;
}

/**
 * Reads the forms in which Azure DevOps writes its addresses: "https://dev.azure.com/org/project/_git/repo", the older
 * "https://org.visualstudio.com/project/_git/repo", "git@ssh.dev.azure.com:v3/org/project/repo", and those of own servers,
 * "https://host/collection/project/_git/repo". A repository named like its project may leave the project out.
 *
 * Errors: forge.not-found.
 */
export function readAzureAddress(address: RepoAddress): AzureAddress {
  const { home, project, name } = readSsh(address) ?? readHttp(address) ?? refuse(address);
  const [projectPart, namePart] = [toPart(project), toPart(name)];
  return {
    home,
    api: `${home}/${projectPart}/_apis/git/repositories/${namePart}`,
    page: `${home}/${projectPart}/_git/${namePart}`,
  };
}

interface AzureParts {
  /** Organization or collection. */
  readonly home: string;
  readonly project: string;
  readonly name: string;
}

function readSsh({ path }: RepoAddress): AzureParts | undefined {
  // For example "v3/org/project/repo".
  const found = /^v3\/(?<org>[^/]+)\/(?<project>[^/]+)\/(?<name>[^/]+)$/.exec(path)?.groups;
  if (found === undefined) return undefined;
  const { org, project = '', name = '' } = found;
  return { home: `https://dev.azure.com/${org}`, project, name };
}

function readHttp({ scheme, host, hostname, path }: RepoAddress): AzureParts | undefined {
  // For example "org/project/_git/repo".
  const found = /^(?:(?<before>.+)\/)?_git\/(?<name>[^/]+)$/.exec(path)?.groups;
  if (found === undefined) return undefined;
  const { before = '', name = '' } = found;
  const parts = before.split('/').filter((part) => part !== '');
  const org = /^(?<org>[^.]+)\.visualstudio\.com$/i.exec(hostname)?.groups?.['org'];
  if (org !== undefined) {
    const [project = name] = parts.filter((part) => part.toLowerCase() !== 'defaultcollection');
    return { home: `https://dev.azure.com/${org}`, project, name };
  }
  // At dev.azure.com the organization is one part; the collections of own servers may lie deeper.
  const isProjectLeftOut = hostname.toLowerCase() === 'dev.azure.com' && parts.length === 1;
  const project = isProjectLeftOut ? name : (parts.at(-1) ?? name);
  const collection = isProjectLeftOut ? parts : parts.slice(0, -1);
  return { home: [`${scheme}://${host}`, ...collection].join('/'), project, name };
}

function refuse({ path }: RepoAddress): never {
  const message = `the address of "${path}" is not one of a repository at Azure DevOps`;
  throw forgeErrors.create('forge.not-found', message);
}

/** One part of a path, escaped once, whether it came escaped or not. */
function toPart(text: string): string {
  return encodeURIComponent(decodePath(text));
}
