import { AppError, describeError } from '../base/index.ts';
import type { Clock, HttpClient, HttpRequest, HttpResponse, Random } from '../ports/index.ts';
import { parseErrorBody } from '../wire/oci/index.ts';
import { createAuthorizer, type RegistryAction, refused } from './auth.ts';
import type { Budget } from './budget.ts';
import { ociErrors } from './errors.ts';
import type { Repository } from './repository.ts';
import { parseRetryAfterMs } from './retry-after.ts';
import { sleep } from './sleep.ts';

/** One request to a repository. */
export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  /** Below `/v2/<name>/`, e.g. "tags/list?n=1000"; or an absolute path that the registry named itself. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maxBodyBytes: number;
  /** For messages: what was asked for, e.g. `tag "main"`. */
  readonly subject: string;
}

/** Sends requests to registries: scheme, authorization, budget and retries in one place. */
export interface Transport {
  /** Any answer of status 2xx, 304 or 404; everything else is an oci.* error. */
  send(repository: Repository, request: RegistryRequest, signal: AbortSignal): Promise<HttpResponse>;
}

/** What the transport works with. */
export interface TransportDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: Budget;
  /** May plain HTTP be spoken with this registry? HTTPS is tried first. */
  mayBePlain(host: string): boolean;
  /** Called for each answer: host and status. */
  readonly onAnswer?: (host: string, status: number) => void;
}

const maxAttempts = 3;
const firstDelayMs = 300;
const defaultPauseMs = 30_000;
const retriable: readonly number[] = [408, 499, 500, 502, 503, 504, 522];

/** Creates the transport. */
export function createTransport(deps: TransportDeps): Transport {
  const authorizer = createAuthorizer(deps);
  const schemes = new Map<string, 'https' | 'http'>();

  async function exchange(
    repository: Repository,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    await deps.budget.take(repository.host, signal);
    const response = await deps.http.request(request, signal);
    deps.onAnswer?.(repository.host, response.status);
    return response;
  }

  /** Some hosts may speak either; which one is found out once, with a request that carries no secret. */
  async function schemeOf(repository: Repository, signal: AbortSignal): Promise<'https' | 'http'> {
    if (!deps.mayBePlain(repository.host)) return 'https';
    const known = schemes.get(repository.host);
    if (known !== undefined) return known;
    const ping = { method: 'GET', url: `https://${repository.host}/v2/`, ...tlsOf(repository) };
    const scheme = await exchange(repository, ping, signal).then(
      () => 'https' as const,
      (error: unknown) => {
        if (signal.aborted) throw signal.reason;
        if (ociErrors.is(error)) throw error;
        if (!speaksPlainly(error)) throw error;
        return 'http' as const;
      },
    );
    schemes.set(repository.host, scheme);
    return scheme;
  }

  async function sendAuthorized(
    repository: Repository,
    request: RegistryRequest,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const scheme = await schemeOf(repository, signal);
    const action: RegistryAction =
      request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'pull,push';
    const path = request.path.startsWith('/') ? request.path : `/v2/${repository.name}/${request.path}`;
    const base = {
      method: request.method,
      url: `${scheme}://${repository.host}${path}`,
      maxBodyBytes: request.maxBodyBytes,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...tlsOf(repository),
    };
    const withHeader = (authorization: string | undefined): HttpRequest => ({
      ...base,
      headers: { ...request.headers, ...(authorization === undefined ? {} : { authorization }) },
    });
    const used = authorizer.known(repository, action);
    const first = await exchange(repository, withHeader(used), signal);
    if (first.status !== 401) return first;
    const challenge = first.headers['www-authenticate'];
    const header = await authorizer.answer({ repository, action, used, challenge }, signal);
    return exchange(repository, withHeader(header), signal);
  }

  async function attempt(
    repository: Repository,
    request: RegistryRequest,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const response = await sendAuthorized(repository, request, signal).catch((error: unknown) => {
      throw toUnreachable(error, repository, request, signal);
    });
    if (isUsable(response.status)) return response;
    throw toError(response, repository, request, deps);
  }

  return {
    async send(repository, request, signal) {
      for (let count = 1; ; count++) {
        try {
          return await attempt(repository, request, signal);
        } catch (error) {
          const isWorthIt = ociErrors.is(error, 'oci.unreachable') && error.data['final'] !== true;
          if (!isWorthIt || count === maxAttempts) throw error;
          const delayMs = firstDelayMs * 3 ** (count - 1) * (0.75 + deps.random.next() / 2);
          await sleep(deps.clock, delayMs, signal);
        }
      }
    },
  };
}

function isUsable(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304 || status === 404;
}

function tlsOf(repository: Repository): Pick<HttpRequest, 'tls'> {
  return repository.source.insecureSkipTLSVerify === true ? { tls: { insecureSkipVerify: true } } : {};
}

/** Did the connection fail as it does when TLS is spoken to a server that does not? */
function speaksPlainly(error: unknown): boolean {
  const reason = error instanceof AppError ? error.data['reason'] : undefined;
  return typeof reason === 'string' && /^(?:EPROTO|ERR_SSL|ECONNRESET|UND_ERR_SOCKET)/.test(reason);
}

/** Errors of HTTP that another try cannot mend. */
const finalCodes: readonly string[] = [
  'http.tls-failed',
  'http.too-large',
  'http.invalid-request',
  'http.redirect-refused',
];

function toUnreachable(
  error: unknown,
  repository: Repository,
  request: RegistryRequest,
  signal: AbortSignal,
): unknown {
  if (signal.aborted) return signal.reason;
  if (ociErrors.is(error)) return error;
  const message = `cannot read ${request.subject} of ${repository.label} at registry ${repository.host}: ${describeError(error)}`;
  return ociErrors.create('oci.unreachable', message, {
    cause: error,
    data: {
      final: error instanceof AppError && finalCodes.includes(error.code),
      registry: repository.host,
      repository: repository.label,
    },
  });
}

function toError(
  response: HttpResponse,
  repository: Repository,
  request: RegistryRequest,
  deps: TransportDeps,
): Error {
  const codes = parseErrorBody(response.body).map((problem) => problem.code);
  const named = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
  const about = `${request.subject} of ${repository.label}`;
  const data = { registry: repository.host, repository: repository.label, status: response.status };
  const askedMs = parseRetryAfterMs(response.headers['retry-after'], deps.clock.nowMs());
  if (response.status === 401 || response.status === 403) {
    return refused(repository, `it answers ${response.status}${named} to ${request.subject}`);
  }
  if (response.status === 429 || (response.status === 503 && askedMs !== undefined)) {
    const retryAfterMs = askedMs ?? defaultPauseMs;
    deps.budget.pause(repository.host, retryAfterMs);
    const message = `registry ${repository.host} answers ${response.status}${named} to ${about} and asks for a pause`;
    return ociErrors.create('oci.rate-limited', message, { data, retryAfterMs });
  }
  const message = `registry ${repository.host} answers ${response.status}${named} to ${about}`;
  if (retriable.includes(response.status)) return ociErrors.create('oci.unreachable', message, { data });
  return ociErrors.create('oci.protocol', message, { data });
}
