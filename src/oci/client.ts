import { LRUCache } from 'lru-cache';
import type { ImageFacts } from '../domain/index.ts';
import type { Clock, HostBudgets, HttpClient, Metrics, Random, Registry } from '../ports/index.ts';
import { type Digest, isTagName, parseDigest } from '../wire/oci/index.ts';
import { type ContentStore, contentPlace, createContents } from './contents.ts';
import { ociErrors } from './errors.ts';
import { readFacts, readLabels } from './facts.ts';
import { type FetchedManifest, fetchRaw, headTag, readManifest } from './manifests.ts';
import { registryRequestsMetric } from './metrics.ts';
import { type RegistryHosts, type Repository, toRepository } from './repository.ts';
import { createSharing } from './sharing.ts';
import { type KnownTags, listTags } from './tags.ts';
import { createTransport, type Transport } from './transport.ts';

/** What is known beforehand, and limits of what is remembered. */
export interface RegistryClientOptions {
  readonly hosts?: RegistryHosts;
  /** Images whose facts are kept, and tags of which is known where they pointed; 100,000 unless told. */
  readonly maxCachedImages?: number;
  /** Keeps manifests and configurations beyond the life of the process. */
  readonly store?: ContentStore;
}

/** What the client works with. */
export interface RegistryClientDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly budgets: HostBudgets;
  readonly metrics?: Metrics;
}

const defaultMaxCachedImages = 100_000;
/** Manifests and configurations kept in memory. */
const maxCachedBytes = 16 * 1024 * 1024;
/** Tag lists that can be asked for on the condition that they changed. */
const maxKnownLists = 1_000;

/** Creates a client of image registries that remembers what digests cannot change. */
export function createRegistryClient(
  deps: RegistryClientDeps,
  options: RegistryClientOptions = {},
): Registry {
  const { hosts = {}, store } = options;
  const transport = createRegistryTransport(deps, hosts);
  const contents = createContents(transport, {
    maxBytes: maxCachedBytes,
    ...(store === undefined ? {} : { store }),
  });
  const max = options.maxCachedImages ?? defaultMaxCachedImages;
  /** By repository and digest: for everybody who has found the digest there. */
  const images = new LRUCache<string, ImageFacts>({ max });
  /** By identity, repository and tag: whether asking for the digest alone is likely to be enough. */
  const seenTags = new LRUCache<string, true>({ max });
  const seenRoots = new LRUCache<string, true>({ max: maxKnownLists });
  const lists = new LRUCache<string, KnownTags>({ max: maxKnownLists });
  /** Registries that do not tell the digest without sending the manifest. */
  const withoutHead = new LRUCache<string, true>({ max: maxKnownLists });
  const reading = createSharing<ImageFacts>();

  const rootOf = ({ identity, host, name }: Repository): string => [identity, host, name].join('\n');

  async function isLikelyKnown(repository: Repository, tag: string): Promise<boolean> {
    if (withoutHead.has(repository.host)) return false;
    const root = rootOf(repository);
    if (seenTags.has(`${root}\n${tag}`)) return true;
    // After a restart, what the store has tells that most tags were seen before.
    return !seenRoots.has(root) && (await store?.knows(contentPlace(repository))) === true;
  }

  function factsOf(
    repository: Repository,
    fetched: FetchedManifest,
    signal: AbortSignal,
  ): Promise<ImageFacts> {
    const key = `${contentPlace(repository)}@${fetched.digest}`;
    const known = images.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const read = async (): Promise<ImageFacts> => {
      const facts = await readFacts(contents, repository, fetched, signal);
      images.set(key, facts);
      return facts;
    };
    return reading.join(`${repository.identity}\n${key}`, read, signal);
  }

  async function readDigest(
    repository: Repository,
    digest: Digest,
    signal: AbortSignal,
  ): Promise<ImageFacts | undefined> {
    const known = images.get(`${contentPlace(repository)}@${digest}`);
    if (known !== undefined) return known;
    const fetched = await contents.readManifest(repository, digest, signal);
    return fetched === undefined ? undefined : factsOf(repository, fetched, signal);
  }

  async function readTag(
    repository: Repository,
    tag: string,
    signal: AbortSignal,
  ): Promise<ImageFacts | undefined> {
    if (await isLikelyKnown(repository, tag)) {
      const head = await headTag(transport, repository, tag, signal);
      if (head.kind === 'missing') return undefined;
      if (head.kind === 'unknown') withoutHead.set(repository.host, true);
      else {
        const facts = await readDigest(repository, head.digest, signal);
        // Mirrors may know a tag and not the digest that it stands for.
        if (facts !== undefined) return facts;
      }
    }
    const raw = await fetchRaw(transport, repository, tag, signal);
    if (raw === undefined) return undefined;
    const fetched = readManifest(repository, tag, raw);
    await contents.keep(repository, raw);
    return factsOf(repository, fetched, signal);
  }

  return {
    async listTags(source, signal) {
      const repository = toRepository(source, hosts);
      const key = rootOf(repository);
      const { tags, etag } = await listTags(transport, repository, lists.get(key), signal);
      if (etag === undefined) lists.delete(key);
      else lists.set(key, { tags, etag });
      return tags;
    },
    async readTag(source, tag, signal) {
      const repository = toRepository(source, hosts);
      if (!isTagName(tag) && parseDigest(tag) === undefined) {
        throw ociErrors.create(
          'oci.invalid-reference',
          `"${tag}" is not a tag that ${repository.label} can have`,
        );
      }
      const facts = await readTag(repository, tag, signal);
      seenRoots.set(rootOf(repository), true);
      if (facts !== undefined) seenTags.set(`${rootOf(repository)}\n${tag}`, true);
      return facts;
    },
    async readLabels(source, digest, platform, signal) {
      const repository = toRepository(source, hosts);
      const parsed = parseDigest(digest);
      if (parsed === undefined) throw ociErrors.create('oci.invalid-reference', `"${digest}" is no digest`);
      return readLabels(contents, repository, parsed, platform, signal);
    },
  };
}

/** The transport with its counter; also of the clients that push and download. */
export function createRegistryTransport(deps: RegistryClientDeps, hosts: RegistryHosts): Transport {
  const counter = deps.metrics?.counter(registryRequestsMetric);
  return createTransport({
    ...deps,
    hosts,
    onAnswer: (_host, status) => counter?.add({ status: `${Math.floor(status / 100)}xx` }),
  });
}
