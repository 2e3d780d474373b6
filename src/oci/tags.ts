import { isJsonObject } from '../base/index.ts';
import { isTagName, parseNextLink } from '../wire/oci/index.ts';
import { ociErrors } from './errors.ts';
import type { Repository } from './repository.ts';
import type { Transport } from './transport.ts';

const pageSize = 1000;
const maxPages = 1000;
const maxPageBytes = 16 * 1024 * 1024;

/** Every tag of a repository, page by page; links that leave the list are refused. */
export async function listTags(
  transport: Transport,
  repository: Repository,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const tags = new Set<string>();
  let path: string | undefined = `tags/list?n=${pageSize}`;
  for (let page = 0; path !== undefined; page++) {
    if (page === maxPages) throw wrong(repository, `has more than ${maxPages} pages`);
    const response = await transport.send(
      repository,
      {
        method: 'GET',
        path,
        headers: { accept: 'application/json' },
        maxBodyBytes: maxPageBytes,
        subject: 'the tag list',
      },
      signal,
    );
    if (response.status === 404) {
      throw ociErrors.create(
        'oci.not-found',
        `registry ${repository.host} has no repository ${repository.label}`,
        {
          data: { registry: repository.host, repository: repository.label },
        },
      );
    }
    const before = tags.size;
    for (const tag of readTags(response.body, repository)) if (isTagName(tag)) tags.add(tag);
    path = nextPath(response.headers['link'], response.url, repository);
    if (path !== undefined && tags.size === before) throw wrong(repository, 'goes on without new tags');
  }
  return [...tags];
}

function readTags(body: Uint8Array, repository: Repository): readonly string[] {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw wrong(repository, 'is not JSON');
  }
  if (!isJsonObject(document)) throw wrong(repository, 'is not a JSON object');
  const tags = document['tags'] ?? [];
  if (!Array.isArray(tags)) throw wrong(repository, 'has no "tags"');
  return tags.filter((tag) => typeof tag === 'string');
}

/** Path and query of the next page; it must be a tag list of the same repository at the same host. */
function nextPath(header: string | undefined, from: string, repository: Repository): string | undefined {
  const target = parseNextLink(header);
  if (target === undefined) return undefined;
  const next = URL.canParse(target, from) ? new URL(target, from) : undefined;
  const isSame =
    next?.origin === new URL(from).origin && next.pathname === `/v2/${repository.name}/tags/list`;
  if (next === undefined || !isSame) throw wrong(repository, 'links to a page elsewhere');
  return next.pathname + next.search;
}

function wrong(repository: Repository, problem: string): Error {
  return ociErrors.create(
    'oci.protocol',
    `the tag list of ${repository.label} at registry ${repository.host} ${problem}`,
    {
      data: { registry: repository.host, repository: repository.label },
    },
  );
}
