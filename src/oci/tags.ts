import { createTagListReader, isTagName, parseNextLink } from '../wire/oci/index.ts';
import { ociErrors } from './errors.ts';
import { problemWith } from './failures.ts';
import { placeOf, type Repository } from './repository.ts';
import type { Transport } from './transport.ts';

const pageSize = 1000;
const maxPages = 1000;
const maxPageBytes = 32 * 1024 * 1024;
/** Of a repository; with more, nobody could choose in reasonable time. */
const maxTags = 250_000;
const subject = 'the tag list';

/** A list that can be asked for again on the condition that it changed; only one of a single page. */
export interface KnownTags {
  readonly etag: string;
  readonly tags: readonly string[];
}

/** Every tag of a repository, page by page; links that leave the list are refused. */
export async function listTags(
  transport: Transport,
  repository: Repository,
  known: KnownTags | undefined,
  signal: AbortSignal,
): Promise<{ readonly tags: readonly string[]; readonly etag: string | undefined }> {
  const tags = new Set<string>();
  let query: string | undefined = `?n=${pageSize}`;
  for (let page = 0; query !== undefined; page++) {
    if (page === maxPages) throw wrong(repository, `has more than ${maxPages} pages`);
    const before = tags.size;
    const validators: Record<string, string> =
      page === 0 && known !== undefined ? { 'if-none-match': known.etag } : {};
    const answer = await readPage(transport, repository, { query, validators, tags }, signal);
    if (answer.isUnchanged && known !== undefined) return known;
    query = nextQuery(answer.link, answer.url, repository);
    if (query === undefined && page === 0) return { tags: [...tags], etag: answer.etag };
    if (query !== undefined && tags.size === before) throw wrong(repository, 'goes on without new tags');
  }
  return { tags: [...tags], etag: undefined };
}

interface Page {
  readonly url: string;
  readonly link: string | undefined;
  readonly etag: string | undefined;
  readonly isUnchanged: boolean;
}

/** Reads a page while it arrives: a large one is decoded piece by piece. */
async function readPage(
  transport: Transport,
  repository: Repository,
  request: {
    readonly query: string;
    readonly validators: Readonly<Record<string, string>>;
    readonly tags: Set<string>;
  },
  signal: AbortSignal,
): Promise<Page> {
  return transport.consume(
    repository,
    {
      method: 'GET',
      path: `tags/list${request.query}`,
      headers: { accept: 'application/json', ...request.validators },
      maxBodyBytes: maxPageBytes,
      subject,
    },
    async ({ status, url, headers, body }) => {
      const reader = createTagListReader();
      for await (const chunk of body) {
        if (status !== 200 || reader.isBroken) break;
        for (const tag of reader.push(chunk)) if (isTagName(tag)) request.tags.add(tag);
        if (request.tags.size > maxTags) {
          throw problemWith('oci.too-large', { repository, subject }, `has more than ${maxTags} tags`);
        }
      }
      if (status === 404) {
        const message = `registry ${repository.host} has no repository ${repository.label}`;
        throw ociErrors.create('oci.not-found', message, { data: placeOf(repository) });
      }
      const isUnchanged = status === 304;
      const problem = isUnchanged ? undefined : reader.end();
      if (problem !== undefined) throw wrong(repository, problem);
      return { url, link: headers['link'], etag: headers['etag'], isUnchanged };
    },
    signal,
  );
}

/**
 * The query of the next page. It is asked for at the repository's own address, so that a link can lead nowhere else; one
 * that means to is an error. Artifactory leaves the front of the repository's path out.
 */
function nextQuery(header: string | undefined, from: string, repository: Repository): string | undefined {
  const target = parseNextLink(header);
  if (target === undefined) return undefined;
  const page = new URL(from);
  const next = URL.canParse(target, from) ? new URL(target, from) : undefined;
  if (next === undefined || next.host !== page.host) throw wrong(repository, 'links to a page elsewhere');
  const shortened = isShortened(next.pathname, repository.name);
  if (next.pathname !== page.pathname && !shortened) throw wrong(repository, 'links to a page elsewhere');
  return next.search;
}

function isShortened(path: string, name: string): boolean {
  const short = /^\/v2\/(?<name>.+)\/tags\/list$/.exec(path)?.groups?.['name'];
  return short !== undefined && name.endsWith(`/${short}`);
}

function wrong(repository: Repository, problem: string): Error {
  return problemWith('oci.protocol', { repository, subject }, problem);
}
