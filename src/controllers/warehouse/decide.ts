import { toFreight } from './freight.ts';
import { groupArtifacts, stillSettling } from './group.ts';
import type { DiscoveredArtifacts, WarehousePlan, WarehouseRules, WarehouseSeen } from './types.ts';

/** What a Warehouse's pass must do: the first rule that applies. */
export function decide(seen: WarehouseSeen, rules: WarehouseRules): WarehousePlan {
  const { object, look } = seen;
  if (!seen.isMine || object.metadata.deletionTimestamp !== undefined) return { kind: 'ignore' };
  if (look.kind === 'deferred') return { kind: 'defer', delayMs: look.delayMs };
  if (look.kind === 'failed') return { kind: 'report-failure', error: look.error };
  const artifacts = look.kind === 'found' ? look.artifacts : (object.status?.discoveredArtifacts ?? {});
  const nothing = findNothing(artifacts);
  if (nothing !== undefined) return { kind: 'report-nothing-found', ...nothing };
  if ((object.spec.freightCreationPolicy ?? 'Automatic') === 'Manual') return { kind: 'leave-to-people' };
  const grouping = groupArtifacts(object, artifacts);
  if (grouping.kind === 'bad-rule') return { kind: 'report-bad-group', problem: grouping.problem };
  if (grouping.kind === 'incomplete') return { kind: 'wait-for-group' };
  const candidates = grouping.kind === 'complete' ? grouping.choice.artifacts : artifacts;
  const expression = object.spec.freightCreationCriteria?.expression ?? '';
  const criteria = rules.evaluateCriteria(expression, candidates);
  if (!criteria.ok) return { kind: 'report-bad-criteria', problem: criteria.problem };
  if (!criteria.isSatisfied) return { kind: 'hold-back' };
  const freight = toFreight(object, candidates);
  if (freight === undefined) return { kind: 'report-nothing-found', ...incomplete };
  if (seen.hasFreight) return { kind: 'keep', freight };
  const settling =
    grouping.kind === 'complete' ? stillSettling(object, grouping.rule, artifacts, seen.nowMs) : undefined;
  return settling === undefined ? { kind: 'mint', freight } : { kind: 'let-settle', ...settling };
}

interface Nothing {
  readonly healthyReason: string;
  readonly readyReason: string;
  readonly message: string;
}

const incomplete: Nothing = {
  healthyReason: 'FreightBuildFailure',
  readyReason: 'FreightBuildFailure',
  message: 'No Freight can be made: a subscription has no artifacts',
};

/** The first result without artifacts, in Kargo's order. */
function findNothing(artifacts: DiscoveredArtifacts): Nothing | undefined {
  const { git = [], images = [], charts = [], results = [] } = artifacts;
  if (git.length + images.length + charts.length + results.length === 0) {
    return {
      healthyReason: 'MissingArtifacts',
      readyReason: 'MissingArtifacts',
      message: 'No artifacts have been discovered',
    };
  }
  const noCommits = git.find((result) => !result.commits?.length);
  if (noCommits !== undefined)
    return nothingIn('commits', 'git', noCommits.repoURL, 'NoCommitsDiscovered', 'MissingCommits');
  const noImages = images.find((result) => !result.references?.length);
  if (noImages !== undefined) {
    return nothingIn(
      'image references',
      'image',
      noImages.repoURL,
      'NoImageReferencesDiscovered',
      'MissingImageReferences',
    );
  }
  const noCharts = charts.find((result) => !result.versions?.length);
  if (noCharts === undefined) return undefined;
  return nothingIn(
    'versions',
    'chart',
    noCharts.repoURL,
    'NoChartVersionsDiscovered',
    'MissingChartVersions',
  );
}

function nothingIn(
  what: string,
  kind: string,
  repoURL: string,
  healthyReason: string,
  readyReason: string,
): Nothing {
  const message = `No ${what} discovered in ${kind} repository ${repoURL}: nothing there satisfies the subscription`;
  return { healthyReason, readyReason, message };
}
