import { LRUCache } from 'lru-cache';
import type { ImageFacts } from '../domain/index.ts';
import type { Clock, HttpClient, Metrics, Random, Registry } from '../ports/index.ts';
import { isTagName } from '../wire/oci/index.ts';
import { createBudget } from './budget.ts';
import { ociErrors } from './errors.ts';
import { fetchManifest, headTag, readFacts } from './images.ts';
import { registryRequestsMetric } from './metrics.ts';
import { isLoopback, type Repository, toRepository } from './repository.ts';
import { listTags } from './tags.ts';
import { createTransport } from './transport.ts';

/** Limits of the client. */
export interface RegistryClientOptions {
  /** Per host; 20 unless told. */
  readonly requestsPerSecond?: number;
  /** Hosts, with their port, with which plain HTTP may be spoken; those on this machine always may. */
  readonly plainHttpHosts?: readonly string[];
  /** Images whose facts are kept; 100,000 unless told. */
  readonly maxCachedImages?: number;
}

/** What the client works with. */
export interface RegistryClientDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics?: Metrics;
}

const defaultRequestsPerSecond = 20;
const defaultMaxCachedImages = 100_000;

/** Creates a client of image registries that remembers what digests cannot change. */
export function createRegistryClient(
  deps: RegistryClientDeps,
  options: RegistryClientOptions = {},
): Registry {
  const transport = createTransport({ ...deps, ...transportParts(deps, options) });
  const max = options.maxCachedImages ?? defaultMaxCachedImages;
  const images = new LRUCache<string, ImageFacts>({ max });
  const digests = new LRUCache<string, string>({ max });

  async function readTag(
    repository: Repository,
    tag: string,
    signal: AbortSignal,
  ): Promise<ImageFacts | undefined> {
    const root = [repository.identity, repository.host, repository.name].join('\n');
    const tagKey = `${root}\n${tag}`;
    let reference = tag;
    if (digests.has(tagKey)) {
      const digest = await headTag(transport, repository, tag, signal);
      if (digest === 'missing') return undefined;
      const known = digest === undefined ? undefined : images.get(`${root}\n${digest}`);
      if (known !== undefined) return known;
      reference = digest ?? tag;
    }
    const fetched = await fetchManifest(transport, repository, reference, signal);
    if (fetched === undefined) return undefined;
    const imageKey = `${root}\n${fetched.digest}`;
    const facts = images.get(imageKey) ?? (await readFacts(transport, repository, fetched, signal));
    images.set(imageKey, facts);
    digests.set(tagKey, fetched.digest);
    return facts;
  }

  return {
    async listTags(source, signal) {
      return listTags(transport, toRepository(source), signal);
    },
    async readTag(source, tag, signal) {
      const repository = toRepository(source);
      if (!isTagName(tag)) {
        throw ociErrors.create(
          'oci.invalid-reference',
          `"${tag}" is not a tag that ${repository.label} can have`,
        );
      }
      return readTag(repository, tag, signal);
    },
  };
}

/** The budget and the counter of a client; also used by the push client. */
export function transportParts(
  deps: RegistryClientDeps,
  options: RegistryClientOptions,
): Pick<Parameters<typeof createTransport>[0], 'budget' | 'mayBePlain' | 'onAnswer'> {
  const requestsPerSecond = options.requestsPerSecond ?? defaultRequestsPerSecond;
  const counter = deps.metrics?.counter(registryRequestsMetric);
  return {
    budget: createBudget(deps.clock, { requestsPerSecond, burst: requestsPerSecond }),
    mayBePlain: (host) => isLoopback(host) || options.plainHttpHosts?.includes(host) === true,
    onAnswer: (_host, status) => counter?.add({ status: `${Math.floor(status / 100)}xx` }),
  };
}
