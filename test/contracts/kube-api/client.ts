import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** An API server that a suite may write to. */
export interface KubeApiUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** PEM, where the server's certificate is not publicly trusted. */
  readonly ca?: string;
  /** A real kube-apiserver: rows that speak of this server's own limits are skipped. */
  readonly isGenuine?: boolean;
}

/** One HTTP request. `body` is sent as JSON unless it is a text or bytes. */
export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with its body parsed where it is JSON. */
export interface CallAnswer {
  readonly code: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any member of any answer
  readonly body: any;
}

const timeLimitMs = 15_000;

/** Sends one request with the administrator's token. */
export async function send(server: KubeApiUnderTest, call: Call): Promise<CallAnswer> {
  const response = await open(server, call, AbortSignal.timeout(timeLimitMs));
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { code: response.statusCode ?? 0, headers: response.headers, text, body: parseJson(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function open(server: KubeApiUnderTest, call: Call, signal: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(server.url + call.path);
  const isRaw = typeof call.body === 'string' || call.body instanceof Uint8Array;
  const body = call.body === undefined || isRaw ? call.body : JSON.stringify(call.body);
  const headers: Record<string, string> = {
    authorization: `Bearer ${server.token}`,
    accept: call.accept ?? 'application/json',
    ...(body === undefined
      ? {}
      : {
          'content-type': call.type ?? 'application/json',
          // Without it Node sends no body with DELETE.
          'content-length': String(Buffer.byteLength(body as string | Uint8Array)),
        }),
    ...call.headers,
  };
  const options = { method: call.method ?? 'GET', headers, signal };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ca: server.ca }, resolve)
        : httpRequest(url, options, resolve);
    request.on('error', reject);
    request.end(body as string | Uint8Array | undefined);
  });
}

/** One line of a watch. */
export interface WatchLine {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any member of any object
  readonly object: any;
}

/** An open watch. */
export interface WatchStream extends Disposable {
  /** The next lines, as soon as there are so many; fewer when the stream ends. */
  take(count: number): Promise<readonly WatchLine[]>;
  /** All lines until the server ends the stream. */
  rest(): Promise<readonly WatchLine[]>;
}

/** Opens a watch. */
export async function watch(
  server: KubeApiUnderTest,
  call: Call,
  limitMs: number = timeLimitMs,
): Promise<WatchStream> {
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(limitMs)]);
  const response = await open(server, call, signal);
  const lines = readLines(response);
  const take = async (count: number): Promise<WatchLine[]> => {
    const taken: WatchLine[] = [];
    while (taken.length < count) {
      const next = await lines.next();
      if (next.done === true) break;
      taken.push(next.value);
    }
    return taken;
  };
  return {
    take,
    rest: () => take(Number.POSITIVE_INFINITY),
    [Symbol.dispose]: () => controller.abort(),
  };
}

async function* readLines(response: IncomingMessage): AsyncGenerator<WatchLine, undefined> {
  let text = '';
  try {
    for await (const chunk of response) {
      text += (chunk as Buffer).toString('utf8');
      const parts = text.split('\n');
      text = parts.pop() ?? '';
      for (const part of parts) if (part !== '') yield JSON.parse(part) as WatchLine;
    }
  } catch {
    // The test has ended the stream.
  }
  return undefined;
}
