import { createServer as createPlainServer } from 'node:http';
import { createServer as createTlsServer, Server } from 'node:https';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { describeError, type JsonValue } from '../base/index.ts';
import type { Log } from '../ports/index.ts';

/** A server certificate with its chain, and its key; PEM. */
export interface TlsIdentity {
  readonly certPem: string;
  readonly keyPem: string;
}

/** What a route gets to see of a request. */
export interface HttpRequest {
  readonly params: Readonly<Record<string, string>>;
  /** The decoded JSON body; `undefined` without one. */
  readonly body: unknown;
  /** Aborted when the client goes away, the time limit passes or the server closes. */
  readonly signal: AbortSignal;
}

/** A JSON answer, or a plain text one. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: JsonValue;
}

/** One route; parameters in the path are written ":name". */
export interface HttpRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  answer(request: HttpRequest): Promise<HttpAnswer> | HttpAnswer;
}

/** How a server listens. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: TlsIdentity;
  readonly maxBodyBytes: number;
  /** The longest that answering one request may take. */
  readonly requestTimeoutMs: number;
}

/** A listening server; disposing ends it with its open connections. */
export interface HttpServer extends AsyncDisposable {
  readonly port: number;
  /** "https://127.0.0.1:8443", with the host it listens on. */
  readonly url: string;
  /** Serves new connections with another certificate; an HTTPS server only. */
  replaceIdentity(tls: TlsIdentity): void;
}

/**
 * Starts a server with these routes and returns when it listens.
 *
 * Guarantees: an error in a route becomes a generic 500 with the request's id; the error itself is logged.
 * Errors: whatever the operating system says when the address cannot be listened on.
 */
export async function createHttpServer(
  deps: { readonly log: Log },
  routes: readonly HttpRoute[],
  options: HttpServerOptions,
): Promise<HttpServer> {
  const closing = new AbortController();
  const app = createApp(options);
  setErrorAnswers(app, deps.log);
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => answerRoute(route, request, reply, { options, closing: closing.signal }),
    });
  }
  await app.listen({ host: options.host, port: options.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    replaceIdentity(tls) {
      if (app.server instanceof Server) app.server.setSecureContext({ cert: tls.certPem, key: tls.keyPem });
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await app.close();
    },
  };
}

function createApp({ tls, maxBodyBytes, requestTimeoutMs }: HttpServerOptions): FastifyInstance {
  return fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    serverFactory(handler) {
      const server =
        tls === undefined
          ? createPlainServer(handler)
          : createTlsServer({ cert: tls.certPem, key: tls.keyPem, minVersion: 'TLSv1.2' }, handler);
      server.requestTimeout = requestTimeoutMs;
      server.setTimeout(requestTimeoutMs * 2);
      return server;
    },
  });
}

function setErrorAnswers(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not found' }));
  app.setErrorHandler((error: { readonly statusCode?: number; readonly message: string }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: error.message });
    log.error('request failed', { path: request.url, error: describeError(error), requestId: request.id });
    return reply.code(500).send({ error: 'internal error', requestId: request.id });
  });
}

async function answerRoute(
  route: HttpRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  limits: { readonly options: HttpServerOptions; readonly closing: AbortSignal },
): Promise<FastifyReply> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  request.raw.socket.once('close', leave);
  try {
    const timeout = AbortSignal.timeout(limits.options.requestTimeoutMs);
    const signal = AbortSignal.any([limits.closing, timeout, gone.signal]);
    const params = request.params as Readonly<Record<string, string>>;
    const answer = await route.answer({ params, body: request.body, signal });
    return reply.code(answer.status).send(answer.body);
  } finally {
    request.raw.socket.off('close', leave);
  }
}
