import type { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { describeError, type JsonValue } from '../../base/index.ts';
import { orAbort } from '../../flights/index.ts';
import type { Clock, Metrics } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { type BucketOptions, createBucket } from '../queue/rate-limit.ts';
import type { Connection, ConnectionAuth, TlsSettings } from './connection.ts';
import { type LimitedSignal, limitSignal, pause } from './limits.ts';
import { createStatusError, type RequestLabel } from './status-error.ts';

/** One request to the API server. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  /** Below the server's root, without the query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
  readonly contentType?: string;
}

/** Sends requests to one API server over one pool of kept-alive connections. */
export interface Transport {
  /** The JSON answer. Errors: kube.* */
  json(request: KubeRequest, signal: AbortSignal): Promise<JsonValue>;
  /** The bytes of an answer without end; the time limit is for its head only. Errors: kube.* */
  stream(request: KubeRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

/** Limits of a transport. */
export interface TransportOptions {
  /** The longest that one request may take, or the head of a stream, in milliseconds. */
  readonly timeoutMs?: number;
  readonly maxBodyBytes?: number;
  readonly userAgent?: string;
  /** At most so many requests, watches included. Default none: the server's priority and fairness decides. */
  readonly requestLimit?: BucketOptions;
  /** How often a request that the server puts off (429) is repeated after the time it states. Default 5. */
  readonly maxBusyRetries?: number;
}

const defaultTimeoutMs = 30_000;
const defaultBusyRetries = 5;
/** Whoever is put off for longer does better to do something else meanwhile. */
const maxBusyWaitMs = 5000;
const defaultMaxBodyBytes = 256 * 1024 * 1024;

/** Creates a transport; connections are made when they are needed. */
export function createTransport(
  deps: { readonly clock: Clock; readonly metrics: Metrics },
  connection: Connection,
  options: TransportOptions = {},
): Transport {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes;
  const pool = createPool(connection);
  const { host, origin, pathname } = new URL(connection.server);
  const takeToken =
    options.requestLimit === undefined ? () => 0 : createBucket(deps.clock, options.requestLimit);
  const maxBusyRetries = options.maxBusyRetries ?? defaultBusyRetries;
  const prefix = pathname.replace(/\/$/, '');
  const requests = deps.metrics.counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the Kubernetes API server by status code ("<error>" without an answer), method and host.',
    labels: ['code', 'method', 'host'],
  });

  /** Waits for the own limit, when there is one. */
  async function waitForTurn(signal: AbortSignal): Promise<void> {
    const delayMs = takeToken();
    if (delayMs > 0) await pause(deps.clock, delayMs, signal);
    signal.throwIfAborted();
  }

  async function attempt(request: KubeRequest, limit: LimitedSignal, isRefused: boolean, use: Use) {
    const auth = await orAbort(connection.authenticate(isRefused), limit.signal);
    const headers: Record<string, string | string[]> = {
      accept: 'application/json',
      ...copyHeaders(auth.headers),
    };
    headers['user-agent'] = options.userAgent ?? 'gantry';
    if (request.body !== undefined) headers['content-type'] = request.contentType ?? 'application/json';
    return await pool.get(auth)[use].request({
      origin,
      path: pathOf(prefix, request),
      method: request.method,
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: limit.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** One request, repeated once with new credentials when the server does not know the old ones. */
  async function send(
    request: KubeRequest,
    limit: LimitedSignal,
    use: Use,
  ): Promise<Dispatcher.ResponseData> {
    let response = await attempt(request, limit, false, use);
    requests.add({ code: String(response.statusCode), method: request.method, host });
    if (response.statusCode !== 401) return response;
    await response.body.dump();
    response = await attempt(request, limit, true, use);
    requests.add({ code: String(response.statusCode), method: request.method, host });
    return response;
  }

  /** Turns what went wrong below HTTP into a coded error; the caller's own abort passes through. */
  function toError(error: unknown, request: KubeRequest, limit: LimitedSignal, signal: AbortSignal): unknown {
    if (kubeErrors.is(error)) return error;
    if (signal.aborted && !limit.isTimedOut()) return signal.reason;
    requests.add({ code: '<error>', method: request.method, host });
    const why = limit.isTimedOut() ? `no answer within ${timeoutMs} ms` : describeError(error);
    return kubeErrors.create(
      'kube.unreachable',
      `${request.method} ${request.path} at "${host}" failed: ${why}`,
      {
        cause: error,
        data: { verb: request.method, path: request.path, host },
      },
    );
  }

  async function once(request: KubeRequest, signal: AbortSignal): Promise<JsonValue> {
    await waitForTurn(signal);
    const limit = limitSignal(deps.clock, signal, timeoutMs);
    try {
      const response = await send(request, limit, 'requests');
      return await readAnswer(response, labelOf(request), maxBodyBytes);
    } catch (error) {
      throw toError(error, request, limit, signal);
    } finally {
      limit.dispose();
    }
  }

  return {
    async json(request, signal) {
      for (let busy = 0; ; busy += 1) {
        try {
          return await once(request, signal);
        } catch (error) {
          if (!kubeErrors.is(error, 'kube.too-many-requests') || busy >= maxBusyRetries) throw error;
          const delayMs = error.retryAfterMs ?? 0;
          if (delayMs > maxBusyWaitMs) throw error;
          await pause(deps.clock, delayMs, signal);
          signal.throwIfAborted();
        }
      }
    },
    async stream(request, signal) {
      await waitForTurn(signal);
      const head = limitSignal(deps.clock, signal, timeoutMs);
      const whole = new AbortController();
      const end = (): void => whole.abort(head.signal.reason);
      head.signal.addEventListener('abort', end, { once: true });
      try {
        const response = await send(request, { ...head, signal: whole.signal }, 'streams');
        if (response.statusCode !== 200) await readAnswer(response, labelOf(request), maxBodyBytes);
        return followStream(response.body, signal, whole);
      } catch (error) {
        throw toError(error, request, head, signal);
      } finally {
        head.signal.removeEventListener('abort', end);
        head.dispose();
      }
    },
    close: () => pool.close(),
  };
}

function copyHeaders(headers: ConnectionAuth['headers']): Record<string, string | string[]> {
  const copied: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    copied[name] = typeof value === 'string' ? value : [...value];
  }
  return copied;
}

/** The bytes of a stream until it ends or the signal is aborted; leaving the loop closes the connection. */
async function* followStream(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  whole: AbortController,
): AsyncGenerator<Uint8Array> {
  const end = (): void => whole.abort(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    yield* body;
  } finally {
    signal.removeEventListener('abort', end);
    whole.abort();
  }
}

async function readAnswer(
  response: Dispatcher.ResponseData,
  label: RequestLabel,
  maxBodyBytes: number,
): Promise<JsonValue> {
  const bytes = await collect(response.body, maxBodyBytes);
  if (bytes === undefined) {
    throw kubeErrors.create(
      'kube.protocol',
      `${label.verb} ${label.path} answered more than ${maxBodyBytes} bytes`,
    );
  }
  const body = parseJson(bytes.toString('utf8'));
  if (response.statusCode < 200 || response.statusCode >= 300) {
    const retryAfter = response.headers['retry-after'];
    throw createStatusError(label, {
      statusCode: response.statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      body,
    });
  }
  if (body === undefined) {
    throw kubeErrors.create('kube.protocol', `${label.verb} ${label.path} was not answered with JSON`);
  }
  return body;
}

/**
 * The bytes of a body; `undefined` when there are more than `maxBytes`. By events, because a loop over the body costs more
 * than a small answer itself.
 */
function collect(body: Readable, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    body.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      chunks.push(chunk);
      if (sizeBytes <= maxBytes) return;
      resolve(undefined);
      body.destroy();
    });
    body.once('end', () => resolve(Buffer.concat(chunks, sizeBytes)));
    body.once('error', reject);
    body.once('close', () => reject(new Error('the answer was cut off')));
  });
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined; // the caller says what that means
  }
}

function labelOf(request: KubeRequest): RequestLabel {
  return { verb: request.method, path: request.path };
}

function pathOf(prefix: string, request: KubeRequest): string {
  const query = new URLSearchParams(request.query).toString();
  return `${prefix}${request.path}${query === '' ? '' : `?${query}`}`;
}

/** Connections for requests at a time; the handshakes of more cost a busy process more than waiting does. */
const maxConnections = 12;

/** Streams have connections of their own, so that watches never keep requests waiting. */
type Use = 'requests' | 'streams';

/** Two dispatchers, replaced only when the client certificate or the CA changes. */
function createPool(connection: Connection): {
  get(auth: ConnectionAuth): Readonly<Record<Use, Dispatcher>>;
  close(): Promise<void>;
} {
  let current: ({ readonly tls: TlsSettings } & Readonly<Record<Use, Dispatcher>>) | undefined;
  return {
    get(auth) {
      if (current !== undefined && isSameTls(current.tls, auth.tls)) return current;
      void current?.requests.close();
      void current?.streams.close();
      const { tls } = auth;
      current = {
        tls,
        requests: createDispatcher(connection, tls, maxConnections),
        streams: createDispatcher(connection, tls, null),
      };
      return current;
    },
    async close() {
      const last = current;
      current = undefined;
      await Promise.all([last?.requests.destroy(), last?.streams.destroy()]);
    },
  };
}

function createDispatcher(connection: Connection, tls: TlsSettings, connections: number | null): Dispatcher {
  const { ca, cert, key } = tls;
  const connect = {
    // One context for all connections: reading the certificates anew costs more than a handshake.
    ...(connection.server.startsWith('https:')
      ? { secureContext: createSecureContext({ ca, cert, key }) }
      : {}),
    servername: tls.serverName,
    ...(tls.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: tls.rejectUnauthorized }),
  };
  const shared = {
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 600_000,
    connectTimeout: 10_000,
    connections,
  };
  if (connection.proxyUrl === undefined) return new Agent({ ...shared, connect });
  return new ProxyAgent({ ...shared, uri: connection.proxyUrl, requestTls: connect });
}

function isSameTls(a: TlsSettings, b: TlsSettings): boolean {
  if (a === b) return true;
  return (
    String(a.ca) === String(b.ca) &&
    String(a.cert) === String(b.cert) &&
    String(a.key) === String(b.key) &&
    a.serverName === b.serverName &&
    a.rejectUnauthorized === b.rejectUnauthorized
  );
}
