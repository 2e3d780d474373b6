import type { RequestOptions } from 'node:https';
import { describeError } from '../../base/index.ts';
import type { Clock } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import type { Connection, ConnectionAuth } from './connection.ts';

/** Which kubeconfig, and which of its contexts. */
export interface KubeconfigSource {
  /** A file; without one, `KUBECONFIG`, the home folder's file or the pod's service account, in this order. */
  readonly path?: string;
  /** Without one, the current context. */
  readonly context?: string;
}

/** How long credentials are used before they are read again: rotated tokens and certificates arrive within this time. */
const authLifeMs = 10_000;

/**
 * A connection as a kubeconfig describes it: client certificates, tokens, exec plugins, in-cluster token files.
 *
 * The vendor's library is heavy and imported here alone, when a kubeconfig is really used; its narrow entry spares nine
 * tenths of it. Errors: kube.bad-config.
 */
export async function loadKubeconfig(clock: Clock, source: KubeconfigSource = {}): Promise<Connection> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  try {
    if (source.path === undefined) config.loadFromDefault();
    else config.loadFromFile(source.path);
    if (source.context !== undefined) config.setCurrentContext(source.context);
  } catch (error) {
    throw badConfig(source, describeError(error), error);
  }
  const cluster = config.getCurrentCluster();
  if (cluster?.server === undefined)
    throw badConfig(source, 'the current context names no cluster with a server');
  if (cluster.proxyUrl?.startsWith('socks') === true)
    throw badConfig(source, 'SOCKS proxies are not supported');
  // The vendor's library refuses plain HTTP unless TLS checks are off; without TLS there are none to switch off.
  if (cluster.server.startsWith('http:')) {
    config.clusters = config.clusters.map((item) =>
      item === cluster ? { ...item, skipTLSVerify: true } : item,
    );
  }
  let last: { readonly auth: ConnectionAuth; readonly atMs: number } | undefined;

  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(cluster.proxyUrl === undefined ? {} : { proxyUrl: cluster.proxyUrl }),
    async authenticate(isRefused) {
      if (last !== undefined && !isRefused && clock.nowMs() - last.atMs < authLifeMs) return last.auth;
      const options: RequestOptions = {};
      try {
        await config.applyToHTTPSOptions(options);
      } catch (error) {
        throw badConfig(source, 'the credential of the current user cannot be read', error);
      }
      last = { auth: toAuth(options), atMs: clock.nowMs() };
      return last.auth;
    },
  };
}

function badConfig(source: KubeconfigSource, reason: string, cause?: unknown): Error {
  const place = source.path ?? 'the default places';
  return kubeErrors.create('kube.bad-config', `kubeconfig from "${place}" cannot be used: ${reason}`, {
    cause,
  });
}

/** The parse step of what the vendor's library fills in. */
function toAuth(options: RequestOptions): ConnectionAuth {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  if (typeof options.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  return {
    headers,
    tls: {
      ...(isPem(options.ca) ? { ca: options.ca } : {}),
      ...(isPem(options.cert) ? { cert: options.cert } : {}),
      ...(isPem(options.key) ? { key: options.key } : {}),
      ...(options.servername === undefined ? {} : { serverName: options.servername }),
      ...(options.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: options.rejectUnauthorized }),
    },
  };
}

function isPem(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
