import type {
  Clock,
  KubeAccess,
  KubeChanges,
  KubeReader,
  KubeWriter,
  Log,
  Metrics,
  Random,
} from '../ports/index.ts';
import { createAccess } from './access.ts';
import { type CacheOptions, createCache } from './cache/cache.ts';
import type { Health } from './health.ts';
import { type Connection, createPlainConnection, type PlainConnection } from './http/connection.ts';
import { type KubeconfigSource, loadKubeconfig } from './http/kubeconfig.ts';
import { createRest } from './http/rest.ts';
import { createTransport, type TransportOptions } from './http/transport.ts';
import { createReader } from './reader.ts';
import { createReflector, type Reflector, type ReflectorOptions } from './reflector/reflector.ts';
import type { WatchedType } from './watched.ts';
import { createWriter } from './writer.ts';

/** How to reach a cluster: spelled out, or by a kubeconfig. */
export type ClusterAddress = PlainConnection | { readonly kubeconfig: KubeconfigSource };

/** A client of one cluster. */
export interface KubeClient {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  readonly changes: KubeChanges;
  readonly access: KubeAccess;
  /** Where it is connected, for people. */
  readonly server: string;
  /**
   * Watches these types and resolves when all are in the cache; may be called again for further types.
   *
   * Errors: kube.unsupported-version; kube.bad-config for a type declared twice; the reason of an aborted signal.
   */
  start(types: readonly WatchedType[], signal: AbortSignal): Promise<void>;
  /** For the readiness probe: false, with a sentence, while a watch has failed for more than a minute. */
  health(): Health;
  /** Ends all watches and connections. */
  close(): Promise<void>;
}

/** What a client needs from its surroundings. */
export interface KubeClientDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Limits and timings; the defaults suit a real server. */
export interface KubeClientOptions extends CacheOptions, ReflectorOptions, TransportOptions {}

/** Connects to a cluster. Errors: kube.bad-config; the network is not touched yet. */
export async function createKubeClient(
  deps: KubeClientDeps,
  address: ClusterAddress,
  options: KubeClientOptions = {},
): Promise<KubeClient> {
  const connection = await connect(deps.clock, address);
  const transport = createTransport(deps, connection, options);
  const rest = createRest(transport);
  const cache = createCache(deps, options);
  const stopped = new AbortController();
  const running = new Set<Promise<void>>();
  const watching = new Map<string, Reflector>();

  return {
    reader: createReader(cache, rest),
    writer: createWriter(cache, rest),
    changes: cache,
    access: createAccess(rest),
    server: connection.server,
    async start(types, signal) {
      const started = types.map((watched) => {
        const reflector = createReflector({ ...deps, rest }, cache.add(watched), options);
        watching.set(watched.type.plural, reflector);
        running.add(reflector.run(stopped.signal));
        return reflector.synced;
      });
      await untilAborted(Promise.all(started), signal);
    },
    health: () => judgeWatches(watching, deps.clock.nowMs()),
    async close() {
      stopped.abort(new Error('the Kubernetes client is closed'));
      await Promise.all(running);
      await transport.close();
    },
  };
}

/** How long a watch may fail before it counts; servers restart. */
const unhealthyAfterMs = 60_000;

function judgeWatches(watching: ReadonlyMap<string, Reflector>, nowMs: number): Health {
  for (const [plural, { failing }] of watching) {
    if (failing === undefined || nowMs - failing.sinceMs <= unhealthyAfterMs) continue;
    const seconds = Math.round((nowMs - failing.sinceMs) / 1000);
    return { healthy: false, sentence: `${plural} cannot be watched for ${seconds} s: ${failing.reason}` };
  }
  return { healthy: true };
}

function connect(clock: Clock, address: ClusterAddress): Promise<Connection> {
  if ('kubeconfig' in address) return loadKubeconfig(clock, address.kubeconfig);
  return Promise.resolve(createPlainConnection(address));
}

/** Waits for the work, or rejects with the signal's reason; the work itself goes on. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
