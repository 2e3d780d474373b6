import { type Application, applications } from '../../api/argocd/index.ts';
import { keyOf, type ObjectKey } from '../../api/meta/index.ts';
import { annotations, type Promotion, promotions, type Stage, stages } from '../../api/v1alpha1/index.ts';
import { isJsonObject } from '../../base/index.ts';
import { isTerminalPhase, parseAnnotatedRequest } from '../../domain/index.ts';
import type { Change, KubeReader, Watch } from '../../ports/index.ts';

/** Index of Promotions that wait for an Application, by "namespace/name" of the Application. */
export const waitingForApplicationIndex = 'waiting-for-application';

/** Index of Promotions that have not ended, by "namespace/name" of their Stage. */
export const openByStageIndex = 'open-by-stage';

/** Indexes that the cache has to keep for Promotions. */
export const promotionIndexes: Readonly<Record<string, (promotion: Promotion) => readonly string[]>> = {
  [waitingForApplicationIndex]: applicationsAwaited,
  [openByStageIndex]: (promotion) =>
    isTerminalPhase(promotion.status?.phase)
      ? []
      : [`${promotion.metadata.namespace}/${promotion.spec.stage}`],
};

/** Does a change of the Promotion itself concern its controller? Status alone never does. */
export function wakes(old: Promotion, promotion: Promotion): boolean {
  return (
    old.metadata.generation !== promotion.metadata.generation ||
    old.metadata.deletionTimestamp !== promotion.metadata.deletionTimestamp ||
    differsIn(annotations.refresh, old, promotion) ||
    differsIn(annotations.abort, old, promotion)
  );
}

/** Must a running pass stop at once? */
export function interrupts(old: Promotion, promotion: Promotion): boolean {
  if (old.metadata.deletionTimestamp === undefined && promotion.metadata.deletionTimestamp !== undefined)
    return true;
  const before = parseAnnotatedRequest(old.metadata.annotations?.[annotations.abort], 'action');
  const after = parseAnnotatedRequest(promotion.metadata.annotations?.[annotations.abort], 'action');
  return after?.value === 'terminate' && before?.value !== 'terminate';
}

/** Stages wake Promotions. */
export const stageWatch: Watch = {
  type: stages,
  toKeys: (change, reader) => fromStage(change as Change<Stage>, reader),
};

/** Applications wake Promotions. */
export const applicationWatch: Watch = {
  type: applications,
  toKeys: (change, reader) => fromApplication(change as Change<Application>, reader),
};

/** A Stage wakes the Promotion whose turn it is, and all that wait when it goes or comes. */
export function fromStage(change: Change<Stage>, reader: KubeReader): readonly ObjectKey[] {
  const { namespace = '', name } = change.object.metadata;
  if (change.kind !== 'updated') {
    const open = reader.list(promotions, {
      index: { name: openByStageIndex, value: `${namespace}/${name}` },
    });
    return open.map(keyOf);
  }
  const before = change.old.status?.currentPromotion?.name;
  const after = change.object.status?.currentPromotion?.name;
  return after !== undefined && after !== before ? [{ namespace, name: after }] : [];
}

/** An Application wakes the Promotions whose current step looks at it. */
export function fromApplication(change: Change<Application>, reader: KubeReader): readonly ObjectKey[] {
  const { namespace = '', name } = change.object.metadata;
  return reader
    .list(promotions, { index: { name: waitingForApplicationIndex, value: `${namespace}/${name}` } })
    .map(keyOf);
}

/** The Applications in the output of the current step, as argocd-update leaves them while it waits. */
function applicationsAwaited(promotion: Promotion): readonly string[] {
  const { status } = promotion;
  if (status?.phase !== 'Running') return [];
  const alias = status.stepExecutionMetadata?.[status.currentStep ?? 0]?.alias;
  const output = alias === undefined || !isJsonObject(status.state) ? undefined : status.state[alias];
  const apps = isJsonObject(output) ? output['apps'] : undefined;
  if (!Array.isArray(apps)) return [];
  return apps.flatMap((app) => {
    if (!isJsonObject(app) || typeof app['name'] !== 'string') return [];
    return [`${typeof app['namespace'] === 'string' ? app['namespace'] : ''}/${app['name']}`];
  });
}

function differsIn(annotation: string, old: Promotion, promotion: Promotion): boolean {
  return old.metadata.annotations?.[annotation] !== promotion.metadata.annotations?.[annotation];
}
