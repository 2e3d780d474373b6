import { LRUCache } from 'lru-cache';
import { isJsonObject } from '../base/index.ts';
import type { Clock, Credential, HttpClient, HttpRequest } from '../ports/index.ts';
import { type Challenge, parseChallenges } from '../wire/oci/index.ts';
import type { Budget } from './budget.ts';
import { ociErrors } from './errors.ts';
import type { Repository } from './repository.ts';
import { parseRetryAfterMs } from './retry-after.ts';

/** What a request wants to do at a repository. */
export type RegistryAction = 'pull' | 'pull,push';

/** Finds the Authorization header for requests. */
export interface Authorizer {
  /** The header that worked last time, if it is still valid. */
  known(repository: Repository, action: RegistryAction): string | undefined;
  /**
   * Answers a challenge with a new header; oci.auth-failed when it cannot be answered. Callers that are challenged at the
   * same time share one token.
   */
  answer(challenged: Challenged, signal: AbortSignal): Promise<string>;
}

/** A request that was answered with 401. */
export interface Challenged {
  readonly repository: Repository;
  readonly action: RegistryAction;
  /** The Authorization header that it had. */
  readonly used: string | undefined;
  /** The answer's WWW-Authenticate header. */
  readonly challenge: string | undefined;
}

const maxKept = 2000;
/** The specification's own, where the answer does not say. */
const defaultTokenLifeMs = 60_000;
const basicLifeMs = 3_600_000;
const defaultPauseMs = 30_000;
const maxTokenBytes = 1024 * 1024;

/** What the authorizer works with. */
export interface AuthorizerDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly budget: Budget;
  /** May plain HTTP be spoken with this registry? */
  mayBePlain(host: string): boolean;
}

/** Creates the keeper of authorizations, in memory. */
export function createAuthorizer(deps: AuthorizerDeps): Authorizer {
  const kept = new LRUCache<string, { readonly header: string; readonly validUntilMs: number }>({
    max: maxKept,
  });
  const underWay = new Map<string, Promise<string>>();
  const keyOf = (repository: Repository, action: RegistryAction): string =>
    [repository.host, repository.name, repository.identity, action].join('\n');
  const keep = (key: string, header: string, lifeMs: number): string => {
    kept.set(key, { header, validUntilMs: deps.clock.nowMs() + lifeMs });
    return header;
  };

  return {
    known(repository, action) {
      const found = kept.get(keyOf(repository, action));
      return found !== undefined && found.validUntilMs > deps.clock.nowMs() ? found.header : undefined;
    },
    async answer(challenged, signal) {
      const { repository, action, used } = challenged;
      const key = keyOf(repository, action);
      const newer = this.known(repository, action);
      if (newer !== undefined && newer !== used) return newer;
      // Whoever fails or gives up fails alone; the others ask for themselves.
      const shared = await underWay.get(key)?.catch(() => undefined);
      if (shared !== undefined) return shared;
      kept.delete(key);
      const work = findAnswer(challenged, signal).then(({ header, lifeMs }) => keep(key, header, lifeMs));
      underWay.set(key, work);
      try {
        return await work;
      } finally {
        if (underWay.get(key) === work) underWay.delete(key);
      }
    },
  };

  async function findAnswer(
    { repository, action, challenge }: Challenged,
    signal: AbortSignal,
  ): Promise<{ readonly header: string; readonly lifeMs: number }> {
    const challenges = parseChallenges(challenge);
    const bearer = challenges.find((item) => item.scheme === 'bearer');
    if (bearer !== undefined) {
      const token = await fetchToken(
        deps,
        repository,
        tokenRequest(repository, action, bearer, deps.mayBePlain(repository.host)),
        signal,
      );
      return { header: `Bearer ${token.value}`, lifeMs: token.lifeMs * 0.9 };
    }
    const basic = basicHeader(repository.source.credential);
    if (basic === undefined) throw refused(repository, 'it asks for a credential and none matches');
    if (!challenges.some((item) => item.scheme === 'basic')) {
      throw refused(repository, 'it asks for a kind of authentication that is not supported');
    }
    return { header: basic, lifeMs: basicLifeMs };
  }
}

/** The error for a credential that a registry does not accept. */
export function refused(repository: Repository, why: string): Error {
  const { credential } = repository.source;
  const who = credential === undefined ? 'without a credential' : `with ${credential.identity}`;
  return ociErrors.create(
    'oci.auth-failed',
    `registry ${repository.host} refuses access to ${repository.label} ${who}: ${why}`,
    {
      data: { registry: repository.host, repository: repository.label, identity: credential?.identity },
    },
  );
}

function basicHeader(credential: Credential | undefined): string | undefined {
  if (!credential?.username || !credential.password) return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
}

function tokenRequest(
  repository: Repository,
  action: RegistryAction,
  challenge: Challenge,
  mayBePlain: boolean,
): HttpRequest {
  const realm = challenge.parameters['realm'] ?? '';
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && mayBePlain);
  if (url === undefined || !isSafe || url.username !== '') {
    throw ociErrors.create(
      'oci.protocol',
      `registry ${repository.host} names a token endpoint that is not safe to use for ${repository.label}`,
    );
  }
  const service = challenge.parameters['service'];
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.append('scope', `repository:${repository.name}:${action}`);
  const basic = basicHeader(repository.source.credential);
  return {
    method: 'GET',
    url: url.href,
    headers: { accept: 'application/json', ...(basic === undefined ? {} : { authorization: basic }) },
    maxBodyBytes: maxTokenBytes,
    ...(repository.source.insecureSkipTLSVerify === true ? { tls: { insecureSkipVerify: true } } : {}),
  };
}

async function fetchToken(
  deps: AuthorizerDeps,
  repository: Repository,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<{ readonly value: string; readonly lifeMs: number }> {
  const { host } = new URL(request.url);
  await deps.budget.take(host, signal);
  const response = await deps.http.request(request, signal);
  if (response.status === 429) {
    const retryAfterMs =
      parseRetryAfterMs(response.headers['retry-after'], deps.clock.nowMs()) ?? defaultPauseMs;
    deps.budget.pause(host, retryAfterMs);
    const message = `token endpoint ${host} asks for a pause before ${repository.label} can be read`;
    throw ociErrors.create('oci.rate-limited', message, { retryAfterMs });
  }
  if (response.status >= 500) {
    throw ociErrors.create(
      'oci.unreachable',
      `token endpoint ${host} answers ${response.status} for ${repository.label}`,
    );
  }
  if (response.status !== 200)
    throw refused(repository, `its token endpoint ${host} answers ${response.status}`);
  const token = readToken(response.body);
  if (token === undefined) {
    throw ociErrors.create(
      'oci.protocol',
      `token endpoint ${host} answers without a token for ${repository.label}`,
    );
  }
  return token;
}

function readToken(body: Uint8Array): { readonly value: string; readonly lifeMs: number } | undefined {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  if (!isJsonObject(document)) return undefined;
  const value = document['token'] ?? document['access_token'];
  const seconds = document['expires_in'];
  if (typeof value !== 'string' || value === '' || /[\r\n]/.test(value)) return undefined;
  return { value, lifeMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : defaultTokenLifeMs };
}
