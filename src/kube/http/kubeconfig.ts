import { existsSync, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js';
import { describeError } from '../../base/index.ts';
import type { Clock } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import type { Connection, ConnectionAuth } from './connection.ts';
import { createPluginSpawn } from './exec-plugin.ts';
import { readUserExtras, type UserExtras } from './kubeconfig-user.ts';

/** Which kubeconfig, and which of its contexts. */
export interface KubeconfigSource {
  /**
   * A file, or several as `KUBECONFIG` has them, where the first to name something counts. Without one, `KUBECONFIG`,
   * the home folder's file or the pod's service account, in this order.
   */
  readonly path?: string;
  /** Without one, the current context. */
  readonly context?: string;
  /** The proxy for a server for which the kubeconfig names none. Default none. */
  readonly proxyOf?: (server: string) => string | undefined;
}

/** How long credentials are used before they are read again: rotated tokens and certificates arrive within this time. */
const authLifeMs = 10_000;

/** A kubeconfig as it was read, and what the vendor's library leaves out of it. */
interface Loaded {
  readonly config: KubeConfig;
  readonly cluster: Cluster;
  readonly extras: UserExtras | undefined;
}

/**
 * A connection as a kubeconfig describes it: client certificates, tokens and their files, exec plugins, impersonation,
 * proxies, in-cluster token files. A refused credential has the files read again.
 *
 * The vendor's library is heavy and imported here alone, when a kubeconfig is really used; its narrow entry spares nine
 * tenths of it. Errors: kube.bad-config; later kube.unauthorized when a credential cannot be read.
 */
export async function loadKubeconfig(clock: Clock, source: KubeconfigSource = {}): Promise<Connection> {
  let loaded = await load(source);
  const { server } = loaded.cluster;
  const proxyUrl = loaded.cluster.proxyUrl ?? source.proxyOf?.(server);
  let last: { readonly auth: ConnectionAuth; readonly atMs: number } | undefined;
  let underWay: Promise<ConnectionAuth> | undefined;
  let lastToken: string | undefined;

  async function renew(isRefused: boolean): Promise<ConnectionAuth> {
    if (isRefused) loaded = await load(source).catch(() => loaded); // half-written files: what we had
    const options: RequestOptions = {};
    try {
      await loaded.config.applyToHTTPSOptions(options);
    } catch (error) {
      const name = loaded.config.getCurrentUser()?.name ?? '';
      throw kubeErrors.create('kube.unauthorized', `the credential of user "${name}" cannot be read`, {
        cause: error,
        hint: 'Look at the files and the exec plugin that the kubeconfig names for this user',
      });
    }
    lastToken = readToken(loaded.extras) ?? lastToken;
    const auth = toAuth(options, loaded.extras, lastToken);
    last = { auth, atMs: clock.nowMs() };
    return auth;
  }

  return {
    server: server.replace(/\/+$/, ''),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    authenticate(isRefused) {
      if (last !== undefined && !isRefused && clock.nowMs() - last.atMs < authLifeMs) {
        return Promise.resolve(last.auth);
      }
      // One at a time, for all who ask meanwhile: a plugin may be slow, and may ask a person.
      underWay ??= renew(isRefused).finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  };
}

async function load(source: KubeconfigSource): Promise<Loaded> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  const paths = source.path === undefined ? [join(homedir(), '.kube', 'config')] : listPaths(source.path);
  try {
    if (source.path === undefined) config.loadFromDefault();
    else {
      config.loadFromFile(paths[0] ?? '');
      for (const path of paths.slice(1)) {
        const more = new KubeConfig();
        more.loadFromFile(path);
        merge(config, more);
      }
    }
    if (source.context !== undefined) config.setCurrentContext(source.context);
    const cluster = prepareCluster(config, source);
    prepareUser(config);
    const extras = readUserExtras(paths, config.getCurrentUser()?.name);
    preparePlugin(config, cluster, extras?.folder);
    return { config, cluster, extras };
  } catch (error) {
    if (kubeErrors.is(error)) throw error;
    // The first line only: what follows quotes the file, secrets and all. So would the cause.
    throw badConfig(source, describeError(error).split('\n')[0] ?? '');
  }
}

/** Of several files those that are missing do not matter; a single one has to be there. */
function listPaths(path: string): readonly string[] {
  const paths = path.split(delimiter).filter((one) => one !== '');
  const present = paths.filter((one) => existsSync(one));
  return paths.length > 1 && present.length > 0 ? present : paths;
}

function merge(config: KubeConfig, more: KubeConfig): void {
  const missing = <T extends { readonly name: string }>(
    have: readonly T[],
    other: readonly T[],
  ): readonly T[] => other.filter(({ name }) => !have.some((one) => one.name === name));
  config.clusters = [...config.clusters, ...missing(config.clusters, more.clusters)];
  config.users = [...config.users, ...missing(config.users, more.users)];
  config.contexts = [...config.contexts, ...missing(config.contexts, more.contexts)];
  const current: string | undefined = config.currentContext;
  if (current === undefined || current === '') config.setCurrentContext(more.currentContext);
}

function prepareCluster(config: KubeConfig, source: KubeconfigSource): Cluster {
  const cluster = config.getCurrentCluster();
  const server: string | undefined = cluster?.server;
  if (cluster === null || server === undefined || server === '') {
    throw badConfig(source, 'the current context names no cluster with a server');
  }
  if (!URL.canParse(server)) throw badConfig(source, 'the server of the current cluster is no URL');
  if (cluster.proxyUrl?.startsWith('socks') === true) {
    throw badConfig(source, 'SOCKS proxies are not supported');
  }
  // The vendor's library refuses plain HTTP unless TLS checks are off; without TLS there are none to switch off.
  if (server.startsWith('http:')) {
    config.clusters = config.clusters.map((item) =>
      item === cluster ? { ...item, skipTLSVerify: true } : item,
    );
  }
  return cluster;
}

/** Without a user the vendor's library would forget the cluster's authority as well. */
function prepareUser(config: KubeConfig): void {
  if (config.getCurrentUser() !== null) return;
  const name = ' nobody';
  config.users = [...config.users, { name }];
  config.contexts = config.contexts.map((one) =>
    one.name === config.currentContext ? { ...one, user: name } : one,
  );
}

/** The vendor's library starts plugins without what the protocol tells them, and waits for them for ever. */
function preparePlugin(config: KubeConfig, cluster: Cluster, folder: string | undefined): void {
  const exec: unknown = config.getCurrentUser()?.exec;
  if (typeof exec !== 'object' || exec === null) return;
  const start = createPluginSpawn(exec, cluster, folder);
  const known: unknown = Reflect.get(config, 'authenticators');
  for (const one of Array.isArray(known) ? known : []) {
    if (typeof one === 'object' && one !== null && 'execFn' in one) Reflect.set(one, 'execFn', start);
  }
}

/** The token of the moment; a file that cannot be read just now leaves the one before. */
function readToken(extras: UserExtras | undefined): string | undefined {
  if (extras?.tokenFile === undefined) return undefined;
  try {
    return readFileSync(extras.tokenFile, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function badConfig(source: KubeconfigSource, reason: string): Error {
  const place = source.path ?? 'the default places';
  return kubeErrors.create('kube.bad-config', `kubeconfig from "${place}" cannot be used: ${reason}`);
}

/** The parse step of what the vendor's library fills in. */
function toAuth(
  options: RequestOptions,
  extras: UserExtras | undefined,
  token: string | undefined,
): ConnectionAuth {
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  if (typeof options.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  if (token !== undefined && token !== '') headers['authorization'] = `Bearer ${token}`;
  return {
    headers: { ...headers, ...extras?.impersonation },
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
