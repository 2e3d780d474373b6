import { hostname } from 'node:os';
import {
  createElector,
  createGuardedWriter,
  createKubeClient,
  type Health,
  type KubeClient,
  type KubeClientOptions,
  type KubeconfigSource,
  type Permit,
  type Runner,
  startHeartbeat,
} from '../kube/index.ts';
import type { HttpClient, KubeWriter } from '../ports/index.ts';
import { createAdapters, createHttp, type Surroundings } from './adapters.ts';
import { joinClusters } from './argocd-cluster.ts';
import { type Clusters, type Reach, runControllers, shardOf, watchClusters } from './controllers.ts';
import { guardAdapters, guardHttp } from './guarded.ts';
import { serveProbes } from './probes.ts';
import { createProxyRule, type ProxyRule, proxySettings } from './proxy.ts';
import { Resources } from './resources.ts';
import type { Settings } from './settings.ts';
import { createSurroundings } from './surroundings.ts';

/** What every term of a controller process stands on. */
interface Ground {
  readonly surroundings: Surroundings;
  readonly settings: Settings;
  readonly clusters: Clusters;
  readonly reach: Reach;
  readonly http: HttpClient;
  /** Told what runs now; the probes ask about it. */
  setRunner(runner: Runner | undefined): void;
}

/**
 * The process behind `gantry controller`: all controllers on the cluster of a kubeconfig, until the signal is aborted.
 *
 * With leader election it keeps its caches full while it waits, so that taking over takes no time.
 */
export async function runController(
  settings: Settings,
  kubeconfig: string | undefined,
  stderr: { write(text: string): unknown },
  signal: AbortSignal,
): Promise<void> {
  await using resources = new Resources();
  const surroundings = createSurroundings(settings.LOG_LEVEL, stderr);
  let runner: Runner | undefined;
  let ready: () => Health = () => ({ healthy: false, sentence: 'starting' });
  if (settings.METRICS_BIND_ADDRESS !== '0') {
    const sources = { metrics: surroundings.prometheus, runner: () => runner, ready: () => ready() };
    const url = await serveProbes(sources, settings.METRICS_BIND_ADDRESS, resources);
    surroundings.log.info('serving metrics and probes', { url });
  }
  const clusters = await connectClusters(surroundings, settings, kubeconfig, resources);
  const reach = await watchClusters(surroundings, clusters, settings, signal);
  ready = () => firstTrouble([clusters.client.health(), clusters.argocd.health()]);
  const ground: Ground = {
    surroundings,
    settings,
    clusters,
    reach,
    http: createHttp(settings, resources),
    setRunner: (next) => {
      runner = next;
    },
  };
  if (settings.GANTRY_LEADER_ELECT) await leadWhenElected(ground, signal);
  else await work(ground, undefined, signal);
}

async function connectClusters(
  surroundings: Surroundings,
  settings: Settings,
  kubeconfig: string | undefined,
  resources: Resources,
): Promise<Clusters> {
  const options = requestLimits(settings);
  const connect = async (path: string | undefined): Promise<KubeClient> => {
    const address = { kubeconfig: toKubeconfigSource(path, createProxyRule(proxySettings(settings))) };
    return resources.use(await createKubeClient(surroundings, address, options), (one) => one.close());
  };
  const client = await connect(kubeconfig ?? settings.KUBECONFIG);
  const argocd =
    settings.ARGOCD_KUBECONFIG === undefined ? client : await connect(settings.ARGOCD_KUBECONFIG);
  return { client, argocd };
}

/** The limits that an operator has set; without any, the server's own priority and fairness decides. */
function requestLimits({ KUBE_API_QPS: perSecond, KUBE_API_BURST: burst }: Settings): KubeClientOptions {
  if (perSecond === undefined) return {};
  return { requestLimit: { perSecond, burst: burst ?? Math.ceil(perSecond * 6) } };
}

async function leadWhenElected(ground: Ground, signal: AbortSignal): Promise<void> {
  const { surroundings, settings, clusters } = ground;
  const elector = createElector(
    { ...surroundings, ...clusters.client, steadyMs: () => performance.now() },
    {
      namespace: settings.KARGO_NAMESPACE,
      name: `gantry-controller-${shardName(settings)}`,
      identity: `${hostname()}_${surroundings.random.uuid()}`,
      ...leaseTimes(settings),
    },
  );
  await elector.run((term) => work(ground, term.permit, term.signal), signal);
}

/** Others wait for the whole lease; the holder stops working, and tries, in the proportions of Kubernetes's own. */
function leaseTimes({ GANTRY_LEASE_SECONDS: seconds }: Settings) {
  const leaseMs = seconds * 1000;
  return { leaseMs, renewDeadlineMs: (leaseMs * 2) / 3, retryMs: (leaseMs * 2) / 15 };
}

/** Runs the controllers until the signal is aborted; what they do outside needs the permit, if there is one. */
async function work(ground: Ground, permit: Permit | undefined, signal: AbortSignal): Promise<void> {
  await using resources = new Resources();
  const { surroundings, settings, clusters, reach, http } = ground;
  const joined = joinClusters(clusters.client, clusters.argocd);
  const writer = permit === undefined ? joined.writer : createGuardedWriter(joined.writer, permit);
  const access = { ...joined, writer };
  const adapters =
    permit === undefined
      ? createAdapters(surroundings, access, http, settings)
      : guardAdapters(createAdapters(surroundings, access, guardHttp(http, permit), settings), permit);
  beat(ground, access.writer, resources);
  const runner = runControllers({ ...surroundings, client: access, adapters }, settings, reach, resources);
  ground.setRunner(runner);
  resources.use(runner, () => ground.setRunner(undefined));
  surroundings.log.info('controllers are at work', { host: clusters.client.server });
  await untilAborted(signal);
  surroundings.log.info('stopping');
}

/** The sign of life by which others know that this shard has a controller. */
function beat({ surroundings, settings, clusters }: Ground, writer: KubeWriter, resources: Resources): void {
  const heartbeat = startHeartbeat(
    { ...surroundings, reader: clusters.client.reader, writer },
    {
      namespace: settings.KARGO_NAMESPACE,
      name: `kargo-controller-${shardName(settings)}`,
      labels: { 'kargo.akuity.io/controller': settings.SHARD_NAME },
      holder: hostname(),
      ttlMs: settings.HEARTBEAT_TTL_SECONDS * 1000,
    },
  );
  resources.use(heartbeat, (one) => one.stop());
}

function shardName(settings: Settings): string {
  return shardOf(settings).name ?? 'unnamed';
}

function firstTrouble(healths: readonly Health[]): Health {
  return healths.find(({ healthy }) => !healthy) ?? { healthy: true };
}

/** A file, or several as KUBECONFIG has them; without one, the default places. */
export function toKubeconfigSource(path: string | undefined, proxyOf?: ProxyRule): KubeconfigSource {
  const proxy = proxyOf === undefined ? {} : { proxyOf };
  return path === undefined ? proxy : { ...proxy, path };
}

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
