import { setMaxListeners } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describeError, type JsonObject } from '../../base/index.ts';
import type { Clock, Log, Metrics, Random } from '../../ports/index.ts';
import { createConditions } from './admission/conditions.ts';
import {
  allowAll,
  createFirstRoles,
  createRbacAuthorizer,
  createServiceAccountTokens,
  type TokenUser,
} from './auth/index.ts';
import { createCatalog } from './catalog.ts';
import { type ServerContext, timestamp } from './context.ts';
import { apiServerErrors } from './errors.ts';
import { createRequestMetrics } from './http/request-metrics.ts';
import { type Front, serve } from './http/route.ts';
import { startLifecycle } from './lifecycle/lifecycle.ts';
import { createMemoryStore } from './memory-store.ts';
import type { Store } from './storage.ts';

/** What the server needs from its process. */
export interface ApiServerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Where objects are kept; in memory when it is not given. */
  readonly store?: Store;
}

/** How the server is set up. */
export interface ApiServerOptions {
  /** The bearer token of the administrator. */
  readonly token: string;
  /** More tokens, each with its user. */
  readonly users?: readonly TokenUser[];
  /** "allow", the default, lets every user do everything; "rbac" goes by the roles in the store. */
  readonly authorization?: 'allow' | 'rbac';
  /** The CA of client certificates, PEM; needs `tls`. Without one, certificates say nothing. */
  readonly clientCa?: string;
  /** Signs the tokens of ServiceAccounts: PKCS 8, PEM, P-256. Without one they end with the process. */
  readonly tokenKey?: string;
  /** Always the loopback address. */
  readonly address?: '127.0.0.1';
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Serves https when given; PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The CA of its certificate, PEM, as each namespace gets it; by default the certificate itself. */
  readonly ca?: string;
  /** Names beside 127.0.0.1 and localhost that clients may use, without port. */
  readonly hosts?: readonly string[];
  /** Default 3 MiB. */
  readonly maxBodyBytes?: number;
  /** Changes that watches and pages can go back to; default 10,000. */
  readonly historyLength?: number;
  /** Time between bookmarks; default one minute. */
  readonly bookmarkIntervalMs?: number;
  /** Turns a webhook's service reference into an https address; without it such webhooks fail. */
  readonly resolveService?: (service: JsonObject) => string | undefined;
}

/** A running server. */
export interface ApiServer extends AsyncDisposable {
  /** E.g. "http://127.0.0.1:41234". */
  readonly url: string;
  /** Ends all watches and connections. */
  close(): Promise<void>;
}

const defaultBodyBytes = 3 * 1024 * 1024;
/** Selectors may be long. */
const maxHeaderSize = 1024 * 1024;
const defaultHistory = 10_000;
const minuteMs = 60_000;
/** Longer than clients keep idle connections, so that they close first. */
const keepAliveMs = 120_000;

/**
 * Starts a Kubernetes API server in this process.
 *
 * Shape: what it serves and refuses is listed in docs/reference/embedded-apiserver.md.
 * Errors: apiserver.listen-failed.
 */
export async function createApiServer(deps: ApiServerDeps, options: ApiServerOptions): Promise<ApiServer> {
  const closing = new AbortController();
  // Every open watch listens to it; that is their number, not a leak.
  setMaxListeners(0, closing.signal);
  const context = createContext(deps, options, closing.signal);
  const lifecycle = startLifecycle(context);
  await createFirstNamespaces(context);
  if (options.authorization === 'rbac') await createFirstRoles(context);
  // What every namespace has is there before the first request.
  await lifecycle.settled();
  const hosts = new Set<string>();
  const front: Front = {
    hosts,
    metrics: createRequestMetrics(deps.metrics),
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(context, front, { request, response });
  };
  const { tls } = options;
  const server =
    tls === undefined
      ? createHttpServer({ maxHeaderSize }, listener)
      : createHttpsServer({ maxHeaderSize, ...toTls(options) }, listener);
  server.keepAliveTimeout = keepAliveMs;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });
  const port = await listen(server, options.port ?? 0);
  for (const name of ['127.0.0.1', 'localhost', ...(options.hosts ?? [])]) hosts.add(`${name}:${port}`);
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    close: () => close(server, closing),
    [Symbol.asyncDispose]: () => close(server, closing),
  };
}

/** Certificates of clients are looked at, not demanded: a token will do. */
function toTls({ tls, clientCa }: ApiServerOptions): ServerOptions {
  if (clientCa === undefined) return { ...tls };
  return { ...tls, ca: clientCa, requestCert: true, rejectUnauthorized: false };
}

function createContext(deps: ApiServerDeps, options: ApiServerOptions, closing: AbortSignal): ServerContext {
  const { clock, random, log } = deps;
  const store = deps.store ?? createMemoryStore({ historyLength: options.historyLength ?? defaultHistory });
  const authorizer = options.authorization === 'rbac' ? createRbacAuthorizer(store) : allowAll;
  const tokens = createServiceAccountTokens({ clock, random, store }, options.tokenKey);
  const admin = {
    token: options.token,
    user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
  };
  return {
    clock,
    random,
    log,
    store,
    authorizer,
    tokens,
    authentication: { users: [admin, ...(options.users ?? [])], tokens, authorizer },
    catalog: createCatalog(),
    conditions: createConditions(),
    options: {
      maxBodyBytes: options.maxBodyBytes ?? defaultBodyBytes,
      bookmarkIntervalMs: options.bookmarkIntervalMs ?? minuteMs,
      ca: options.ca ?? options.tls?.cert ?? '',
      resolveService: options.resolveService,
    },
    closing,
  };
}

/** The namespaces that every cluster is born with. */
async function createFirstNamespaces(context: ServerContext): Promise<void> {
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
    const key = { resource: 'namespaces', namespace: '', name };
    if (context.store.get(key) !== undefined) continue;
    const metadata = {
      name,
      uid: context.random.uuid(),
      creationTimestamp: timestamp(context.clock),
      labels: { 'kubernetes.io/metadata.name': name },
    };
    const spec = { finalizers: ['kubernetes'] };
    const status = { phase: 'Active' };
    await context.store.put(key, { apiVersion: 'v1', kind: 'Namespace', metadata, spec, status }, 0);
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const message = `the API server cannot listen on 127.0.0.1:${port}: ${describeError(error)}`;
      reject(apiServerErrors.create('apiserver.listen-failed', message, { cause: error }));
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as AddressInfo;
      resolve(address.port);
    });
  });
}

function close(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
