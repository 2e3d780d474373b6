import { isIP } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import type { HttpTls } from '../ports/index.ts';

/** Where connections to a mapped host go instead. */
export interface Endpoint {
  /** Host and port, e.g. "127.0.0.1:8443". */
  readonly address: string;
  /** The only CA certificates accepted from it, in PEM; without them, the process's own trust applies. */
  readonly caPem?: string;
}

/** What all connections of one client have in common. */
export interface ConnectionOptions {
  /** Mapped hosts, by host name ("github.com", every port) or host and port ("github.com:8443"). */
  readonly endpoints?: Readonly<Record<string, Endpoint>>;
  /** CA certificates to trust beside the built-in ones, in PEM. */
  readonly extraCaPem?: string;
  /** The longest time to connect, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** The proxy through which a URL is reached, e.g. "http://proxy:3128"; mapped hosts have none. */
  readonly proxyFor?: (url: string) => string | undefined;
}

/** Keeps one connection pool per kind of trust and proxy. */
export interface Dispatchers {
  forRequest(url: URL, tls: HttpTls | undefined): Dispatcher;
  close(): Promise<void>;
}

const defaultConnectTimeoutMs = 10_000;
/** Pools kept for requests with trust settings of their own; the oldest goes first. */
const maxPools = 32;

/** Creates the pools of a client. */
export function createDispatchers(options: ConnectionOptions): Dispatchers {
  const pools = new Map<string, Agent | ProxyAgent>();
  return {
    forRequest(url, tls) {
      const proxy = proxyOf(options, url);
      const key = `${proxy ?? ''}\n${tls?.insecureSkipVerify === true}\n${tls?.caPem ?? ''}`;
      const known = pools.get(key);
      if (known) return known;
      const agent =
        proxy === undefined
          ? new Agent({ connect: createConnect(options, tls), pipelining: 1, connections: 32 })
          : createProxied(options, proxy, tls);
      pools.set(key, agent);
      const [oldest] = pools.keys();
      if (pools.size > maxPools && oldest !== undefined) {
        // Requests under way end normally; a failing close leaves nothing to do.
        void pools
          .get(oldest)
          ?.close()
          .catch(() => undefined);
        pools.delete(oldest);
      }
      return agent;
    },
    async close() {
      await Promise.all([...pools.values()].map((agent) => agent.destroy()));
      pools.clear();
    },
  };
}

function proxyOf(options: ConnectionOptions, { href, hostname, port, protocol }: URL): string | undefined {
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  // A mapped host is reached at its address and nowhere else.
  if (findEndpoint(options.endpoints, hostname, ownPort) !== undefined) return undefined;
  return options.proxyFor?.(href);
}

function createProxied(options: ConnectionOptions, proxy: string, tls: HttpTls | undefined): ProxyAgent {
  const trusted = (...pem: (string | undefined)[]) => {
    const ca = trustedCertificates(...pem);
    return ca === undefined ? {} : { ca };
  };
  const timeout = options.connectTimeoutMs ?? defaultConnectTimeoutMs;
  return new ProxyAgent({
    uri: proxy,
    pipelining: 1,
    connections: 32,
    requestTls: {
      timeout,
      rejectUnauthorized: tls?.insecureSkipVerify !== true,
      ...trusted(options.extraCaPem, tls?.caPem),
    },
    proxyTls: { timeout, ...trusted(options.extraCaPem) },
  });
}

/** The endpoint of a host, if the operator has mapped it. */
export function findEndpoint(
  endpoints: Readonly<Record<string, Endpoint>> | undefined,
  hostname: string,
  port: string,
): Endpoint | undefined {
  const host = hostname.replace(/\.$/, '').toLowerCase();
  for (const name of [`${host}:${port}`, host]) {
    if (endpoints !== undefined && Object.hasOwn(endpoints, name)) return endpoints[name];
  }
  return undefined;
}

function createConnect(options: ConnectionOptions, tls: HttpTls | undefined): buildConnector.connector {
  const timeout = options.connectTimeoutMs ?? defaultConnectTimeoutMs;
  const rejectUnauthorized = tls?.insecureSkipVerify !== true;
  const connectWith = (ca: string[] | undefined): buildConnector.connector => {
    let shared: buildConnector.connector | undefined;
    return (target, callback) => {
      try {
        // Reading certificates costs more than a connection, so that all share one context.
        shared ??= buildConnector({
          timeout,
          rejectUnauthorized,
          secureContext: createSecureContext(ca === undefined ? {} : { ca }),
        });
      } catch (error) {
        callback(error instanceof Error ? error : new Error(String(error)), null);
        return;
      }
      shared(target, callback);
    };
  };
  const usual = connectWith(trustedCertificates(options.extraCaPem, tls?.caPem));
  const byCa = new Map<string, buildConnector.connector>();
  return (target, callback) => {
    const port = target.port || (target.protocol === 'https:' ? '443' : '80');
    const endpoint = findEndpoint(options.endpoints, target.hostname, port);
    if (endpoint === undefined) return usual(target, callback);
    const ca = endpoint.caPem;
    const connect = ca === undefined ? usual : (byCa.get(ca) ?? connectWith([ca]));
    if (ca !== undefined) byCa.set(ca, connect);
    const address = new URL(`tcp://${endpoint.address}`);
    const servername = isIP(target.hostname) === 0 ? target.hostname : undefined;
    const mapped = { ...target, hostname: address.hostname.replace(/^\[|\]$/g, ''), port: address.port };
    return connect({ ...mapped, host: endpoint.address, ...(servername ? { servername } : {}) }, callback);
  };
}

function trustedCertificates(...extra: (string | undefined)[]): string[] | undefined {
  const given = extra.filter((pem) => pem !== undefined && pem !== '') as string[];
  return given.length === 0 ? undefined : [...rootCertificates, ...given];
}
