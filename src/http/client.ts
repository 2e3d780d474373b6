import { Readable } from 'node:stream';
import { describeError } from '../base/index.ts';
import type { HttpClient, HttpHead, HttpRequest, HttpResponse, HttpStream } from '../ports/index.ts';
import { type ConnectionOptions, createDispatchers, type Dispatchers } from './dispatchers.ts';
import { httpErrors } from './errors.ts';
import { followRedirect, isRedirect, maxRedirects } from './redirect.ts';
import { Watchdog } from './watchdog.ts';

/** Limits of requests that name none, and how to connect. */
export interface HttpClientOptions extends ConnectionOptions {
  readonly timeoutMs?: number;
  readonly maxBodyBytes?: number;
  /** Sent with every request that has none. */
  readonly userAgent?: string;
}

const defaultTimeoutMs = 30_000;
const defaultMaxBodyBytes = 32 * 1024 * 1024;

/** How much longer than the host the reader of a stream may be silent. */
const abandonedFactor = 10;

interface Answer {
  readonly head: HttpHead;
  readonly body: Readable;
}

/** Creates the HTTP client; dispose it to close its connections. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient & AsyncDisposable {
  const dispatchers = createDispatchers(options);
  const settle = (request: HttpRequest): HttpRequest => ({
    ...request,
    headers: { 'user-agent': options.userAgent ?? 'gantry', ...lowerCase(request.headers) },
    timeoutMs: request.timeoutMs ?? options.timeoutMs ?? defaultTimeoutMs,
    maxBodyBytes: request.maxBodyBytes ?? options.maxBodyBytes ?? defaultMaxBodyBytes,
  });
  return {
    async request(request, signal) {
      const settled = settle(request);
      const watchdog = new Watchdog(signal, settled.timeoutMs ?? defaultTimeoutMs);
      try {
        const { head, body } = await exchange(dispatchers, settled, watchdog);
        return { ...head, body: await readBody(body, settled) } satisfies HttpResponse;
      } catch (error) {
        throw translate(error, settled, watchdog);
      } finally {
        watchdog.stop();
      }
    },
    async stream(request, signal) {
      const settled = settle(request);
      const watchdog = new Watchdog(signal, settled.timeoutMs ?? defaultTimeoutMs);
      try {
        const { head, body } = await exchange(dispatchers, settled, watchdog);
        return { ...head, body: streamBody(body, settled, watchdog) } satisfies HttpStream;
      } catch (error) {
        watchdog.stop();
        throw translate(error, settled, watchdog);
      }
    },
    [Symbol.asyncDispose]: () => dispatchers.close(),
  };
}

async function exchange(dispatchers: Dispatchers, first: HttpRequest, watchdog: Watchdog): Promise<Answer> {
  let request = first;
  for (let hops = 0; ; hops++) {
    const answer = await send(dispatchers, request, watchdog);
    const location = answer.head.headers['location'];
    const policy = first.redirect ?? 'follow';
    if (!isRedirect(answer.head.status) || location === undefined || policy === 'return') return answer;
    answer.body.on('error', () => undefined).destroy();
    const { origin } = new URL(request.url);
    if (policy === 'refuse') {
      throw httpErrors.create('http.redirect-refused', `${origin} answers ${answer.head.status}, a redirect`);
    }
    if (hops === maxRedirects) {
      throw httpErrors.create('http.redirect-refused', `${origin} redirects more than ${maxRedirects} times`);
    }
    request = followRedirect(request, answer.head.status, location);
  }
}

async function send(dispatchers: Dispatchers, request: HttpRequest, watchdog: Watchdog): Promise<Answer> {
  const url = parseUrl(request.url);
  const answer = await dispatchers.forRequest(url, request.tls).request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method as 'GET',
    headers: { ...request.headers },
    body: toBody(request.body),
    signal: watchdog.signal,
    // undici would close the connection after each HEAD, for servers that send a body all the same; scans are made of HEADs.
    ...(request.method === 'HEAD' ? { reset: false } : {}),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { head: { status: answer.statusCode, url: url.href, headers }, body: answer.body };
}

function toBody(body: HttpRequest['body']): string | Buffer | Readable | null {
  if (body === undefined) return null;
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return Readable.from(body, { objectMode: false });
}

async function readBody(body: Readable, request: HttpRequest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limitBody(body, request)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* limitBody(body: Readable, request: HttpRequest): AsyncGenerator<Uint8Array> {
  const limit = request.maxBodyBytes ?? defaultMaxBodyBytes;
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limit) {
      const { origin } = new URL(request.url);
      throw httpErrors.create('http.too-large', `the answer of ${origin} is larger than ${limit} bytes`);
    }
    yield chunk;
  }
  // undici frees the connection one turn after the end; a request before that would open another one.
  await new Promise((resolve) => setImmediate(resolve));
}

async function* streamBody(
  body: Readable,
  request: HttpRequest,
  watchdog: Watchdog,
): AsyncGenerator<Uint8Array> {
  watchdog.restart();
  try {
    for await (const chunk of limitBody(body, request)) {
      // The reader may take its time; but a body that nobody reads any more must not hold its connection for ever.
      watchdog.restart(abandonedFactor);
      yield chunk;
      watchdog.restart();
    }
  } catch (error) {
    throw translate(error, request, watchdog);
  } finally {
    watchdog.stop();
    body.on('error', () => undefined).destroy();
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw httpErrors.create('http.invalid-request', 'the address is not an absolute http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw httpErrors.create('http.invalid-request', `the address of ${url.host} contains credentials`);
  }
  return url;
}

function lowerCase(headers: HttpRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

function translate(error: unknown, request: HttpRequest, watchdog: Watchdog): unknown {
  if (watchdog.abortedByCaller) return watchdog.callerReason;
  if (httpErrors.is(error)) return error;
  const host = URL.canParse(request.url) ? new URL(request.url).host : 'the server';
  if (watchdog.expired) {
    return httpErrors.create('http.timeout', `${host} did not answer within ${watchdog.limitMs} ms`);
  }
  const code = readCode(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return httpErrors.create('http.timeout', `no connection to ${host} within the time limit`, {
      cause: error,
    });
  }
  if (code?.startsWith('UND_ERR_INVALID_ARG') || (error instanceof TypeError && code === undefined)) {
    return httpErrors.create('http.invalid-request', `the request to ${host} is malformed`, { cause: error });
  }
  if (code !== undefined && tlsCode.test(code)) {
    const message = `the certificate of ${host} is not accepted: ${describeError(error)}`;
    return httpErrors.create('http.tls-failed', message.split('\n')[0] ?? message, {
      data: { reason: code },
    });
  }
  const data = code === undefined ? {} : { reason: code };
  const reason = code ?? describeError(error);
  return httpErrors.create('http.unreachable', `cannot reach ${host}: ${reason}`, { data, cause: error });
}

function readCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  const [inner] = error instanceof AggregateError ? error.errors : [error.cause];
  return inner === undefined ? undefined : readCode(inner);
}
