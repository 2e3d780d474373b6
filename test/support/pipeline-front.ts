import {
  Agent,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  request as startPlainRequest,
} from 'node:http';
import { request as startTlsRequest, Agent as TlsAgent } from 'node:https';
import { startTestServer } from './http-server.ts';
import type { TestTls } from './tls.ts';

/** A request that stands at the front, whole. */
export interface FrontRequest {
  /** The host it is meant for, e.g. "github.com"; "api" is the Kubernetes API server. */
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

/** What a front does instead of passing a request on. */
export type Interference =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Runs `act` before the request is passed on, or once it has been answered; the connection is cut without an answer. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after'; act(): Promise<void> };

/** A request that has been answered. */
export interface Passed extends FrontRequest {
  readonly status: number;
  readonly responseBytes: number;
}

/** Where requests go on to. */
export interface Upstream {
  /** Host and port. */
  readonly address: string;
  /** Of a server with TLS. */
  readonly caPem?: string;
}

/** Stands between the controllers and the servers: counts, answers in their place, cuts connections. */
export interface Front extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  /** Everything that has been answered, in order; watches are listed when they end. */
  readonly passed: Passed[];
  /** Looks at each request first. */
  interfere: (request: FrontRequest) => Interference | undefined;
}

/** Starts a front; `fixedHost` names it when the Host header says nothing. */
export async function startFront(
  tls: TestTls,
  upstreamOf: (host: string) => Upstream,
  fixedHost?: string,
): Promise<Front> {
  const agents = new Map<string, Agent>();
  const passed: Passed[] = [];
  const listener: RequestListener = (request, response) => {
    const host = fixedHost ?? (request.headers.host ?? '').replace(/:\d+$/, '');
    answer(host, request, response).catch(() => response.destroy());
  };

  async function answer(host: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const asked = { host, method: request.method ?? 'GET', path: request.url ?? '/', body };
    const interference = front.interfere(asked);
    if (interference?.kind === 'answer') {
      passed.push({ ...asked, status: interference.status, responseBytes: interference.body?.length ?? 0 });
      response.writeHead(interference.status, interference.headers ?? {}).end(interference.body);
      return;
    }
    if (interference?.when === 'before') {
      await interference.act();
      response.destroy();
      return;
    }
    const upstream = upstreamOf(host);
    const agent = agents.get(upstream.address) ?? createAgent(upstream);
    agents.set(upstream.address, agent);
    const onward = await pass(request, body, upstream, agent, response);
    const isCut = interference?.when === 'after';
    if (!isCut) {
      response.writeHead(onward.statusCode ?? 502, onward.headers);
      // A watch answers long before it has something to say.
      response.flushHeaders();
    }
    let responseBytes = 0;
    for await (const chunk of onward as AsyncIterable<Buffer>) {
      responseBytes += chunk.length;
      if (!isCut && !response.destroyed) response.write(chunk);
    }
    passed.push({ ...asked, status: onward.statusCode ?? 0, responseBytes });
    if (isCut) {
      await interference.act();
      response.destroy();
    } else response.end();
  }

  const server = await startTestServer(listener, tls);
  const front: Front = {
    address: server.address,
    passed,
    interfere: () => undefined,
    async [Symbol.asyncDispose]() {
      for (const agent of agents.values()) agent.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
  return front;
}

function createAgent({ caPem }: Upstream): Agent {
  return caPem === undefined ? new Agent({ keepAlive: true }) : new TlsAgent({ keepAlive: true, ca: caPem });
}

/** Longest silence of an upstream, in milliseconds; longer than a watch's. */
const maxSilenceMs = 15 * 60_000;

function pass(
  request: IncomingMessage,
  body: Buffer,
  upstream: Upstream,
  agent: Agent,
  response: ServerResponse,
): Promise<IncomingMessage> {
  const [hostname = '', port = ''] = upstream.address.split(':');
  return new Promise((resolve, reject) => {
    const { method = 'GET', url = '/' } = request;
    const headers = { ...request.headers };
    delete headers['transfer-encoding'];
    // A server known by its address alone refuses to be called otherwise.
    if (/^[\d.]+:/.test(headers.host ?? '')) headers.host = upstream.address;
    if (body.length > 0) headers['content-length'] = String(body.length);
    const servername = (headers.host ?? '').replace(/:\d+$/, '');
    const startRequest = upstream.caPem === undefined ? startPlainRequest : startTlsRequest;
    const onward = startRequest(
      {
        hostname,
        port,
        path: url,
        method,
        headers,
        agent,
        timeout: maxSilenceMs,
        ...(/^[\d.]+$/.test(servername) ? {} : { servername }),
      },
      resolve,
    );
    onward.on('error', reject);
    response.on('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
    onward.end(body);
  });
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
