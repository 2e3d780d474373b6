import { LRUCache } from 'lru-cache';
import type { Credential, GitRemote, HttpClient, HttpHead, HttpRequest } from '../ports/index.ts';
import {
  type Advertisement,
  type Capabilities,
  encodeFetchRequest,
  encodeLsRefsRequest,
  encodePack,
  encodePushCommands,
  type FetchRequest,
  type GitObject,
  type GitService,
  hasFeature,
  type IdentifiedObject,
  PacketReader,
  type PushReport,
  type RefCommand,
  type RemoteRef,
  readAdvertisement,
  readFetchResponse,
  readLsRefsResponse,
  readPack,
  readPushReport,
  readSideBand,
} from '../wire/git/index.ts';
import { gitErrors } from './errors.ts';
import type { GitMetrics, GitOperation } from './metrics.ts';
import { toGitError, toStatusError } from './translate.ts';
import { describeUrl, parseRemoteUrl, type RepositoryAddress } from './url.ts';

/** Limits of the exchanges with git hosts. */
export interface TransportOptions {
  /** For one whole exchange. */
  readonly requestTimeoutMs: number;
  /** The longest silence of a host. */
  readonly stallTimeoutMs: number;
  readonly maxPackBytes: number;
}

/** What a push brought back: the report, and what the host said to people meanwhile. */
export interface PushAnswer {
  readonly report: PushReport;
  readonly said: string;
}

/** What is remembered of a repository after its first answer. */
interface Endpoint {
  /** Where the host redirected to, or the address as configured. */
  readonly base: string;
  readonly capabilities: Capabilities;
}

interface Exchange {
  readonly remote: GitRemote;
  readonly operation: GitOperation;
  readonly request: Omit<HttpRequest, 'url'> & { readonly path: string };
  readonly contentType: string;
}

/** Repositories whose capabilities are remembered. */
const maxEndpoints = 5_000;

/** Text of a host that is kept for messages, in characters. */
const maxSaid = 600;

/**
 * The exchanges of git's protocol version 2 over HTTP, one method each. Nothing is cached but what servers can do.
 *
 * Errors: git.auth-failed, git.not-found, git.rate-limited, git.unreachable, git.protocol, git.unsupported,
 * git.object-missing, git.too-large.
 */
export class GitTransport {
  readonly #http: HttpClient;
  readonly #metrics: GitMetrics;
  readonly #options: TransportOptions;
  readonly #endpoints = new LRUCache<string, Endpoint>({ max: maxEndpoints });
  /** Hosts whose receive-pack is known to report in side-bands; then a push needs no first request. */
  readonly #reporting = new LRUCache<string, true>({ max: maxEndpoints });

  constructor(http: HttpClient, metrics: GitMetrics, options: TransportOptions) {
    this.#http = http;
    this.#metrics = metrics;
    this.#options = options;
  }

  /** The references whose names start with one of the prefixes. One request, two for a new repository. */
  async listRefs(remote: GitRemote, prefixes: readonly string[], signal: AbortSignal): Promise<RemoteRef[]> {
    const endpoint = await this.#endpoint(remote, signal);
    const body = encodeLsRefsRequest({ prefixes, peel: true, symrefs: true }, agent(endpoint.capabilities));
    return this.#exchange(
      this.#post(remote, 'ls-refs', 'git-upload-pack', body),
      async (stream) => readLsRefsResponse(new PacketReader(stream)),
      signal,
    );
  }

  /** Objects by id. Filters that the server does not know are left out, so that more may come than was asked for. */
  async fetch(
    remote: GitRemote,
    request: Omit<FetchRequest, 'done'>,
    resolveBase: (id: string) => GitObject | undefined,
    signal: AbortSignal,
  ): Promise<IdentifiedObject[]> {
    const endpoint = await this.#endpoint(remote, signal);
    const { filter, ...rest } = request;
    const canFilter = hasFeature(endpoint.capabilities, 'fetch', 'filter');
    const body = encodeFetchRequest(
      {
        ...rest,
        ...(canFilter && filter !== undefined ? { filter } : {}),
        done: true,
        offsetDelta: true,
        noProgress: true,
      },
      agent(endpoint.capabilities),
    );
    return this.#exchange(
      this.#post(remote, 'fetch', 'git-upload-pack', body),
      async (stream) => {
        const answer = await readFetchResponse(new PacketReader(stream));
        if (answer.pack === undefined) throw gitErrors.create('git.protocol', 'the answer has no pack');
        return readPack(answer.pack, {
          maxPackBytes: this.#options.maxPackBytes,
          resolveBase: async (id) => resolveBase(id),
        });
      },
      signal,
    );
  }

  /** Does the server leave out what a filter names? Known after the first exchange. */
  canFilter(remote: GitRemote): boolean {
    const endpoint = this.#endpoints.get(parseRemoteUrl(remote).store);
    return endpoint !== undefined && hasFeature(endpoint.capabilities, 'fetch', 'filter');
  }

  /** Changes references by compare-and-swap. One request, two for a new host of unknown make. */
  async push(
    remote: GitRemote,
    commands: readonly RefCommand[],
    objects: readonly GitObject[],
    signal: AbortSignal,
  ): Promise<PushAnswer> {
    await this.#knowReceivePack(remote, signal);
    const isCreating = commands.some((command) => !/^0+$/.test(command.newId));
    const head = encodePushCommands(commands, ['report-status', 'side-band-64k', 'agent=gantry']);
    const body = isCreating ? Buffer.concat([head, await encodePack(objects)]) : head;
    let said = '';
    const report = await this.#exchange(
      this.#post(remote, 'push', 'git-receive-pack', body),
      async (stream) => {
        const inner = readSideBand(new PacketReader(stream), (text) => {
          if (said.length < maxSaid) said += text;
        });
        return readPushReport(new PacketReader(inner));
      },
      signal,
    );
    return { report, said: cleanSaid(said) };
  }

  async #knowReceivePack(remote: GitRemote, signal: AbortSignal): Promise<void> {
    const { origin, store } = parseRemoteUrl(remote);
    if (this.#reporting.has(origin) || isKnownToReport(this.#endpoints.get(store))) return;
    const { capabilities } = await this.#advertise(remote, 'git-receive-pack', signal);
    if (!capabilities.has('report-status') || !capabilities.has('side-band-64k')) {
      throw gitErrors.create('git.unsupported', `${describeUrl(remote.url)} does not report how a push ends`);
    }
    this.#reporting.set(origin, true);
  }

  async #endpoint(remote: GitRemote, signal: AbortSignal): Promise<Endpoint> {
    const { store, base } = parseRemoteUrl(remote);
    const known = this.#endpoints.get(store);
    if (known !== undefined) return known;
    const { version, capabilities, url } = await this.#advertise(remote, 'git-upload-pack', signal);
    if (version !== 2) {
      throw gitErrors.create(
        'git.unsupported',
        `${describeUrl(remote.url)} does not speak version 2 of git's protocol`,
      );
    }
    const endpoint = { base: redirectedBase(base, url), capabilities };
    this.#endpoints.set(store, endpoint);
    return endpoint;
  }

  async #advertise(
    remote: GitRemote,
    service: GitService,
    signal: AbortSignal,
  ): Promise<Advertisement & { readonly url: string }> {
    return this.#exchange(
      {
        remote,
        operation: 'info-refs',
        request: {
          method: 'GET',
          path: `/info/refs?service=${service}`,
          headers: service === 'git-upload-pack' ? { 'git-protocol': 'version=2' } : {},
        },
        contentType: `application/x-${service}-advertisement`,
      },
      async (stream, head) => ({ ...(await readAdvertisement(new PacketReader(stream))), url: head.url }),
      signal,
    );
  }

  #post(remote: GitRemote, operation: GitOperation, service: GitService, body: Uint8Array): Exchange {
    return {
      remote,
      operation,
      request: {
        method: 'POST',
        path: `/${service}`,
        headers: {
          'content-type': `application/x-${service}-request`,
          accept: `application/x-${service}-result`,
          ...(service === 'git-upload-pack' ? { 'git-protocol': 'version=2' } : {}),
        },
        body,
      },
      contentType: `application/x-${service}-result`,
    };
  }

  /** One request: authorized, limited, counted, its errors in the words of this module. */
  async #exchange<Answer>(
    { remote, operation, request, contentType }: Exchange,
    read: (body: AsyncIterable<Uint8Array>, head: HttpHead) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const address = parseRemoteUrl(remote);
    const what = `${operation} of ${describeUrl(remote.url)}`;
    const timeout = AbortSignal.timeout(this.#options.requestTimeoutMs);
    const count = (result: string): void =>
      this.#metrics.requests.add({ host: address.host, operation, result });
    try {
      const stream = await this.#http.stream(
        this.#toRequest(remote, address, request),
        AbortSignal.any([signal, timeout]),
      );
      if (stream.status !== 200) {
        await discard(stream.body);
        throw toStatusError(stream, what);
      }
      if (stream.headers['content-type']?.split(';')[0] !== contentType) {
        await discard(stream.body);
        throw gitErrors.create(
          'git.protocol',
          `${what}: the answer is not git's but ${stream.headers['content-type'] ?? 'nothing known'}`,
        );
      }
      const answer = await read(this.#counted(stream.body, address.host), stream);
      count('ok');
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      const translated = timeout.aborted
        ? gitErrors.create(
            'git.unreachable',
            `${what}: no answer within ${this.#options.requestTimeoutMs} ms`,
            { cause: error },
          )
        : toGitError(error, what);
      count(gitErrors.is(translated) ? translated.code : 'error');
      // What was known may be out of date: the repository may have moved or been replaced.
      this.#endpoints.delete(address.store);
      throw translated;
    }
  }

  async *#counted(body: AsyncIterable<Uint8Array>, host: string): AsyncIterable<Uint8Array> {
    for await (const chunk of body) {
      this.#metrics.receivedBytes.add({ host }, chunk.length);
      yield chunk;
    }
  }

  #toRequest(remote: GitRemote, address: RepositoryAddress, request: Exchange['request']): HttpRequest {
    const base = this.#endpoints.get(address.store)?.base ?? address.base;
    const { path, ...rest } = request;
    const authorization = isTrusted(address.base, base) ? toAuthorization(remote.credential) : undefined;
    return {
      ...rest,
      url: base + path,
      headers: { ...rest.headers, ...(authorization === undefined ? {} : { authorization }) },
      timeoutMs: this.#options.stallTimeoutMs,
      maxBodyBytes: this.#options.maxPackBytes,
      ...(remote.insecureSkipTLSVerify === true ? { tls: { insecureSkipVerify: true } } : {}),
    };
  }
}

/** Git itself, and what hosts make of it, has reported in side-bands for longer than it has spoken version 2. */
function isKnownToReport(endpoint: Endpoint | undefined): boolean {
  const [name = ''] = endpoint?.capabilities.get('agent') ?? [];
  return name.startsWith('git/') || name.startsWith('gantry-git-server');
}

function agent(capabilities: Capabilities): string[] {
  return capabilities.has('agent') ? ['agent=gantry'] : [];
}

function toAuthorization(credential: Credential | undefined): string | undefined {
  if (credential?.password === undefined && credential?.username === undefined) return undefined;
  const text = `${credential.username ?? 'git'}:${credential.password ?? ''}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** Where a redirect of the first request led, as git takes it. */
function redirectedBase(base: string, url: string): string {
  const at = url.indexOf('/info/refs');
  return at < 0 ? base : url.slice(0, at);
}

/** Credentials go to the host they are for, also when it redirects from http to https. */
function isTrusted(configured: string, base: string): boolean {
  const from = new URL(configured);
  const to = new URL(base);
  return from.hostname === to.hostname && (from.origin === to.origin || to.protocol === 'https:');
}

async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  // Leaving the loop closes the connection; nothing of the text is used.
  for await (const _ of body) break;
}

function cleanSaid(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e\u00a1-\uffff]+/g, ' ')
    .trim()
    .slice(0, maxSaid);
}
