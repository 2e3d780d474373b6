import type { AuthClient } from 'google-auth-library';
import { AppError, isJsonObject, type JsonObject } from '../../base/index.ts';
import type { Clock, HttpClient } from '../../ports/index.ts';
import { unavailable } from '../failures.ts';
import type { Material } from '../types.ts';

/** Reading is all that is asked for. */
const scopes = ['https://www.googleapis.com/auth/devstorage.read_only'];
const user = 'oauth2accesstoken';
const impersonationLifeSec = 3_600;
const probeTimeoutMs = 2_000;
const probeAgainMs = 5 * 60_000;
const ownIdentityMs = 12 * 3_600_000;
const maxBodyBytes = 1024 * 1024;

/** Is this place "host/path" at Artifact Registry or Container Registry? */
export function isGar(place: string | undefined): boolean {
  return /^(?:[a-z0-9-]+-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io)\//.test(place ?? '');
}

/** The key of a service account, as text or base64 of it; `undefined` when it is none. */
export function parseServiceAccountKey(text: string): JsonObject | undefined {
  for (const candidate of [text, Buffer.from(text, 'base64').toString()]) {
    try {
      const key: unknown = JSON.parse(candidate);
      if (
        isJsonObject(key) &&
        typeof key['client_email'] === 'string' &&
        typeof key['private_key'] === 'string'
      )
        return key;
    } catch {
      // The other form may do.
    }
  }
  return undefined;
}

/** A token for the key of a service account. */
export async function fetchGarKeyToken(
  http: HttpClient,
  key: JsonObject,
  identity: string,
  signal: AbortSignal,
): Promise<Material> {
  const { JWT } = await import('./google-sdk.ts');
  const client = new JWT({
    email: String(key['client_email']),
    key: String(key['private_key']),
    scopes,
    transporterOptions: { fetchImplementation: createFetch(http, signal) },
  });
  return tokenOf(client, identity);
}

/** Tokens by the identity that Google gives to this process. */
export interface GarAmbient {
  /** Does this process run where Google gives it one? Remembered for some minutes. */
  isAvailable(signal: AbortSignal): Promise<boolean>;
  /** As the Project's own service account where there is one, otherwise as this process. */
  fetch(project: string, identity: string, signal: AbortSignal): Promise<Material>;
}

/** What the ambient identity is found with. */
export interface GarAmbientDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_CLOUD_PROJECT, GCE_METADATA_HOST. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of a file; throws when it cannot be read. */
  readFile(path: string): string;
}

/**
 * The ambient identity at Google.
 *
 * Source: Kargo's names of service accounts; one that may not be used is not tried again for twelve hours.
 */
export function createGarAmbient(deps: GarAmbientDeps): GarAmbient {
  const { environment, clock } = deps;
  let probed: { readonly projectId: string | undefined; readonly atMs: number } | undefined;
  const withoutOwnAccount = new Map<string, number>();

  async function projectOf(signal: AbortSignal): Promise<string | undefined> {
    if (
      probed === undefined ||
      (probed.projectId === undefined && clock.nowMs() - probed.atMs > probeAgainMs)
    ) {
      probed = { projectId: await probe(deps, signal), atMs: clock.nowMs() };
    }
    return probed.projectId;
  }

  return {
    async isAvailable(signal) {
      if (environment['GOOGLE_APPLICATION_CREDENTIALS'] !== undefined) return true;
      return (await projectOf(signal)) !== undefined;
    },
    async fetch(project, identity, signal) {
      const own = await createOwnClient(deps, identity, signal);
      const projectId =
        environment['GOOGLE_CLOUD_PROJECT'] ??
        (environment['GOOGLE_APPLICATION_CREDENTIALS'] === undefined ? await projectOf(signal) : undefined);
      const until = withoutOwnAccount.get(project) ?? 0;
      if (projectId === undefined || clock.nowMs() < until) return asItself(own, identity);
      const account = `kargo-project-${project}@${projectId}.iam.gserviceaccount.com`;
      try {
        return { ...(await impersonate(own, account, identity)), via: account };
      } catch (error) {
        if (!isForbidden(error)) throw toUnavailable(identity, account, error);
        withoutOwnAccount.set(project, clock.nowMs() + ownIdentityMs);
        return asItself(own, identity);
      }
    },
  };
}

async function asItself(own: AuthClient, identity: string): Promise<Material> {
  return { ...(await tokenOf(own, identity)), via: 'the account of this process' };
}

async function createOwnClient(
  deps: GarAmbientDeps,
  identity: string,
  signal: AbortSignal,
): Promise<AuthClient> {
  const { Compute, GoogleAuth } = await import('./google-sdk.ts');
  const transporterOptions = { fetchImplementation: createFetch(deps.http, signal) };
  const path = deps.environment['GOOGLE_APPLICATION_CREDENTIALS'];
  // The metadata server itself is on this very node: neither proxies nor mapped endpoints have a say there.
  if (path === undefined) return new Compute({ scopes, transporterOptions });
  let credentials: unknown;
  try {
    credentials = JSON.parse(deps.readFile(path));
  } catch {
    throw unavailable(identity, 'the file of GOOGLE_APPLICATION_CREDENTIALS cannot be read');
  }
  if (!isJsonObject(credentials)) {
    throw unavailable(identity, 'the file of GOOGLE_APPLICATION_CREDENTIALS is not a JSON object');
  }
  const auth = new GoogleAuth({ credentials, scopes, clientOptions: { transporterOptions } });
  return auth.getClient();
}

async function impersonate(own: AuthClient, account: string, identity: string): Promise<Material> {
  const { Impersonated } = await import('./google-sdk.ts');
  const client = new Impersonated({
    sourceClient: own,
    targetPrincipal: account,
    targetScopes: scopes,
    lifetime: impersonationLifeSec,
    delegates: [],
  });
  return tokenOf(client, identity, false);
}

async function tokenOf(client: AuthClient, identity: string, isTranslated = true): Promise<Material> {
  try {
    const { token } = await client.getAccessToken();
    if (!token) throw unavailable(identity, 'the answer has no token');
    const expiresAtMs = client.credentials.expiry_date;
    return {
      username: user,
      password: token,
      isToken: true,
      ...(typeof expiresAtMs === 'number' ? { expiresAtMs } : {}),
    };
  } catch (error) {
    throw isTranslated ? toUnavailable(identity, 'Google', error) : error;
  }
}

/** The id of Google's project that this process runs in; nothing where there is no metadata server. */
async function probe(
  { http, environment }: GarAmbientDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  const host = environment['GCE_METADATA_HOST'] ?? 'metadata.google.internal';
  try {
    const answer = await http.request(
      {
        method: 'GET',
        url: `http://${host}/computeMetadata/v1/project/project-id`,
        headers: { 'metadata-flavor': 'Google' },
        timeoutMs: probeTimeoutMs,
        maxBodyBytes: 1024,
        redirect: 'refuse',
      },
      signal,
    );
    const isGoogle = answer.status === 200 && answer.headers['metadata-flavor'] === 'Google';
    return isGoogle ? new TextDecoder().decode(answer.body).trim() : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** `fetch` by our client, so that proxies, authorities and mapped endpoints count for Google's library too. */
function createFetch(http: HttpClient, signal: AbortSignal): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const answer = await http.request(
      {
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        ...(body === undefined ? {} : { body }),
        maxBodyBytes,
      },
      signal,
    );
    const hasBody = answer.status !== 204 && answer.status !== 304;
    return new Response(hasBody ? Buffer.from(answer.body) : null, {
      status: answer.status,
      headers: withoutEncoding(answer.headers),
    });
  };
}

function withoutEncoding(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-length'));
}

function isForbidden(error: unknown): boolean {
  const status = statusOf(error);
  return status === 403 || status === 404;
}

function statusOf(error: unknown): number | undefined {
  const { status, response } = (error ?? {}) as {
    readonly status?: unknown;
    readonly response?: { readonly status?: unknown };
  };
  const found = status ?? response?.status;
  return typeof found === 'number' ? found : undefined;
}

/** Messages of services may quote what was sent. */
function toUnavailable(identity: string, who: string, error: unknown): AppError {
  if (error instanceof AppError)
    return error.code === 'credentials.unavailable'
      ? error
      : unavailable(identity, `${who}: ${error.message}`, error);
  const status = statusOf(error);
  return unavailable(identity, status === undefined ? `${who} cannot be asked` : `${who} answers ${status}`);
}
