import { AppError, describeError, isJsonObject, type JsonValue } from '../../base/index.ts';
import type { Clock, HttpClient, HttpResponse } from '../../ports/index.ts';
import { type GitHubApp, signIn } from './app.ts';
import { githubAppErrors } from './errors.ts';

/** A token of an installation, and until when it is good. */
export interface InstallationToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** What is asked for: names of repositories, without their owner. */
export interface TokenOrder {
  readonly app: GitHubApp;
  readonly api: string;
  readonly repositories: readonly string[];
}

const timeoutMs = 20_000;
const maxBodyBytes = 1024 * 1024;
/** A new token is not known everywhere at GitHub at once. */
const probeWaitsMs: readonly number[] = [3000, 10_000, 30_000];
const usualWaitMs = 60_000;
const longestWaitMs = 3_600_000;
const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };

/**
 * Gets a token for some repositories of an installation, and gives it when GitHub accepts it.
 *
 * Limits: four tries of the new token, 43 seconds. Errors: github-app.*.
 */
export async function fetchToken(
  { http, clock }: { readonly http: HttpClient; readonly clock: Clock },
  order: TokenOrder,
  signal: AbortSignal,
): Promise<InstallationToken> {
  const ask = (method: string, path: string, authorization: string, body?: string): Promise<HttpResponse> =>
    http
      .request(
        {
          method,
          url: `${order.api}${path}`,
          headers: {
            ...headers,
            authorization: `Bearer ${authorization}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body }),
          redirect: 'refuse',
          timeoutMs,
          maxBodyBytes,
        },
        signal,
      )
      .catch((error: unknown) => {
        throw signal.aborted ? signal.reason : unreachable(error);
      });
  const { installation } = order.app;
  const path = `/app/installations/${installation}/access_tokens`;
  const body = JSON.stringify({ repositories: order.repositories });
  const response = await ask('POST', path, signIn(order.app, clock.nowMs()), body);
  if (response.status !== 201) throw refused(clock, response, order);
  const made = parseToken(response, order);
  for (const waitMs of [...probeWaitsMs, undefined]) {
    const { status } = await ask('GET', '/installation/repositories?per_page=1', made.token);
    if (status !== 401) return made;
    if (waitMs !== undefined) await pause(clock, waitMs, signal);
  }
  throw githubAppErrors.create(
    'github-app.refused',
    'GitHub does not accept the token that it has just given',
  );
}

function parseToken(response: HttpResponse, order: TokenOrder): InstallationToken {
  const body = parseJson(response);
  const { token, expires_at: expiresAt } = isJsonObject(body) ? body : {};
  const expiresAtMs = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN;
  if (typeof token === 'string' && token !== '' && !Number.isNaN(expiresAtMs)) return { token, expiresAtMs };
  const message = `the answer about a token of installation ${order.app.installation} is not in GitHub’s documented shape`;
  throw githubAppErrors.create('github-app.refused', message);
}

function refused(clock: Clock, response: HttpResponse, { app, repositories }: TokenOrder): Error {
  const { status } = response;
  const body = parseJson(response);
  const said = isJsonObject(body) ? body['message'] : undefined;
  const reason = typeof said === 'string' ? said.replaceAll(/\s+/g, ' ').slice(0, 300) : undefined;
  const names = repositories.map((name) => `"${name}"`).join(', ');
  const words = reason === undefined ? `status ${status}` : `status ${status}, "${reason}"`;
  const message = `GitHub answers the request for a token of installation ${app.installation} for ${names} with ${words}`;
  const data = { status, reason };
  const waitMs = readWaitMs(clock.nowMs(), response, reason);
  if (waitMs !== undefined) {
    return githubAppErrors.create('github-app.rate-limited', message, { data, retryAfterMs: waitMs });
  }
  const code = status >= 500 || status === 408 ? 'github-app.unreachable' : 'github-app.refused';
  return githubAppErrors.create(code, message, { data });
}

/** How long GitHub wants to be left alone; `undefined` when the refusal has another reason. */
function readWaitMs(
  nowMs: number,
  { status, headers: told }: HttpResponse,
  reason: string | undefined,
): number | undefined {
  const isSpent = told['x-ratelimit-remaining'] === '0';
  const isLimit =
    status === 429 ||
    (status === 403 && (told['retry-after'] !== undefined || isSpent || /rate limit/i.test(reason ?? '')));
  if (!isLimit) return undefined;
  const afterMs = Number(told['retry-after'] ?? Number.NaN) * 1000;
  const resetMs = isSpent ? Number(told['x-ratelimit-reset'] ?? Number.NaN) * 1000 - nowMs : Number.NaN;
  const waitMs = [afterMs, resetMs].find((one) => Number.isFinite(one)) ?? usualWaitMs;
  return Math.min(Math.max(waitMs, 1000), longestWaitMs);
}

function parseJson({ body }: HttpResponse): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString()) as JsonValue;
  } catch {
    return undefined;
  }
}

function unreachable(error: unknown): Error {
  const disposition = error instanceof AppError ? error.disposition : 'retry';
  const message = `the request for a token did not reach GitHub: ${describeError(error)}`;
  return githubAppErrors.create('github-app.unreachable', message, { cause: error, disposition });
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const cancel = clock.schedule(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      cancel();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
