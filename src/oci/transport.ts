import type {
  Clock,
  HostBudgets,
  HttpClient,
  HttpHead,
  HttpRequest,
  HttpResponse,
  HttpStream,
  Random,
} from '../ports/index.ts';
import { parseErrorBody } from '../wire/oci/index.ts';
import { createAuthorizer } from './auth/authorizer.ts';
import { refused } from './auth/refused.ts';
import { createTokenClient, type RegistryAction } from './auth/token.ts';
import { startDeadline } from './deadline.ts';
import { ociErrors } from './errors.ts';
import { problemWith, toOciError } from './failures.ts';
import { placeOf, type RegistryHosts, type Repository, turnOf } from './repository.ts';
import { createSchemes } from './scheme.ts';
import { sleep } from './sleep.ts';

/** One request to a repository. */
export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/v2/<name>/`, e.g. "tags/list?n=1000"; or an absolute path that the registry named itself. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A function gives the body anew for each try. */
  readonly body?: Uint8Array | (() => AsyncIterable<Uint8Array>);
  readonly maxBodyBytes: number;
  /** For messages: what was asked for, e.g. `tag "main"`. */
  readonly subject: string;
  /** Does it count as a pull? */
  readonly isPull?: boolean;
  /** May it be sent again when nobody knows what became of it? By default it may. */
  readonly isRepeatable?: boolean;
  /** For the whole exchange, or for a stream until its headers and between its chunks. */
  readonly timeoutMs?: number;
  /** Statuses that are answers beside 2xx, 304 and 404. */
  readonly alsoFine?: readonly number[];
}

/** Sends requests to registries: scheme, authorization, budget and retries in one place. */
export interface Transport {
  /** Any answer of status 2xx, 304 or 404; everything else is an oci.* error. */
  send(repository: Repository, request: RegistryRequest, signal: AbortSignal): Promise<HttpResponse>;
  /** The same, with the body still to be read. */
  open(repository: Repository, request: RegistryRequest, signal: AbortSignal): Promise<HttpStream>;
  /**
   * Reads an answer while it arrives, within two minutes; what is cut is asked for again, and `read` begins anew.
   */
  consume<T>(
    repository: Repository,
    request: RegistryRequest,
    read: (answer: HttpStream) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}

/** What the transport works with. */
export interface TransportDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly budgets: HostBudgets;
  readonly hosts: RegistryHosts;
  /** Called for each answer: host and status. */
  readonly onAnswer?: (host: string, status: number) => void;
}

type Exchange<Answer extends HttpHead> = (request: HttpRequest, signal: AbortSignal) => Promise<Answer>;

const maxAttempts = 3;
const firstDelayMs = 300;
/** A pause that is as short as this is over before the next try. */
const patienceMs = 2_000;
/** A list or document that takes longer to arrive is sent drop by drop. */
const maxReadMs = 120_000;
const retriable: readonly number[] = [408, 499, 500, 502, 503, 504, 522];

/** Creates the transport. */
export function createTransport(deps: TransportDeps): Transport {
  const authorizer = createAuthorizer({ clock: deps.clock, tokens: createTokenClient(deps) });
  const whole: Exchange<HttpResponse> = (request, signal) => deps.http.request(request, signal);
  const stream: Exchange<HttpStream> = (request, signal) => deps.http.stream(request, signal);
  const schemes = createSchemes((repository, request, signal) =>
    exchange(repository, { ...request, redirect: 'return' }, signal, whole),
  );

  function exchange<Answer extends HttpHead>(
    repository: Repository,
    request: HttpRequest & { readonly isPull?: boolean },
    signal: AbortSignal,
    make: Exchange<Answer>,
  ): Promise<Answer> {
    const { isPull = false, ...plain } = request;
    return deps.budgets.run(
      { ...turnOf(repository), isPull },
      async () => {
        const answer = await make(plain, signal);
        deps.onAnswer?.(repository.host, answer.status);
        return answer;
      },
      signal,
    );
  }

  async function sendAuthorized<Answer extends HttpHead>(
    repository: Repository,
    request: RegistryRequest,
    signal: AbortSignal,
    make: Exchange<Answer>,
  ): Promise<Answer> {
    const scheme = await schemes.schemeOf(repository, signal);
    const action: RegistryAction =
      request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'pull,push';
    const trySend = (authorization: string | undefined): Promise<Answer> =>
      exchange(repository, toHttp(repository, request, scheme, authorization), signal, make);
    const used = authorizer.known(repository, action);
    const first = await trySend(used);
    // A credential that was good once and is refused now may have been replaced: one new try.
    const isRefused = first.status === 401 || (first.status === 403 && used !== undefined);
    if (!isRefused) return first;
    const challenge = first.status === 401 ? first.headers['www-authenticate'] : undefined;
    const header = await authorizer.answer({ repository, action, used, challenge }, signal);
    if (header === undefined) return first;
    await discard(first);
    return trySend(header);
  }

  async function attempt<Answer extends HttpHead>(
    repository: Repository,
    request: RegistryRequest,
    signal: AbortSignal,
    make: Exchange<Answer>,
  ): Promise<Answer> {
    const subject = { repository, subject: request.subject };
    const answer = await sendAuthorized(repository, request, signal, make).catch((error: unknown) => {
      throw toOciError(error, subject, signal);
    });
    const isFine = isUsable(answer.status) || request.alsoFine?.includes(answer.status) === true;
    if (!isFine) throw await toStatusError(answer, repository, request, deps.budgets);
    const encoding = answer.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity' && request.method !== 'HEAD') {
      await discard(answer);
      // It was not asked for, and unpacking it could fill the memory.
      throw problemWith('oci.protocol', subject, `comes compressed by "${encoding.slice(0, 20)}"`);
    }
    return answer;
  }

  async function repeat<T>(
    { isRepeatable = true }: RegistryRequest,
    work: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    for (let count = 1; ; count++) {
      try {
        return await work();
      } catch (error) {
        if (count === maxAttempts || !isRepeatable || !isWorthAnotherTry(error)) throw error;
        const delayMs = firstDelayMs * 3 ** (count - 1) * (0.75 + deps.random.next() / 2);
        await sleep(deps.clock, delayMs, signal);
      }
    }
  }

  async function consumeOnce<T>(
    repository: Repository,
    request: RegistryRequest,
    read: (answer: HttpStream) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    using deadline = startDeadline(deps.clock, maxReadMs, signal);
    try {
      return await read(await attempt(repository, request, deadline.signal, stream));
    } catch (error) {
      const subject = { repository, subject: request.subject };
      if (!deadline.isOver) throw toOciError(error, subject, signal);
      throw problemWith('oci.unreachable', subject, `takes longer than ${maxReadMs / 1000} s to arrive`);
    }
  }

  return {
    send: (repository, request, signal) =>
      repeat(request, () => attempt(repository, request, signal, whole), signal),
    open: (repository, request, signal) =>
      repeat(request, () => attempt(repository, request, signal, stream), signal),
    consume: (repository, request, read, signal) =>
      repeat(request, () => consumeOnce(repository, request, read, signal), signal),
  };
}

function toHttp(
  repository: Repository,
  request: RegistryRequest,
  scheme: string,
  authorization: string | undefined,
): HttpRequest & { readonly isPull?: boolean } {
  const { method, path, body, isPull, timeoutMs } = request;
  const below = path.startsWith('/') ? path : `/v2/${repository.name}/${path}`;
  return {
    method,
    url: `${scheme}://${repository.host}${below}`,
    headers: {
      'accept-encoding': 'identity',
      ...request.headers,
      ...(authorization === undefined ? {} : { authorization }),
    },
    maxBodyBytes: request.maxBodyBytes,
    // What is written must arrive where it was sent; what is read may lie elsewhere, and is asked for without secrets.
    redirect: method === 'GET' || method === 'HEAD' ? 'follow' : 'refuse',
    ...(body === undefined ? {} : { body: typeof body === 'function' ? body() : body }),
    ...(repository.tls === undefined ? {} : { tls: repository.tls }),
    ...(isPull === undefined ? {} : { isPull }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function isUsable(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304 || status === 404;
}

function isWorthAnotherTry(error: unknown): boolean {
  if (ociErrors.is(error, 'oci.unreachable')) return error.data['final'] !== true;
  return ociErrors.is(error, 'oci.rate-limited') && (error.retryAfterMs ?? patienceMs + 1) <= patienceMs;
}

/** Closes what will not be read. */
async function discard(answer: HttpHead): Promise<void> {
  if (!isStream(answer)) return;
  for await (const _ of answer.body) break;
}

function isStream(answer: HttpHead): answer is HttpStream {
  const body = 'body' in answer ? answer.body : undefined;
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

const maxErrorBytes = 65_536;

/** The beginning of an error's body; whatever it is, it is only looked at for the codes of the specification. */
async function readErrorBody(answer: HttpHead): Promise<Uint8Array> {
  if (!isStream(answer)) {
    return 'body' in answer && answer.body instanceof Uint8Array ? answer.body : new Uint8Array();
  }
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > maxErrorBytes) break;
    }
  } catch {
    // The status is known; that its explanation was cut does not matter.
  }
  return Buffer.concat(chunks);
}

async function toStatusError(
  answer: HttpHead,
  repository: Repository,
  request: RegistryRequest,
  budgets: HostBudgets,
): Promise<Error> {
  const { status } = answer;
  const codes = parseErrorBody(await readErrorBody(answer)).map((problem) => problem.code.slice(0, 60));
  const named = codes.length === 0 ? '' : ` (${codes.slice(0, 5).join(', ')})`;
  const about = `${request.subject} of ${repository.label}`;
  const data = { ...placeOf(repository), status };
  if (status === 401 || status === 403) {
    return refused(repository, `it answers ${status}${named} to ${request.subject}`);
  }
  const pauseMs = budgets.pauseMs({ ...turnOf(repository), isPull: request.isPull === true });
  if (status === 429 || (status === 503 && pauseMs > 0)) {
    const message = `registry ${repository.host} answers ${status}${named} to ${about} and asks for a pause`;
    return ociErrors.create('oci.rate-limited', message, { data, retryAfterMs: Math.ceil(pauseMs) });
  }
  const message = `registry ${repository.host} answers ${status}${named} to ${about}`;
  if (retriable.includes(status)) return ociErrors.create('oci.unreachable', message, { data });
  const isPush = request.method !== 'GET' && request.method !== 'HEAD';
  if (isPush && status >= 400 && status < 500) return ociErrors.create('oci.push-refused', message, { data });
  return ociErrors.create('oci.protocol', message, { data });
}
