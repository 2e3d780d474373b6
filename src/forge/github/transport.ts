import {
  AppError,
  type Disposition,
  describeError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../base/index.ts';
import type { Clock, GitRemote, HttpClient, HttpResponse } from '../../ports/index.ts';
import { forgeErrors } from '../errors.ts';
import type { RepoAddress } from '../repo-url.ts';

/** One request to the API. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** Below the repository, e.g. "/pulls/1". */
  readonly path: string;
  readonly body?: JsonObject;
  /** For messages, e.g. `pull request 1 of "example/gitops"`. */
  readonly what: string;
}

const timeoutMs = 30_000;
const maxBodyBytes = 16 * 1024 * 1024;
/** What GitHub asks for when it does not say how long to wait. */
const usualWaitMs = 60_000;
const longestWaitMs = 3_600_000;

/** Sends a request about a repository and gives the JSON of its answer. Errors: forge.*. */
export async function callApi(
  deps: { readonly http: HttpClient; readonly clock: Clock },
  repo: { readonly address: RepoAddress; readonly remote: GitRemote },
  call: ApiCall,
  signal: AbortSignal,
): Promise<JsonValue> {
  const { address, remote } = repo;
  const token = remote.credential?.password;
  const request = {
    method: call.method,
    url: `${apiBase(address)}/repos/${address.path}${call.path}`,
    headers: {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    timeoutMs,
    maxBodyBytes,
    tls: { insecureSkipVerify: remote.insecureSkipTLSVerify === true },
  };
  const response = await deps.http.request(request, signal).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : toForgeError(error, call);
  });
  const body = parseBody(response);
  if (response.status >= 200 && response.status < 300) {
    if (body !== undefined) return body;
    throw forgeErrors.create('forge.protocol', `GitHub’s answer about ${call.what} is not JSON`);
  }
  throw toRefusal(deps.clock, response, body, call);
}

/** Where the API of a host is. */
export function apiBase({ scheme, host, hostname }: RepoAddress): string {
  if (hostname === 'github.com' || hostname === 'www.github.com') return 'https://api.github.com';
  return hostname.endsWith('.ghe.com') ? `https://api.${host}` : `${scheme}://${host}/api/v3`;
}

function parseBody(response: HttpResponse): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(response.body).toString()) as JsonValue;
  } catch {
    // A page instead of JSON is told by the status; the caller decides.
    return undefined;
  }
}

function toRefusal(
  clock: Clock,
  response: HttpResponse,
  body: JsonValue | undefined,
  call: ApiCall,
): AppError {
  const { status } = response;
  const reason = readReason(body);
  const says = reason === undefined ? `status ${status}` : `status ${status}, "${reason}"`;
  const message = `GitHub answers the request for ${call.what} with ${says}`;
  const data = { status, reason };
  if (isRateLimited(response, reason)) {
    return forgeErrors.create('forge.rate-limited', message, {
      data,
      retryAfterMs: readWait(clock, response),
    });
  }
  if (status === 401 || status === 403) return forgeErrors.create('forge.auth-failed', message, { data });
  if (status === 404 || status === 410) return forgeErrors.create('forge.not-found', message, { data });
  if (status >= 500 || status === 408) return forgeErrors.create('forge.unreachable', message, { data });
  const code = status >= 400 ? 'forge.rejected' : 'forge.protocol';
  return forgeErrors.create(code, message, { data });
}

function isRateLimited({ status, headers }: HttpResponse, reason: string | undefined): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  if (headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0') return true;
  // The secondary limits are told apart from missing permission by their text alone.
  return /secondary rate limit|abuse detection/i.test(reason ?? '');
}

function readWait(clock: Clock, { headers }: HttpResponse): number {
  const afterSec = Number(headers['retry-after'] ?? Number.NaN);
  const resetSec = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  const isSpent = headers['x-ratelimit-remaining'] === '0';
  const waitMs = Number.isFinite(afterSec)
    ? afterSec * 1000
    : isSpent && Number.isFinite(resetSec)
      ? resetSec * 1000 - clock.nowMs()
      : usualWaitMs;
  return Math.min(Math.max(waitMs, 1000), longestWaitMs);
}

/** GitHub's own words: its message and the more exact ones in the list of errors. */
function readReason(body: JsonValue | undefined): string | undefined {
  if (!isJsonObject(body) || typeof body['message'] !== 'string') return undefined;
  const errors = Array.isArray(body['errors']) ? (body['errors'] as readonly JsonValue[]) : [];
  const details = errors.flatMap((error) => {
    if (typeof error === 'string') return [error];
    if (!isJsonObject(error)) return [];
    if (typeof error['message'] === 'string') return [error['message']];
    return typeof error['field'] === 'string' ? [`${error['field']} ${String(error['code'])}`] : [];
  });
  return [body['message'], ...details].join(': ').replaceAll(/\s+/g, ' ').slice(0, 500);
}

function toForgeError(error: unknown, call: ApiCall): AppError {
  const disposition: Disposition = error instanceof AppError ? error.disposition : 'retry';
  const message = `the request for ${call.what} did not reach GitHub: ${describeError(error)}`;
  return forgeErrors.create('forge.unreachable', message, { cause: error, disposition });
}
