import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { sendText } from './body.ts';

/** Answers one request; several of them can share a port by host name. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Where and how to listen. */
export interface ListenOptions {
  /** 0 or nothing for any free port. */
  readonly port?: number;
  /** Certificate and key in PEM; plain HTTP without them. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Host names that may stand in the Host header beside 127.0.0.1 and localhost, e.g. "github.com". */
  readonly hosts?: readonly string[];
}

/** A server that listens; dispose it to close its port and connections. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  /** Host and port, e.g. "127.0.0.1:8443". */
  readonly address: string;
  /** E.g. "https://127.0.0.1:8443". */
  readonly url: string;
}

/**
 * Listens on 127.0.0.1 only, and refuses requests for foreign hosts, so that no web page can reach the server by a
 * name of its own.
 */
export async function listen(handler: RequestHandler, options: ListenOptions = {}): Promise<Listening> {
  const known = new Set(['127.0.0.1', 'localhost', ...(options.hosts ?? [])]);
  const guarded: RequestHandler = (request, response) => {
    if (isOwn(known, request)) handler(request, response);
    else sendText(response, 421, 'this server does not answer for that host\n');
  };
  const server: Server = options.tls ? createTlsServer(options.tls, guarded) : createServer(guarded);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const address = `127.0.0.1:${port}`;
  return {
    port,
    address,
    url: `${options.tls ? 'https' : 'http'}://${address}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** One handler that picks another by the host that a request is for. */
export function routeByHost(handlers: Readonly<Record<string, RequestHandler>>): RequestHandler {
  return (request, response) => {
    const host = hostOf(request);
    const handler = Object.hasOwn(handlers, host) ? handlers[host] : undefined;
    if (handler) handler(request, response);
    else sendText(response, 421, 'this server does not answer for that host\n');
  };
}

function hostOf(request: IncomingMessage): string {
  return (request.headers.host ?? '').replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
}

function isOwn(known: ReadonlySet<string>, request: IncomingMessage): boolean {
  const host = hostOf(request);
  const { origin } = request.headers;
  if (origin === undefined) return known.has(host);
  return known.has(host) && URL.canParse(origin) && known.has(new URL(origin).hostname);
}
