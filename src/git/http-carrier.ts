import { LRUCache } from 'lru-cache';
import type { Credential, GitRemote, HttpClient, HttpHead, HttpRequest } from '../ports/index.ts';
import {
  type Advertisement,
  type GitService,
  PacketReader,
  parseCapabilities,
  readAdvertisement,
} from '../wire/git/index.ts';
import { accessKey } from './access.ts';
import { type Call, type Carrier, type CarrierOptions, countBytes, type Next, undertake } from './carrier.ts';
import { gitErrors } from './errors.ts';
import type { GitMetrics, GitOperation } from './metrics.ts';
import { together } from './together.ts';
import { toStatusError } from './translate.ts';
import { type HttpAddress, parseHttpUrl } from './url.ts';

/** What is remembered of a repository after its first answer. */
interface Endpoint {
  /** Where the host redirected to, or the address as configured. */
  readonly base: string;
  /** Without references. */
  readonly advertisement: Advertisement;
}

/** An advertisement and where it came from. */
type Advertised = Advertisement & { readonly url: string };

/** One HTTP request of an exchange. */
interface Request {
  readonly remote: GitRemote;
  readonly operation: GitOperation;
  readonly request: Omit<HttpRequest, 'url'> & { readonly path: string };
  readonly contentType: string;
}

/** Repositories whose capabilities are remembered. */
const maxEndpoints = 5_000;

/** How long an answer that has said everything may take to end, in milliseconds; then nobody waits for its end. */
const endGraceMs = 1_000;
/** What may follow an answer, in bytes. */
const maxRestBytes = 64 * 1024;

/** What every git has been able to do for pushes since before version 2. */
const usualForPushes: Advertisement = {
  version: 0,
  capabilities: parseCapabilities('report-status side-band-64k'),
  refs: [],
};

/** Carries exchanges over smart HTTP. Nothing is cached but what servers can do. */
export class HttpCarrier implements Carrier {
  readonly #http: HttpClient;
  readonly #metrics: GitMetrics;
  readonly #options: CarrierOptions;
  readonly #endpoints = new LRUCache<string, Endpoint>({ max: maxEndpoints });
  readonly #receiving = new LRUCache<string, Advertisement>({ max: maxEndpoints });
  /** Hosts whose receive-pack is known to report in side-bands; then a push needs no first request. */
  readonly #reporting = new LRUCache<string, true>({ max: maxEndpoints });

  /** What is asked of a repository before anything else. */
  readonly #firsts = together<Advertised>();

  constructor(http: HttpClient, metrics: GitMetrics, options: CarrierOptions) {
    this.#http = http;
    this.#metrics = metrics;
    this.#options = options;
  }

  async exchange<Answer>(
    call: Call,
    next: (advertisement: Advertisement) => Promise<Next<Answer>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const advertisement =
      call.service === 'git-upload-pack'
        ? await this.#uploading(call, signal)
        : await this.#receivingOf(call, signal);
    const step = await next(advertisement);
    if (step.kind === 'answered') return step.answer;
    const isV2 = call.service === 'git-upload-pack' && advertisement.version === 2;
    return this.#send(toPost(call, step.body, isV2), (stream) => step.read(stream), signal);
  }

  /** What upload-pack advertises: remembered, unless its references are the answer. */
  async #uploading({ remote, operation }: Call, signal: AbortSignal): Promise<Advertisement> {
    const { base } = parseHttpUrl(remote);
    const place = placeOf(remote);
    const known = this.#endpoints.get(place)?.advertisement;
    if (known !== undefined && (known.version === 2 || operation !== 'ls-refs')) return known;
    const { url, ...advertisement } = await this.#firsts.join(
      `${accessKey(remote)}\n${place}`,
      (shared) => this.#advertise(remote, 'git-upload-pack', shared),
      signal,
    );
    const endpoint = { base: redirectedBase(base, url), advertisement: { ...advertisement, refs: [] } };
    this.#endpoints.set(place, endpoint);
    return advertisement;
  }

  async #receivingOf({ remote, needs = [] }: Call, signal: AbortSignal): Promise<Advertisement> {
    const { origin } = parseHttpUrl(remote);
    const place = placeOf(remote);
    const known = this.#receiving.get(place);
    if (known !== undefined) return known;
    const isUsual = this.#reporting.has(origin) || isKnownToReport(this.#endpoints.get(place)?.advertisement);
    if (isUsual && needs.length === 0) return usualForPushes;
    const { url: _, ...advertisement } = await this.#advertise(remote, 'git-receive-pack', signal);
    const { capabilities } = advertisement;
    if (capabilities.has('report-status') && capabilities.has('side-band-64k')) {
      this.#reporting.set(origin, true);
      this.#receiving.set(place, { ...advertisement, refs: [] });
    }
    return advertisement;
  }

  #advertise(remote: GitRemote, service: GitService, signal: AbortSignal): Promise<Advertised> {
    return this.#send(
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

  /** One request: authorized, limited, counted. */
  #send<Answer>(
    { remote, operation, request, contentType }: Request,
    read: (body: AsyncIterable<Uint8Array>, head: HttpHead) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const address = parseHttpUrl(remote);
    const metrics = this.#metrics;
    const timeoutMs = this.#options.requestTimeoutMs;
    return undertake(
      { remote, operation, host: address.host, timeoutMs, metrics },
      async (what, limited) => {
        try {
          const stream = await this.#http.stream(this.#toRequest(remote, address, request), limited);
          if (stream.status !== 200) {
            await discard(stream.body);
            throw toStatusError(stream, what);
          }
          if (stream.headers['content-type']?.split(';')[0] !== contentType) {
            await discard(stream.body);
            const type = stream.headers['content-type'] ?? 'nothing known';
            throw gitErrors.create('git.protocol', `${what}: the answer is not git's but ${type}`);
          }
          return await readWhole(countBytes(stream.body, address.host, metrics), (body) =>
            read(body, stream),
          );
        } catch (error) {
          // What was known may be out of date: the repository may have moved or been replaced.
          this.#endpoints.delete(placeOf(remote));
          this.#receiving.delete(placeOf(remote));
          throw error;
        }
      },
      signal,
    );
  }

  #toRequest(remote: GitRemote, address: HttpAddress, request: Request['request']): HttpRequest {
    const base = this.#endpoints.get(placeOf(remote))?.base ?? address.base;
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

function toPost({ remote, operation, service }: Call, body: Uint8Array, isV2: boolean): Request {
  const headers = {
    'content-type': `application/x-${service}-request`,
    accept: `application/x-${service}-result`,
    ...(isV2 ? { 'git-protocol': 'version=2' } : {}),
  };
  return {
    remote,
    operation,
    request: { method: 'POST', path: `/${service}`, headers, body },
    contentType: `application/x-${service}-result`,
  };
}

/** Git itself, and what hosts make of it, has reported in side-bands for longer than it has spoken version 2. */
function isKnownToReport(advertisement: Advertisement | undefined): boolean {
  const [name = ''] = advertisement?.capabilities.get('agent') ?? [];
  return name.startsWith('git/') || name.startsWith('gantry-git-server');
}

function toAuthorization(credential: Credential | undefined): string | undefined {
  if (credential?.bearerToken !== undefined) return `Bearer ${credential.bearerToken}`;
  if (credential?.password === undefined && credential?.username === undefined) return undefined;
  const text = `${credential.username ?? 'git'}:${credential.password ?? ''}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** A host that somebody does not make prove its name must not decide where the others go. */
function placeOf(remote: GitRemote): string {
  return `${parseHttpUrl(remote).store}\n${remote.insecureSkipTLSVerify === true}`;
}

/** Where a redirect of the first request led, as git takes it. */
function redirectedBase(base: string, url: string): string {
  const at = url.indexOf('/info/refs');
  return at < 0 ? base : url.slice(0, at);
}

/** Credentials go to the server they are for, also when it redirects from http to https at the usual ports. */
function isTrusted(configured: string, base: string): boolean {
  const from = new URL(configured);
  const to = new URL(base);
  if (from.origin === to.origin) return true;
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:';
  return isUpgrade && from.hostname === to.hostname && from.port === '' && to.port === '';
}

/** Reads an answer, and what is left behind it: only then can its connection carry the next request. */
async function readWhole<Answer>(
  body: AsyncGenerator<Uint8Array>,
  read: (body: AsyncIterable<Uint8Array>) => Promise<Answer>,
): Promise<Answer> {
  try {
    const answer = await read(body);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, endGraceMs);
    });
    await Promise.race([readRest(body), late]);
    clearTimeout(timer);
    return answer;
  } catch (error) {
    void body.return(undefined).catch(() => undefined);
    throw error;
  }
}

async function readRest(body: AsyncIterable<Uint8Array>): Promise<void> {
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxRestBytes) return;
    }
  } catch {
    // What was asked for has come already.
  }
}

async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  // Leaving the loop closes the connection; nothing of the text is used.
  for await (const _ of body) break;
}
