import { type Namespace, namespaces } from '../../api/core/index.ts';
import { type Condition, findCondition, type ObjectKey } from '../../api/meta/index.ts';
import {
  type Freight,
  freights,
  labels,
  type Project,
  type Stage,
  stages,
  type Warehouse,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import type { Change, Watch } from '../../ports/index.ts';

/** Does a change of a Project itself call for a pass? */
export function wakes(old: Project, project: Project): boolean {
  return (
    old.metadata.generation !== project.metadata.generation ||
    old.metadata.deletionTimestamp !== project.metadata.deletionTimestamp
  );
}

/** A namespace that comes, goes or changes its mark wakes the Project of its name. */
export function namespaceToProject(change: Change<Namespace>): readonly ObjectKey[] {
  const { metadata } = change.object;
  if (change.kind === 'updated') {
    const { old } = change;
    const isSameLabel = old.metadata.labels?.[labels.project] === metadata.labels?.[labels.project];
    if (isSameLabel && old.metadata.deletionTimestamp === metadata.deletionTimestamp) return [];
  }
  return [{ name: metadata.name }];
}

/**
 * Stages and Warehouses that come, go or change health alter the figures. A Stage whose health is not known because it is
 * being promoted to is waited for: as a rule it is as healthy afterwards as it was before.
 */
export function countedToProject(change: Change<Stage | Warehouse>): readonly ObjectKey[] {
  if (change.kind === 'updated') {
    const health = healthOf(change.object);
    if (healthOf(change.old)?.status === health?.status || health?.reason === 'ActivePromotion') return [];
  }
  return projectOf(change.object);
}

/** Freight that begins to speak of a Stage may speak of one that is gone. */
export function freightToProject(change: Change<Freight>): readonly ObjectKey[] {
  if (change.kind !== 'added') return [];
  const { status } = change.object;
  const isBlank =
    status?.currentlyIn === undefined &&
    status?.verifiedIn === undefined &&
    status?.approvedFor === undefined;
  return isBlank ? [] : projectOf(change.object);
}

/** Figures of a Project may be so old: many Stages alter them within a second. */
const settleMs = 1_000;

/** The related types that wake Projects. */
export const projectWatches: readonly Watch[] = [
  { type: namespaces, toKeys: namespaceToProject },
  { type: stages, settleMs, toKeys: countedToProject },
  { type: warehouses, settleMs, toKeys: countedToProject },
  { type: freights, toKeys: freightToProject },
];

function healthOf(object: { readonly status?: { readonly conditions?: readonly Condition[] } }) {
  return findCondition(object.status?.conditions, 'Healthy');
}

function projectOf(object: { readonly metadata: { readonly namespace?: string } }): readonly ObjectKey[] {
  const { namespace } = object.metadata;
  return namespace === undefined ? [] : [{ name: namespace }];
}
