import { applications } from '../api/argocd/index.ts';
import { namespaces, secrets } from '../api/core/index.ts';
import {
  freights,
  labels,
  projectConfigs,
  projects,
  promotions,
  stages,
  warehouses,
} from '../api/v1alpha1/index.ts';
import { AppError } from '../base/index.ts';
import { createProjectController } from '../controllers/project/index.ts';
import { createPromotionController, promotionIndexes } from '../controllers/promotion/index.ts';
import { applicationWatch, createStageController } from '../controllers/stage/index.ts';
import { createWarehouseController } from '../controllers/warehouse/index.ts';
import { createImageDiscovery } from '../discovery/index.ts';
import { createWorkdir } from '../git/workdir/index.ts';
import {
  type AnyController,
  createKubeEvents,
  createRunner,
  type KubeClient,
  type Runner,
  type WatchedType,
} from '../kube/index.ts';
import { createEngine, createStepExpressions } from '../steps/engine/index.ts';
import { stepDefinitions } from '../steps/registry.ts';
import type { Adapters, Surroundings } from './adapters.ts';
import type { Resources } from './resources.ts';
import type { Settings } from './settings.ts';

/** What the controllers of one process run on. */
export interface ControllersDeps extends Surroundings {
  readonly client: KubeClient;
  readonly adapters: Adapters;
}

/**
 * Watches what the controllers need and starts them. Resolves when they work.
 *
 * Order: the caches are full before the first pass, so that nothing is decided on half of the world.
 */
export async function startControllers(
  deps: ControllersDeps,
  settings: Settings,
  resources: Resources,
  signal: AbortSignal,
): Promise<Runner> {
  const hasArgoCd = settings.ARGOCD_INTEGRATION_ENABLED && (await isInstalled(deps.client, signal));
  if (!hasArgoCd) deps.log.info('no Applications in this cluster: Argo CD steps and health checks say so');
  const seesSecrets = await canListSecrets(deps.client, signal);
  await deps.client.start(watchedTypes({ hasArgoCd, seesSecrets }), signal);
  const ending = resources.use(new AbortController(), (controller) => controller.abort());
  const events = createKubeEvents({ ...deps, writer: deps.client.writer }, ending.signal);
  resources.use(events, (one) => one.flush());
  const runner = createRunner(
    { ...deps, reader: deps.client.reader, writer: deps.client.writer, changes: deps.client.changes, events },
    createControllers(deps, settings, { hasArgoCd, seesSecrets }),
  );
  resources.use(runner, (one) => one.stop());
  runner.start();
  return runner;
}

/** What this cluster has, and what this process may see of it. */
interface Reach {
  readonly hasArgoCd: boolean;
  /** May Secrets of all Projects be watched? Otherwise they are read one by one when they are needed. */
  readonly seesSecrets: boolean;
}

function watchedTypes({ hasArgoCd, seesSecrets }: Reach): readonly WatchedType[] {
  const own: readonly WatchedType[] = [
    { type: namespaces, labelSelector: 'kargo.akuity.io/project' },
    { type: projects },
    { type: projectConfigs },
    { type: warehouses },
    { type: freights },
    { type: stages },
    { type: promotions, indexes: promotionIndexes } as WatchedType,
  ];
  return [
    ...own,
    ...(hasArgoCd ? [{ type: applications }] : []),
    ...(seesSecrets ? [{ type: secrets, labelSelector: labels.credentialType }] : []),
  ];
}

function createControllers(
  deps: ControllersDeps,
  settings: Settings,
  { hasArgoCd, seesSecrets }: Reach,
): readonly AnyController[] {
  const { adapters, client, clock, random, metrics } = deps;
  const { reader, writer } = client;
  const shard = settings.SHARD_NAME === '' ? undefined : settings.SHARD_NAME;
  const shared = settings.SHARED_RESOURCES_NAMESPACE;
  const suffix = shard === undefined ? '' : `-${shard}`;
  const engine = createEngine({
    definitions: new Map(stepDefinitions.map((definition) => [definition.name, definition])),
    ports: adapters,
    createWorkdir,
    clock,
    metrics,
  });
  const expressions = createStepExpressions(
    { reader, clock },
    { sharedNamespace: settings.SHARED_RESOURCES_NAMESPACE },
  );
  return [
    createProjectController({ reader, writer, clock }, { concurrency: 4 }),
    createWarehouseController(
      { reader, writer, clock, images: createImageDiscovery(adapters) },
      {
        ...(shard === undefined ? {} : { shard }),
        isDefault: settings.IS_DEFAULT_CONTROLLER,
        wakeOnSecrets: seesSecrets,
        ...(shared === undefined ? {} : { sharedNamespace: shared }),
        minIntervalMs: settings.MIN_WAREHOUSE_RECONCILIATION_INTERVAL,
        concurrency: settings.MAX_CONCURRENT_WAREHOUSE_RECONCILES,
      },
    ),
    createStageController(
      { reader, writer, applications: adapters.argocd, clock, random },
      {
        name: `stage-controller${suffix}`,
        shard,
        argocdNamespace: settings.ARGOCD_NAMESPACE,
        concurrency: settings.MAX_CONCURRENT_STAGE_RECONCILES,
        extraWatches: hasArgoCd ? [applicationWatch] : [],
      },
    ),
    createPromotionController(
      { reader, writer, clock, engine, createExpressions: expressions },
      {
        component: `promotion-controller${suffix}`,
        concurrency: settings.MAX_CONCURRENT_PROMOTION_RECONCILES,
        watchesApplications: hasArgoCd,
        uiBaseUrl: settings.API_SERVER_BASE_URL,
        committer: { name: settings.GITCLIENT_NAME, email: settings.GITCLIENT_EMAIL },
        argocdNamespace: settings.ARGOCD_NAMESPACE,
      },
    ),
  ] as unknown as readonly AnyController[];
}

async function isInstalled(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.reader.listLive(applications, {}, signal);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'kube.not-found') return false;
    throw error;
  }
}

/** The chart grants it for the whole cluster or Project by Project. */
async function canListSecrets(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.reader.listLive(secrets, { labels: `${labels.credentialType}=none` }, signal);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'kube.forbidden') return false;
    throw error;
  }
}
