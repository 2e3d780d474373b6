import { isJsonObject } from '../../base/index.ts';
import type { Clock, Credential, HostBudgets, HttpClient, HttpRequest } from '../../ports/index.ts';
import type { Challenge } from '../../wire/oci/index.ts';
import { ociErrors } from '../errors.ts';
import { toOciError } from '../failures.ts';
import { mayBePlain, placeOf, type RegistryHosts, type Repository, turnOf } from '../repository.ts';
import { refused } from './refused.ts';

/** What a request wants to do at a repository. */
export type RegistryAction = 'pull' | 'pull,push';

/** Where a token is fetched, and what for. */
export interface TokenEndpoint {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
}

/** A token of a registry. */
export interface Token {
  readonly value: string;
  readonly lifeMs: number;
}

/** Fetches tokens. */
export interface TokenClient {
  readonly hosts: RegistryHosts;
  /** Errors: oci.auth-failed, oci.rate-limited, oci.busy, oci.unreachable, oci.protocol. */
  fetchToken(repository: Repository, endpoint: TokenEndpoint, signal: AbortSignal): Promise<Token>;
}

/** The specification's own, where the answer does not say. */
const defaultTokenLifeMs = 60_000;
const maxTokenLifeMs = 12 * 3_600_000;
const maxTokenBytes = 1024 * 1024;
const tokenTimeoutMs = 15_000;
const clientId = 'gantry';
/** The user name by which docker's credential helpers say that the password is an identity token. */
const identityTokenUser = '<token>';

/** The identity token (an OAuth refresh token) of a credential that is one. */
export function identityTokenOf(credential: Credential | undefined): string | undefined {
  if (credential?.identityToken !== undefined) return credential.identityToken;
  return credential?.username === identityTokenUser ? credential.password : undefined;
}

/** The header of a credential with user name and password. */
export function basicHeader(credential: Credential | undefined): string | undefined {
  if (!credential?.username || !credential.password) return undefined;
  if (identityTokenOf(credential) !== undefined) return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
}

/**
 * Where a challenge sends for a token; `undefined` when a password must not be sent there: no address, another scheme
 * than https (or http where the operator allows it for that very host), or an address with credentials.
 */
export function readTokenEndpoint(
  challenge: Challenge,
  repository: Repository,
  action: RegistryAction,
  hosts: RegistryHosts,
): TokenEndpoint | undefined {
  const text = challenge.parameters['realm'] ?? '';
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    realm?.protocol === 'https:' || (realm?.protocol === 'http:' && mayBePlain(realm.host, hosts));
  if (realm === undefined || !isSafe || realm.username !== '' || realm.password !== '') return undefined;
  const own = scopeOf(repository, action, challenge.parameters['scope']);
  const other = repository.alsoReads === undefined ? [] : [`repository:${repository.alsoReads}:pull`];
  return { realm, service: challenge.parameters['service'], scopes: [own, ...other] };
}

// One resource of a scope, e.g. "repository:example/app:pull,metadata_read".
const scopeForm = /^repository:(?<name>[^:\s]+):(?<actions>[a-z_,*]+)$/;
const harmlessActions: readonly string[] = ['pull', 'metadata_read', 'content_read'];

/**
 * What is asked for is what the request needs, and what the registry says that it takes beside it (Azure wants
 * "metadata_read" for tags). A registry cannot make us ask for another repository, or for more rights than to read.
 */
function scopeOf(repository: Repository, action: RegistryAction, stated: string | undefined): string {
  const actions = new Set(action.split(','));
  for (const part of (stated ?? '').split(' ')) {
    const groups = scopeForm.exec(part)?.groups;
    if (groups?.['name'] !== repository.name) continue;
    for (const wanted of (groups['actions'] ?? '').split(','))
      if (harmlessActions.includes(wanted)) actions.add(wanted);
  }
  return `repository:${repository.name}:${[...actions].join(',')}`;
}

/** Creates the client of token endpoints; their requests count as those of every host. */
export function createTokenClient(deps: {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly budgets: HostBudgets;
  readonly hosts: RegistryHosts;
}): TokenClient {
  return {
    hosts: deps.hosts,
    async fetchToken(repository, endpoint, signal) {
      const { host } = endpoint.realm;
      const turn = turnOf(repository, host);
      const request = toRequest(repository, endpoint);
      const subject = `a token for ${repository.label} at ${host}`;
      const response = await deps.budgets
        .run(turn, () => deps.http.request(request, signal), signal)
        .catch((error: unknown) => {
          throw toOciError(error, { repository, subject }, signal);
        });
      if (response.status === 200) return readToken(response.body, repository, host);
      if (response.status === 429) {
        const message = `token endpoint ${host} asks for a pause before ${repository.label} can be read`;
        const retryAfterMs = deps.budgets.pauseMs(turn);
        throw ociErrors.create('oci.rate-limited', message, { retryAfterMs, data: placeOf(repository) });
      }
      if (response.status >= 500 || response.status === 408) {
        const message = `token endpoint ${host} answers ${response.status} for ${repository.label}`;
        throw ociErrors.create('oci.unreachable', message, { data: placeOf(repository) });
      }
      throw refused(repository, `its token endpoint ${host} answers ${response.status}`);
    },
  };
}

/** A redirect is refused: a credential would go along, or be left behind and somebody else's token come back. */
function toRequest(repository: Repository, { realm, service, scopes }: TokenEndpoint): HttpRequest {
  const { credential } = repository.source;
  const identityToken = identityTokenOf(credential);
  const common = {
    redirect: 'refuse' as const,
    maxBodyBytes: maxTokenBytes,
    timeoutMs: tokenTimeoutMs,
    ...(repository.tls === undefined ? {} : { tls: repository.tls }),
  };
  if (identityToken !== undefined) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: identityToken,
      client_id: clientId,
      scope: scopes.join(' '),
      ...(service === undefined ? {} : { service }),
    });
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm.href, headers, body: form.toString(), ...common };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const basic = basicHeader(credential);
  return {
    method: 'GET',
    url: url.href,
    headers: { accept: 'application/json', ...(basic === undefined ? {} : { authorization: basic }) },
    ...common,
  };
}

function readToken(body: Uint8Array, repository: Repository, host: string): Token {
  const document = parseJson(body);
  const values = isJsonObject(document) ? [document['token'], document['access_token']] : [];
  const value = values.find((item) => typeof item === 'string' && item !== '');
  // A token with control characters would break out of the header that it is sent in.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw ociErrors.create(
      'oci.protocol',
      `token endpoint ${host} answers without a token for ${repository.label}`,
      { data: placeOf(repository) },
    );
  }
  const seconds = isJsonObject(document) ? document['expires_in'] : undefined;
  const statedMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : defaultTokenLifeMs;
  return { value, lifeMs: Math.min(statedMs, maxTokenLifeMs) };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
