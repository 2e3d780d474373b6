import { applications } from '../api/argocd/index.ts';
import { configMaps, namespaces, secrets } from '../api/core/index.ts';
import {
  freights,
  labels,
  projectConfigs,
  projects,
  promotions,
  stages,
  warehouses,
} from '../api/v1alpha1/index.ts';
import { createProjectController } from '../controllers/project/index.ts';
import { createPromotionController, promotionIndexes } from '../controllers/promotion/index.ts';
import { applicationWatch, createStageController, stageIndexes } from '../controllers/stage/index.ts';
import { createStageTurns } from '../controllers/turns/index.ts';
import { createWarehouseController } from '../controllers/warehouse/index.ts';
import { createChartDiscovery, createCommitDiscovery, createImageDiscovery } from '../discovery/index.ts';
import { formatShardSelector, type Shard } from '../domain/index.ts';
import { createWorkdir } from '../git/workdir/index.ts';
import {
  type AnyController,
  createKubeEvents,
  createRunner,
  gatherPatches,
  type KubeClient,
  kubeErrors,
  type Runner,
  type WatchedType,
} from '../kube/index.ts';
import type { ArgoCd, StageTurns } from '../ports/index.ts';
import { registriesLabel } from '../secrets/index.ts';
import { createEngine, createStepExpressions } from '../steps/engine/index.ts';
import { stepDefinitions } from '../steps/registry.ts';
import type { Adapters, Surroundings } from './adapters.ts';
import type { Resources } from './resources.ts';
import type { Settings } from './settings.ts';

/** What the controllers of one process run on. */
export interface ControllersDeps extends Surroundings {
  readonly client: Pick<KubeClient, 'reader' | 'writer' | 'changes'>;
  readonly adapters: Adapters;
}

/** Where a process watches: the cluster of the control plane and that of Argo CD, which may be the same. */
export interface Clusters {
  readonly client: KubeClient;
  readonly argocd: KubeClient;
}

/** What these clusters have, and what this process may see of them. */
export interface Reach {
  readonly hasArgoCd: boolean;
  /** May Secrets of all Projects be watched? Otherwise they are read one by one when they are needed. */
  readonly seesSecrets: boolean;
}

/**
 * Watches what the controllers need and starts them. Resolves when they work.
 *
 * Order: the caches are full before the first pass, so that nothing is decided on half of the world.
 */
export async function startControllers(
  deps: ControllersDeps & { readonly client: KubeClient },
  settings: Settings,
  resources: Resources,
  signal: AbortSignal,
): Promise<Runner> {
  const reach = await watchClusters(deps, { client: deps.client, argocd: deps.client }, settings, signal);
  return runControllers(deps, settings, reach, resources);
}

/** Fills the caches with what the controllers need. */
export async function watchClusters(
  deps: Surroundings,
  { client, argocd }: Clusters,
  settings: Settings,
  signal: AbortSignal,
): Promise<Reach> {
  const isAsked = settings.ARGOCD_INTEGRATION_ENABLED;
  const place = placeOfApplications(settings);
  const hasArgoCd = isAsked && (await isInstalled(argocd, place, signal));
  if (!hasArgoCd) deps.log.info('no Applications in this cluster: Argo CD steps and health checks say so');
  const reach = { hasArgoCd, seesSecrets: await canListSecrets(client, signal) };
  const registries = await registryMaps(client, settings.SYSTEM_RESOURCES_NAMESPACE, signal);
  await Promise.all([
    client.start([...watchedTypes(reach, shardOf(settings)), ...registries], signal),
    ...(hasArgoCd ? [argocd.start([{ type: applications, ...place }], signal)] : []),
  ]);
  return reach;
}

/** Starts the controllers on full caches; they end with the resources. */
export function runControllers(
  deps: ControllersDeps,
  settings: Settings,
  reach: Reach,
  resources: Resources,
): Runner {
  const ending = resources.use(new AbortController(), (controller) => controller.abort());
  const events = createKubeEvents({ ...deps, writer: deps.client.writer }, ending.signal);
  resources.use(events, (one) => one.flush());
  const turns = createStageTurns(deps, (promotion) => runner.wake('promotion', promotion));
  const runner: Runner = createRunner(
    { ...deps, reader: deps.client.reader, writer: deps.client.writer, changes: deps.client.changes, events },
    createControllers({ ...deps, turns }, settings, reach),
  );
  resources.use(runner, (one) => one.stop());
  runner.start();
  return runner;
}

/** The part of the objects that this process is responsible for. */
export function shardOf(settings: Settings): Shard {
  const name = settings.SHARD_NAME === '' ? undefined : settings.SHARD_NAME;
  return { name, isDefault: settings.IS_DEFAULT_CONTROLLER };
}

/** Projects belong to no shard; whoever takes the objects without one takes them. */
function keepsProjects({ name, isDefault }: Shard): boolean {
  return name === undefined || isDefault;
}

/** Who keeps Projects counts the Stages of all shards. */
function watchedTypes({ seesSecrets }: Reach, shard: Shard): readonly WatchedType[] {
  const selector = formatShardSelector(shard);
  const ofShard = selector === undefined ? {} : { labelSelector: selector };
  const own: readonly WatchedType[] = [
    { type: namespaces, labelSelector: 'kargo.akuity.io/project' },
    { type: projects },
    { type: projectConfigs },
    { type: warehouses },
    { type: freights },
    { type: stages, ...(keepsProjects(shard) ? {} : ofShard) },
    { type: promotions, indexes: { ...promotionIndexes, ...stageIndexes }, ...ofShard } as WatchedType,
  ];
  return seesSecrets ? [...own, { type: secrets, labelSelector: labels.credentialType }] : own;
}

function createControllers(
  deps: ControllersDeps & { readonly turns: StageTurns },
  settings: Settings,
  { hasArgoCd, seesSecrets }: Reach,
): readonly AnyController[] {
  const { adapters, client, clock, random, metrics, turns } = deps;
  const { reader, writer } = client;
  const shard = shardOf(settings);
  const shared = settings.SHARED_RESOURCES_NAMESPACE;
  const suffix = shard.name === undefined ? '' : `-${shard.name}`;
  const engine = createEngine({
    definitions: new Map(stepDefinitions.map((definition) => [definition.name, definition])),
    ports: adapters,
    createWorkdir,
    clock,
    log: deps.log,
    metrics,
  });
  const expressions = createStepExpressions(
    { reader, clock },
    { sharedNamespace: settings.SHARED_RESOURCES_NAMESPACE },
  );
  return [
    ...(keepsProjects(shard) ? [createProjectController({ reader, writer, clock }, { concurrency: 4 })] : []),
    createWarehouseController(
      {
        reader,
        writer,
        clock,
        images: createImageDiscovery(
          { ...adapters, clock },
          {
            cacheByTagPolicy: settings.CACHE_BY_TAG_POLICY,
            maxCachedTags: settings.MAX_IMAGE_CACHE_ENTRIES,
          },
        ),
        credentials: adapters.credentials,
        commits: createCommitDiscovery({ ...adapters, clock }),
        charts: createChartDiscovery({ ...adapters, clock }),
      },
      {
        ...(shard.name === undefined ? {} : { shard: shard.name }),
        isDefault: shard.isDefault,
        wakeOnSecrets: seesSecrets,
        ...(shared === undefined ? {} : { sharedNamespace: shared }),
        minIntervalMs: settings.MIN_WAREHOUSE_RECONCILIATION_INTERVAL,
        concurrency: settings.MAX_CONCURRENT_WAREHOUSE_RECONCILES,
      },
    ),
    createStageController(
      {
        reader,
        // Many Stages tell one Freight at the same time that it has come to them.
        writer: gatherPatches(writer),
        applications: hasArgoCd ? watchedApplications(deps, placeOfApplications(settings)) : adapters.argocd,
        clock,
        random,
        turns,
      },
      {
        name: `stage-controller${suffix}`,
        shard: shard.name,
        isDefault: shard.isDefault,
        argocdNamespace: settings.ARGOCD_NAMESPACE,
        concurrency: settings.MAX_CONCURRENT_STAGE_RECONCILES,
        extraWatches: hasArgoCd ? [applicationWatch] : [],
      },
    ),
    createPromotionController(
      { reader, writer, clock, turns, engine, createExpressions: expressions },
      {
        component: `promotion-controller${suffix}`,
        concurrency: settings.MAX_CONCURRENT_PROMOTION_RECONCILES,
        shard,
        watchesApplications: hasArgoCd,
        uiBaseUrl: settings.API_SERVER_BASE_URL,
        argocdNamespace: settings.ARGOCD_NAMESPACE,
      },
    ),
  ] as unknown as readonly AnyController[];
}

/** Where Applications are watched: in one namespace, or in all. */
function placeOfApplications(settings: Settings): { readonly namespace?: string } {
  return settings.ARGOCD_WATCH_ARGOCD_NAMESPACE_ONLY ? { namespace: settings.ARGOCD_NAMESPACE } : {};
}

/** Health is judged by what is watched: the next change of it wakes the Stage again. */
function watchedApplications(
  { client, adapters }: Pick<ControllersDeps, 'client' | 'adapters'>,
  place: { readonly namespace?: string },
): Pick<ArgoCd, 'get' | 'refresh'> {
  const { argocd } = adapters;
  return {
    async get(namespace, name, signal) {
      const isWatched = place.namespace === undefined || place.namespace === namespace;
      return isWatched
        ? client.reader.get(applications, { namespace, name })
        : argocd.get(namespace, name, signal);
    },
    refresh: (namespace, name, signal) => argocd.refresh(namespace, name, signal),
  };
}

async function isInstalled(
  client: KubeClient,
  place: { readonly namespace?: string },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.reader.listLive(applications, place, signal);
    return true;
  } catch (error) {
    if (kubeErrors.is(error, 'kube.not-found') || kubeErrors.is(error, 'kube.unknown-type')) return false;
    throw error;
  }
}

/** The ConfigMaps that configure registries, where there is a place for them that may be watched. */
async function registryMaps(
  client: KubeClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<readonly WatchedType[]> {
  if (namespace === undefined) return [];
  const labelSelector = `${registriesLabel}=true`;
  try {
    await client.reader.listLive(configMaps, { namespace, labels: labelSelector }, signal);
    return [{ type: configMaps, namespace, labelSelector }];
  } catch (error) {
    if (kubeErrors.is(error, 'kube.forbidden')) return [];
    throw error;
  }
}

/** The chart grants it for the whole cluster or Project by Project. */
async function canListSecrets(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.reader.listLive(secrets, { labels: `${labels.credentialType}=none` }, signal);
    return true;
  } catch (error) {
    if (kubeErrors.is(error, 'kube.forbidden')) return false;
    throw error;
  }
}
