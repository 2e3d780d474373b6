import { LRUCache } from 'lru-cache';
import { type Digest, digestOf } from '../wire/oci/index.ts';
import { problemWith } from './failures.ts';
import { type FetchedManifest, fetchRaw, type RawManifest, readManifest } from './manifests.ts';
import type { Repository } from './repository.ts';
import { createSharing } from './sharing.ts';
import type { Transport } from './transport.ts';

/** Small documents that are addressed by digest and so never change. */
export interface Contents {
  /** The manifest of this digest; `undefined` when the registry does not have it. */
  readManifest(
    repository: Repository,
    digest: Digest,
    signal: AbortSignal,
  ): Promise<FetchedManifest | undefined>;
  /** The configuration of this digest. */
  readConfig(repository: Repository, digest: Digest, signal: AbortSignal): Promise<Uint8Array>;
  /** Keeps what was fetched by tag. */
  keep(repository: Repository, raw: RawManifest): Promise<void>;
}

/**
 * Keeps contents beyond the life of a process. What it gives back was checked against the digest; what it cannot read or
 * write it does not have. A place is a registry's repository, so that nothing is found by whoever guesses a digest of
 * another one.
 */
export interface ContentStore {
  get(place: string, digest: Digest): Promise<RawManifest | undefined>;
  put(place: string, raw: RawManifest): Promise<void>;
  /** Is anything of this place there? */
  knows(place: string): Promise<boolean>;
}

/** Where contents of a repository are kept, whoever asks. */
export function contentPlace({ host, name }: Repository): string {
  return `${host}/${name}`;
}

const maxConfigBytes = 16 * 1024 * 1024;

/**
 * Creates the reader of contents: what is kept in memory, then in the store, then the registry. Callers have resolved a
 * root that leads to the digest with their own identity; equal requests of one identity are one.
 */
export function createContents(
  transport: Transport,
  options: { readonly maxBytes: number; readonly store?: ContentStore },
): Contents {
  const { store } = options;
  const memory = new LRUCache<string, RawManifest>({
    maxSize: options.maxBytes,
    sizeCalculation: ({ content }) => content.length + 300,
  });
  const sharing = createSharing<RawManifest | undefined>();

  async function keep(repository: Repository, raw: RawManifest): Promise<void> {
    const place = contentPlace(repository);
    memory.set(`${place}@${raw.digest}`, raw);
    await store?.put(place, raw);
  }

  async function read(
    repository: Repository,
    digest: Digest,
    fetch: () => Promise<RawManifest | undefined>,
    signal: AbortSignal,
  ): Promise<RawManifest | undefined> {
    const place = contentPlace(repository);
    const known = memory.get(`${place}@${digest}`);
    if (known !== undefined) return known;
    return sharing.join(
      `${repository.identity}\n${place}@${digest}`,
      async () => {
        const stored = await store?.get(place, digest);
        const raw = stored ?? (await fetch());
        if (stored !== undefined) memory.set(`${place}@${digest}`, stored);
        else if (raw !== undefined) await keep(repository, raw);
        return raw;
      },
      signal,
    );
  }

  return {
    keep,
    async readManifest(repository, digest, signal) {
      const fetch = () => fetchRaw(transport, repository, digest, signal);
      const raw = await read(repository, digest, fetch, signal);
      return raw === undefined ? undefined : readManifest(repository, digest, raw);
    },
    async readConfig(repository, digest, signal) {
      const fetch = () => fetchConfig(transport, repository, digest, signal);
      const raw = await read(repository, digest, fetch, signal);
      if (raw !== undefined) return raw.content;
      throw problemWith('oci.protocol', { repository, subject: `config ${digest}` }, 'does not exist');
    },
  };
}

async function fetchConfig(
  transport: Transport,
  repository: Repository,
  digest: Digest,
  signal: AbortSignal,
): Promise<RawManifest | undefined> {
  const subject = `config ${digest}`;
  const response = await transport.send(
    repository,
    { method: 'GET', path: `blobs/${digest}`, maxBodyBytes: maxConfigBytes, subject },
    signal,
  );
  if (response.status === 404) return undefined;
  if (digestOf(response.body, digest) !== digest) {
    throw problemWith('oci.digest-mismatch', { repository, subject }, 'has other content');
  }
  return { digest, mediaType: '', content: response.body };
}
