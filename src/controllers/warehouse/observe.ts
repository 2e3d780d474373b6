import { keyOf, type ObjectKey } from '../../api/meta/index.ts';
import {
  type DiscoveredArtifacts,
  freights,
  parseSubscription,
  type Subscription,
  type Warehouse,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import { AppError } from '../../base/index.ts';
import type { ImageDiscovery, ImageFindings } from '../../discovery/index.ts';
import { formatTime, isInShard, type Shard } from '../../domain/index.ts';
import type { Clock, KubeReader } from '../../ports/index.ts';
import { whyDue } from './due.ts';
import { warehouseErrors } from './errors.ts';
import { toFreight } from './freight.ts';
import type { Look, SkippedImage, WarehouseSeen } from './types.ts';

/** What `observe` reads from. */
export interface ObserveDeps {
  readonly reader: KubeReader;
  readonly clock: Clock;
  readonly images: ImageDiscovery;
  readonly shard: Shard;
}

/** Reads a Warehouse, looks at its repositories when that is due, and whether its Freight exists. */
export async function observe(
  deps: ObserveDeps,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<WarehouseSeen | 'gone'> {
  const object = deps.reader.get(warehouses, key);
  if (object === undefined) return 'gone';
  const isMine = isInShard(deps.shard, object);
  const isIdle = !isMine || object.metadata.deletionTimestamp !== undefined;
  const look: Look = isIdle ? { kind: 'not-due' } : await lookIfDue(deps, object, signal);
  const artifacts = look.kind === 'found' ? look.artifacts : object.status?.discoveredArtifacts;
  const freight = artifacts === undefined ? undefined : toFreight(object, artifacts);
  const hasFreight = freight !== undefined && deps.reader.get(freights, keyOf(freight)) !== undefined;
  return { object, nowMs: deps.clock.nowMs(), isMine, look, hasFreight };
}

async function lookIfDue(deps: ObserveDeps, warehouse: Warehouse, signal: AbortSignal): Promise<Look> {
  const reason = whyDue(warehouse, deps.clock.nowMs());
  if (reason === undefined) return { kind: 'not-due' };
  try {
    return await lookAtAll(deps, warehouse, reason === 'asked' || reason === 'changed', signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    return { kind: 'failed', error };
  }
}

async function lookAtAll(
  deps: ObserveDeps,
  warehouse: Warehouse,
  isFresh: boolean,
  signal: AbortSignal,
): Promise<Look> {
  const subscriptions = warehouse.spec.subscriptions.map(readSubscription);
  const project = warehouse.metadata.namespace ?? '';
  const looks = subscriptions.map(({ image: subscription }) =>
    deps.images.discover({ project, subscription, isFresh }, signal),
  );
  const images: NonNullable<DiscoveredArtifacts['images']>[number][] = [];
  const skipped: SkippedImage[] = [];
  // All looks end before the first failure is reported, so that none goes on behind a pass that is over.
  const ended = await Promise.allSettled(looks);
  for (const [index, subscription] of subscriptions.entries()) {
    const end = ended[index];
    if (end?.status !== 'fulfilled') throw end?.reason;
    images.push(toResult(subscription, end.value));
    skipped.push(...end.value.skipped.map((item) => ({ repoURL: subscription.image.repoURL, ...item })));
  }
  const discoveredAt = formatTime(deps.clock.nowMs());
  return { kind: 'found', artifacts: { discoveredAt, git: [], images, charts: [], results: [] }, skipped };
}

type ImageEntry = Extract<Subscription, { readonly kind: 'image' }>;

function readSubscription(entry: Warehouse['spec']['subscriptions'][number], index: number): ImageEntry {
  const result = parseSubscription(entry);
  if (!result.ok) {
    const problems = result.problems.map(({ field, problem }) => [field, problem].filter(Boolean).join(': '));
    const message = `spec.subscriptions[${index}] cannot be read: ${problems.join('; ')}`;
    throw warehouseErrors.create('warehouse.invalid-subscription', message);
  }
  const { subscription } = result;
  if (subscription.kind === 'image') return subscription;
  const message = `spec.subscriptions[${index}], ${describe(subscription)}, is not supported yet`;
  throw warehouseErrors.create('warehouse.unsupported-subscription', message);
}

function describe(subscription: Exclude<Subscription, ImageEntry>): string {
  switch (subscription.kind) {
    case 'git':
      return `the git subscription to ${subscription.git.repoURL}`;
    case 'chart':
      return `the chart subscription to ${subscription.chart.repoURL}`;
    default:
      return `the subscription of type "${subscription.subscriptionType}"`;
  }
}

function toResult(
  { name, image }: ImageEntry,
  findings: ImageFindings,
): NonNullable<DiscoveredArtifacts['images']>[number] {
  return {
    repoURL: image.repoURL,
    ...(image.platform ? { platform: image.platform } : {}),
    references: findings.images.map((found) => ({
      tag: found.tag,
      digest: found.digest,
      ...(Object.keys(found.annotations).length === 0 ? {} : { annotations: found.annotations }),
      ...(found.createdAtMs === undefined ? {} : { createdAt: formatTime(Math.floor(found.createdAtMs)) }),
    })),
    ...(name === undefined ? {} : { subscriptionName: name }),
  };
}
