import { AppError, isJsonObject } from '../../base/index.ts';
import type { HttpClient } from '../../ports/index.ts';
import { unavailable } from '../failures.ts';
import { readJwtExpiryMs } from '../jwt.ts';
import type { Material } from '../types.ts';
import { createAzureTransport } from './azure-http.ts';

/** The user that goes with a refresh token of a registry. */
const user = '00000000-0000-0000-0000-000000000000';
/** For tokens that do not tell when they end. */
const usualLifeMs = 150 * 60_000;
const maxBodyBytes = 256 * 1024;

/** The clouds of Azure, by the end of a registry's host. */
const scopesByDomain: readonly (readonly [domain: string, scope: string])[] = [
  ['.azurecr.io', 'https://management.azure.com/.default'],
  ['.azurecr.cn', 'https://management.chinacloudapi.cn/.default'],
  ['.azurecr.us', 'https://management.usgovcloudapi.net/.default'],
];

/** The registry's host, when a place "host/path" is at Azure. */
export function parseAcr(place: string | undefined): string | undefined {
  const host = place?.split('/')[0] ?? '';
  return scopeOf(host) === undefined ? undefined : host;
}

function scopeOf(host: string): string | undefined {
  return scopesByDomain.find(([domain]) => host.endsWith(domain) && host.length > domain.length)?.[1];
}

/** Does the environment describe an identity of a workload? */
export function hasAzureIdentity(environment: Readonly<Record<string, string | undefined>>): boolean {
  return ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE'].every(
    (name) => environment[name] !== undefined,
  );
}

/**
 * A registry's refresh token by the workload identity of this process: its projected token is exchanged for one of
 * Azure's directory, and that for one of the registry.
 *
 * Source: Kargo's behavior; the identity is the same for all Projects.
 */
export async function fetchAcrToken(
  http: HttpClient,
  host: string,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Material> {
  const identity = `ACR ${host}`;
  const tenant = environment['AZURE_TENANT_ID'] ?? '';
  const accessToken = await fetchDirectoryToken(http, host, environment, identity, signal);
  const answer = await http
    .request(
      {
        method: 'POST',
        url: `https://${host}/oauth2/exchange`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'access_token',
          service: host,
          tenant,
          access_token: accessToken,
        }).toString(),
        maxBodyBytes,
        redirect: 'refuse',
      },
      signal,
    )
    .catch((error: unknown) => {
      throw error instanceof AppError ? unavailable(identity, error.message, error) : error;
    });
  if (answer.status !== 200)
    throw unavailable(identity, `the registry answers ${answer.status} to the exchange`);
  const password = readRefreshToken(answer.body);
  if (password === undefined) throw unavailable(identity, 'the answer to the exchange has no token');
  const expiresAtMs = readJwtExpiryMs(password);
  return {
    username: user,
    password,
    isToken: true,
    ...(expiresAtMs === undefined ? { keptForMs: usualLifeMs } : { expiresAtMs }),
  };
}

async function fetchDirectoryToken(
  http: HttpClient,
  host: string,
  environment: Readonly<Record<string, string | undefined>>,
  identity: string,
  signal: AbortSignal,
): Promise<string> {
  const { WorkloadIdentityCredential } = await import('./azure-sdk.ts');
  const authorityHost = environment['AZURE_AUTHORITY_HOST'];
  const options = {
    clientId: environment['AZURE_CLIENT_ID'] ?? '',
    tenantId: environment['AZURE_TENANT_ID'] ?? '',
    tokenFilePath: environment['AZURE_FEDERATED_TOKEN_FILE'] ?? '',
    ...(authorityHost === undefined ? {} : { authorityHost }),
    // The library would ask a public service whether it knows the authority.
    disableInstanceDiscovery: true,
    httpClient: createAzureTransport(http, signal),
    retryOptions: { maxRetries: 1 },
  };
  try {
    const { token } = await new WorkloadIdentityCredential(options).getToken(scopeOf(host) ?? '', {
      abortSignal: signal,
    });
    return token;
  } catch (error) {
    signal.throwIfAborted();
    // Messages of the library may quote what was sent.
    const kind = error instanceof Error ? error.name : 'an unknown error';
    throw unavailable(identity, `Azure's directory gives no token: ${kind}`);
  }
}

function readRefreshToken(body: Uint8Array): string | undefined {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(body));
    const token = isJsonObject(document) ? document['refresh_token'] : undefined;
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
}
