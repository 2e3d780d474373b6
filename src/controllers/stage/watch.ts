import { type Application, applications } from '../../api/argocd/index.ts';
import { annotationOf, type ObjectKey } from '../../api/meta/index.ts';
import {
  annotations,
  type Freight,
  freights,
  type ProjectConfig,
  type Promotion,
  projectConfigs,
  promotions,
  type Stage,
  stages,
  type Warehouse,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import {
  authorizedStageAnnotation,
  isReconciledAfterOperation,
  isTerminal,
  parseAnnotatedRequest,
  parseAuthorizedStages,
  syncedRevisions,
} from '../../domain/index.ts';
import type { Change, KubeReader, Watch } from '../../ports/index.ts';

/** Does a change of a Stage itself call for a pass? Its status is written by the controller alone. */
export function wakes(old: Stage, stage: Stage): boolean {
  if (old.metadata.generation !== stage.metadata.generation) return true;
  if (old.metadata.deletionTimestamp !== stage.metadata.deletionTimestamp) return true;
  const refresh = annotationOf(stage, annotations.refresh);
  if (refresh !== undefined && refresh !== annotationOf(old, annotations.refresh)) return true;
  return [annotations.reverify, annotations.abort].some((name) => {
    const request = parseAnnotatedRequest(annotationOf(stage, name), 'id');
    return (
      request !== undefined && request.value !== parseAnnotatedRequest(annotationOf(old, name), 'id')?.value
    );
  });
}

/** A Promotion that comes, goes or ends wakes its Stage; how far it has come on the way is its own affair. */
export function promotionToStages(change: Change<Promotion>): readonly ObjectKey[] {
  if (change.kind === 'updated' && isTerminal(change.old) === isTerminal(change.object)) return [];
  return [keyIn(change.object, change.object.spec.stage)];
}

/** Freight that comes in or is verified or approved somewhere wakes the Stages that may now have it. */
export function freightToStages(change: Change<Freight>, reader: KubeReader): readonly ObjectKey[] {
  const freight = change.object;
  const old = change.kind === 'updated' ? change.old : undefined;
  const { verifiedIn = {}, currentlyIn = {}, approvedFor = {} } = freight.status ?? {};
  const newlyVerified = Object.keys(verifiedIn).filter((stage) => {
    if (old?.status?.verifiedIn?.[stage] === undefined) return true;
    return currentlyIn[stage] !== undefined && old.status.currentlyIn?.[stage] === undefined;
  });
  const newlyApproved = Object.keys(approvedFor).filter(
    (stage) => old?.status?.approvedFor?.[stage] === undefined,
  );
  const isNew = change.kind === 'added';
  return stagesOf(freight, reader)
    .filter((stage) => {
      if (newlyApproved.includes(stage.metadata.name)) return true;
      return stage.spec.requestedFreight.some(({ origin, sources }) => {
        if (origin.name !== freight.origin.name) return false;
        if (isNew && sources.direct === true) return true;
        return (sources.stages ?? []).some((upstream) => newlyVerified.includes(upstream));
      });
    })
    .map((stage) => keyIn(stage, stage.metadata.name));
}

/** A Warehouse that comes or goes wakes the Stages that request its Freight. */
export function warehouseToStages(change: Change<Warehouse>, reader: KubeReader): readonly ObjectKey[] {
  if (change.kind === 'updated') return [];
  const { name } = change.object.metadata;
  return stagesOf(change.object, reader)
    .filter((stage) => stage.spec.requestedFreight.some(({ origin }) => origin.name === name))
    .map((stage) => keyIn(stage, stage.metadata.name));
}

/** Other policies may start promotions, or stop them, in every Stage of the Project. */
export function projectConfigToStages(
  change: Change<ProjectConfig>,
  reader: KubeReader,
): readonly ObjectKey[] {
  const isSame =
    change.kind === 'updated' && change.old.metadata.generation === change.object.metadata.generation;
  if (isSame) return [];
  return stagesOf(change.object, reader).map((stage) => keyIn(stage, stage.metadata.name));
}

/** The related types that wake Stages, but for Applications, whose watch is the caller's to add. */
export const stageWatches: readonly Watch[] = [
  { type: promotions, toKeys: promotionToStages },
  { type: freights, toKeys: freightToStages },
  { type: warehouses, toKeys: warehouseToStages },
  { type: projectConfigs, toKeys: projectConfigToStages },
];

function stagesOf(
  object: { readonly metadata: { readonly namespace?: string } },
  reader: KubeReader,
): readonly Stage[] {
  return reader.list(stages, { namespace: object.metadata.namespace ?? '' });
}

function keyIn(object: { readonly metadata: { readonly namespace?: string } }, name: string): ObjectKey {
  return { namespace: object.metadata.namespace ?? '', name };
}

/**
 * An Application whose health, operation or revision changed wakes the Stages that it names in its annotation
 * `kargo.akuity.io/authorized-stage`.
 */
export function applicationToStages(change: Change<Application>): readonly ObjectKey[] {
  if (change.kind === 'updated' && !hasMoved(change.old, change.object)) return [];
  const text = annotationOf(change.object, authorizedStageAnnotation);
  const named = text === undefined ? [] : (parseAuthorizedStages(text) ?? []);
  return named.map(({ project, stage }) => ({ namespace: project, name: stage }));
}

/** The watch of Applications, for control planes that have them. */
export const applicationWatch: Watch = { type: applications, toKeys: applicationToStages };

function hasMoved(old: Application, next: Application): boolean {
  if (isReconciledAfterOperation(old) !== isReconciledAfterOperation(next)) return true;
  if (old.status?.health?.status !== next.status?.health?.status) return true;
  if (old.status?.operationState?.phase !== next.status?.operationState?.phase) return true;
  return syncedRevisions(old).join() !== syncedRevisions(next).join();
}
