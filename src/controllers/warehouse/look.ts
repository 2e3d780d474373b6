import {
  type DiscoveredArtifacts,
  parseSubscription,
  type Subscription,
  type Warehouse,
} from '../../api/v1alpha1/index.ts';
import { assertNever } from '../../base/index.ts';
import type {
  ChartDiscovery,
  ChartFindings,
  CommitDiscovery,
  CommitFindings,
  ImageDiscovery,
  ImageFindings,
} from '../../discovery/index.ts';
import {
  formatTime,
  type GroupRule,
  isGroupMember,
  modernizeSubscription,
  parseGroupRule,
} from '../../domain/index.ts';
import type { Clock } from '../../ports/index.ts';
import { readSources, repoURLOf } from './credentials.ts';
import { type DueReason, notBeforeMs } from './due.ts';
import { warehouseErrors } from './errors.ts';
import type { Look, SkippedImage } from './types.ts';

/** What a look is made with. */
export interface LookDeps {
  readonly clock: Clock;
  readonly images: ImageDiscovery;
  readonly commits: CommitDiscovery;
  readonly charts: ChartDiscovery;
}

type GitResult = NonNullable<DiscoveredArtifacts['git']>[number];
type ImageResult = NonNullable<DiscoveredArtifacts['images']>[number];
type ChartResult = NonNullable<DiscoveredArtifacts['charts']>[number];
type Entry<Kind extends Subscription['kind']> = Extract<Subscription, { readonly kind: Kind }>;

/** What one subscription found. */
type Result =
  | { readonly kind: 'git'; readonly result: GitResult; readonly askedAtMs: number }
  | {
      readonly kind: 'image';
      readonly result: ImageResult;
      readonly skipped: readonly SkippedImage[];
      readonly askedAtMs: number;
    }
  | { readonly kind: 'chart'; readonly result: ChartResult; readonly askedAtMs: number };

/**
 * Looks at all repositories that a Warehouse subscribes to, all at once; the results are in the order of the
 * subscriptions. The first failure fails the look.
 */
export async function lookAtAll(
  deps: LookDeps,
  warehouse: Warehouse,
  reason: DueReason,
  signal: AbortSignal,
): Promise<Extract<Look, { kind: 'found' }>> {
  const subscriptions = warehouse.spec.subscriptions.map(readSubscription);
  const startedAtMs = deps.clock.nowMs();
  const place: Place = {
    project: warehouse.metadata.namespace ?? '',
    isAwaited: reason === 'asked' || reason === 'changed' || reason === 'settled',
    notBeforeMs: notBeforeMs(warehouse, reason, startedAtMs),
    previous: previousOf(warehouse),
    groupRule: groupRuleOf(warehouse),
    sources: readSources(warehouse),
  };
  let gitCount = 0;
  const looks = subscriptions.map((subscription) =>
    lookAtOne(
      deps,
      subscription,
      { ...place, gitIndex: subscription.kind === 'git' ? gitCount++ : 0 },
      signal,
    ),
  );
  // All looks end before the first failure is reported, so that none goes on behind a pass that is over.
  const ended = await Promise.allSettled(looks);
  const results = ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
  return collect(results, deps.clock.nowMs());
}

/** What is the same for all subscriptions of a look. */
interface Place {
  readonly project: string;
  readonly isAwaited: boolean;
  readonly notBeforeMs: number;
  readonly previous: DiscoveredArtifacts | undefined;
  /** By which images are kept together. */
  readonly groupRule: GroupRule | undefined;
  /** The sources of credentials that the Warehouse names, by repository. */
  readonly sources: ReadonlyMap<string, string>;
}

function groupRuleOf({ metadata }: Warehouse): GroupRule | undefined {
  const parsed = parseGroupRule(metadata.annotations);
  return parsed.kind === 'rule' ? parsed.rule : undefined;
}

/** Labels that the images of a subscription are compared by with those of others. */
function labelsFor({ name, image }: Entry<'image'>, rule: GroupRule | undefined): readonly string[] {
  if (rule?.key.kind !== 'label') return [];
  const isMember = isGroupMember(rule, { repoURL: image.repoURL, subscriptionName: name });
  return isMember ? [rule.key.name] : [];
}

/** Results of another spec are of no use. Source: Kargo's behavior: they are paired by their order. */
function previousOf({ metadata, status }: Warehouse): DiscoveredArtifacts | undefined {
  return (status?.observedGeneration ?? 0) === (metadata.generation ?? 0)
    ? status?.discoveredArtifacts
    : undefined;
}

async function lookAtOne(
  deps: LookDeps,
  subscription: Exclude<Subscription, Entry<'generic'>>,
  place: Place & { readonly gitIndex: number },
  signal: AbortSignal,
): Promise<Result> {
  const { project, notBeforeMs: oldestMs, isAwaited } = place;
  const source = place.sources.get(repoURLOf(subscription));
  switch (subscription.kind) {
    case 'git': {
      const previous = place.previous?.git?.[place.gitIndex];
      const look = { project, subscription: subscription.git, notBeforeMs: oldestMs, previous, source };
      const findings = await deps.commits.discover(look, signal);
      return { kind: 'git', result: toGitResult(subscription, findings), askedAtMs: findings.askedAtMs };
    }
    case 'image': {
      const { repoURL } = subscription.image;
      const image = { project, subscription: subscription.image, notBeforeMs: oldestMs, isAwaited, source };
      const look = { ...image, labels: labelsFor(subscription, place.groupRule) };
      const findings = await deps.images.discover(look, signal);
      const skipped = findings.skipped.map((item) => ({ repoURL, ...item }));
      const { askedAtMs } = findings;
      return { kind: 'image', result: toImageResult(subscription, findings), skipped, askedAtMs };
    }
    case 'chart': {
      const look = { project, subscription: subscription.chart, notBeforeMs: oldestMs, isAwaited, source };
      const findings = await deps.charts.discover(look, signal);
      return { kind: 'chart', result: toChartResult(subscription, findings), askedAtMs: findings.askedAtMs };
    }
    default:
      return assertNever(subscription);
  }
}

/** The time of the look is that of the oldest answer in it, so that the next one comes when that is too old. */
function collect(results: readonly Result[], nowMs: number): Extract<Look, { kind: 'found' }> {
  const git: GitResult[] = [];
  const images: ImageResult[] = [];
  const charts: ChartResult[] = [];
  const skipped: SkippedImage[] = [];
  let discoveredAtMs = nowMs;
  for (const one of results) {
    if (one.kind === 'git') git.push(one.result);
    else if (one.kind === 'chart') charts.push(one.result);
    else {
      images.push(one.result);
      skipped.push(...one.skipped);
    }
    discoveredAtMs = Math.min(discoveredAtMs, one.askedAtMs);
  }
  const discoveredAt = formatTime(discoveredAtMs);
  return { kind: 'found', artifacts: { discoveredAt, git, images, charts, results: [] }, skipped };
}

function readSubscription(
  entry: Warehouse['spec']['subscriptions'][number],
  index: number,
): Exclude<Subscription, Entry<'generic'>> {
  const result = parseSubscription(modernizeSubscription(entry).entry);
  if (!result.ok) {
    const problems = result.problems.map(({ field, problem }) => [field, problem].filter(Boolean).join(': '));
    const message = `spec.subscriptions[${index}] cannot be read: ${problems.join('; ')}`;
    throw warehouseErrors.create('warehouse.invalid-subscription', message);
  }
  const { subscription } = result;
  if (subscription.kind !== 'generic') return subscription;
  const message = `spec.subscriptions[${index}], of type "${subscription.subscriptionType}", is not supported`;
  throw warehouseErrors.create('warehouse.unsupported-subscription', message);
}

function toGitResult({ name, git }: Entry<'git'>, { commits, observedRefs }: CommitFindings): GitResult {
  return {
    repoURL: git.repoURL,
    commits,
    ...(name === undefined ? {} : { subscriptionName: name }),
    ...(observedRefs === undefined ? {} : { observedRefs }),
  };
}

function toImageResult({ name, image }: Entry<'image'>, findings: ImageFindings): ImageResult {
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

function toChartResult({ name, chart }: Entry<'chart'>, { versions }: ChartFindings): ChartResult {
  return {
    repoURL: chart.repoURL,
    ...(chart.name ? { name: chart.name } : {}),
    ...(chart.semverConstraint ? { semverConstraint: chart.semverConstraint } : {}),
    versions,
    ...(name === undefined ? {} : { subscriptionName: name }),
  };
}
