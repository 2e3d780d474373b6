import { AppError, type Disposition, describeError, type JsonObject, type JsonValue } from '../base/index.ts';
import type { Credential, GitRemote, HttpResponse } from '../ports/index.ts';
import { forgeErrors } from './errors.ts';
import type { HostDeps } from './host.ts';
import type { PauseKey } from './pauses.ts';
import { isBudgetSpent } from './rate-limit.ts';

/** What differs between the APIs of git hosts, below their operations. */
export interface HostStyle {
  /** For messages, e.g. "GitLab". */
  readonly name: string;
  /** User name and password in the form that the host wants, e.g. "Bearer abc"; `undefined` without one. */
  authorize(credential: Credential | undefined): string | undefined;
  /** More headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The host's own words in the body of a refusal. */
  readReason(body: JsonValue | undefined): string | undefined;
  /** Refusals for too many requests that look like missing rights. */
  isRateLimited?(response: HttpResponse, reason: string | undefined): boolean;
  /** Hosts that answer a wrong credential with their sign-in page instead of a refusal. */
  readonly hasSignInPage?: boolean;
}

/** One request to the API of a host. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly url: string;
  readonly body?: JsonObject;
  /** For messages, e.g. `pull request 1 of "example/gitops"`. */
  readonly what: string;
}

/** A successful answer. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: HttpResponse['headers'];
  /** `undefined` when there is none. */
  readonly body: JsonValue | undefined;
}

const timeoutMs = 30_000;
const maxBodyBytes = 16 * 1024 * 1024;
const longestReason = 500;

/** A credential whose password is a bearer token. */
export function authorizeBearer(credential: Credential | undefined): string | undefined {
  return credential?.password === undefined ? undefined : `Bearer ${credential.password}`;
}

/** A name and a password in the form of basic authentication. */
export function formatBasic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Sends a request to a git host and gives its successful answer. Errors: forge.*. */
export async function callHost(
  deps: HostDeps,
  style: HostStyle,
  request: ApiCall & { readonly remote: GitRemote },
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const { method, url, body: sent, remote, what } = request;
  const authorization = authorize(style, remote.credential);
  const asker = { host: new URL(url).host, identity: remote.credential?.identity };
  deps.pauses.check(asker);
  const draft = {
    method,
    url,
    headers: {
      accept: 'application/json',
      ...style.headers,
      ...(authorization === undefined ? {} : { authorization }),
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    ...(style.hasSignInPage === true ? { redirect: 'return' as const } : {}),
    timeoutMs,
    maxBodyBytes,
    tls: { insecureSkipVerify: remote.insecureSkipTLSVerify === true },
  };
  const response = await deps.http.request(draft, signal).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : toUnreachable(style, error, what);
  });
  const text = Buffer.from(response.body).toString();
  const body = parseJson(text);
  if (isSignInPage(style, response)) {
    const message = `${style.name} answers the request for ${what} with its sign-in page (status ${response.status})`;
    throw forgeErrors.create('forge.auth-failed', message, { data: { status: response.status } });
  }
  if (response.status < 200 || response.status >= 300) {
    throw toRefusal(deps, style, { asker, response, body, what });
  }
  deps.pauses.answered(asker, response);
  if (body === undefined && text.trim() !== '') {
    throw forgeErrors.create('forge.protocol', `${style.name}’s answer about ${what} is not JSON`);
  }
  return { status: response.status, headers: response.headers, body };
}

/** A token that git sends as it is, is sent as it is here too; all hosts know bearer tokens. */
function authorize(style: HostStyle, credential: Credential | undefined): string | undefined {
  const token = credential?.bearerToken;
  return token === undefined ? style.authorize(credential) : `Bearer ${token}`;
}

/** What a host said when it understood a request and declined it; `undefined` for any other error. */
export function readRejection(
  error: unknown,
): { readonly status: number; readonly reason: string } | undefined {
  if (!forgeErrors.is(error, 'forge.rejected')) return undefined;
  const { status, reason } = error.data;
  return { status: Number(status), reason: typeof reason === 'string' ? reason : `status ${String(status)}` };
}

/** One line of a host's words, of a length that fits into a condition. */
export function trimReason(parts: readonly string[]): string | undefined {
  const text = parts.filter((part) => part !== '').join(': ');
  return text === '' ? undefined : text.replaceAll(/\s+/g, ' ').trim().slice(0, longestReason);
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // A page instead of JSON is told by the status; the caller decides.
    return undefined;
  }
}

function isSignInPage(style: HostStyle, { status }: HttpResponse): boolean {
  return style.hasSignInPage === true && (status === 203 || (status >= 300 && status < 400));
}

function toRefusal(
  deps: HostDeps,
  style: HostStyle,
  refusal: {
    readonly asker: PauseKey;
    readonly response: HttpResponse;
    readonly body: JsonValue | undefined;
    readonly what: string;
  },
): AppError {
  const { asker, response, body, what } = refusal;
  const { status } = response;
  const reason = style.readReason(body);
  const says = reason === undefined ? `status ${status}` : `status ${status}, "${reason}"`;
  const message = `${style.name} answers the request for ${what} with ${says}`;
  const data = { status, reason };
  if (isRateLimited(style, response, reason)) {
    const retryAfterMs = deps.pauses.refused(asker, response);
    return forgeErrors.create('forge.rate-limited', message, { data, retryAfterMs });
  }
  deps.pauses.answered(asker, response);
  if (status === 401 || status === 403) return forgeErrors.create('forge.auth-failed', message, { data });
  if (status === 404 || status === 410) return forgeErrors.create('forge.not-found', message, { data });
  if (status >= 500 || status === 408) return forgeErrors.create('forge.unreachable', message, { data });
  const code = status >= 400 ? 'forge.rejected' : 'forge.protocol';
  return forgeErrors.create(code, message, { data });
}

function isRateLimited(style: HostStyle, response: HttpResponse, reason: string | undefined): boolean {
  if (response.status === 429) return true;
  if (response.status !== 403) return false;
  if (response.headers['retry-after'] !== undefined || isBudgetSpent(response)) return true;
  return style.isRateLimited?.(response, reason) === true;
}

function toUnreachable(style: HostStyle, error: unknown, what: string): AppError {
  const disposition: Disposition = error instanceof AppError ? error.disposition : 'retry';
  const message = `the request for ${what} did not reach ${style.name}: ${describeError(error)}`;
  return forgeErrors.create('forge.unreachable', message, { cause: error, disposition });
}
