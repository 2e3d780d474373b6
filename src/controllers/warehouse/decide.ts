import { toFreight } from './freight.ts';
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
  const criteria = rules.evaluateCriteria(object.spec.freightCreationCriteria?.expression ?? '', artifacts);
  if (!criteria.ok) return { kind: 'report-bad-criteria', problem: criteria.problem };
  if (!criteria.isSatisfied) return { kind: 'hold-back' };
  const freight = toFreight(object, artifacts);
  if (freight === undefined) return { kind: 'report-nothing-found', ...incomplete };
  return { kind: seen.hasFreight ? 'keep' : 'mint', freight };
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
