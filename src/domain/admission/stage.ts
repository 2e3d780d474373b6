import { annotations, labels, type PromotionStep, type Stage } from '../../api/v1alpha1/index.ts';
import { formatOrigin } from '../freight/index.ts';
import { allow, duplicate, forbidden, invalid, wrongValue } from './answers.ts';
import { checkProject, checkStepAliases, withLabel, withSignedRequest } from './shared-rules.ts';
import type { AdmissionRequest, Cause, Defaulted, NamespaceFact, Validated } from './types.ts';

/** What must be known to validate a Stage. */
export interface StageFacts {
  readonly namespace: NamespaceFact | undefined;
}

/** Sets the shard label and signs requests to verify again or to abort. */
export function defaultStage(request: AdmissionRequest<Stage>): Defaulted<Stage> {
  let stage = withLabel(request.object, labels.shard, request.object.spec.shard);
  for (const annotation of [annotations.reverify, annotations.abort]) {
    const how = { annotation, member: 'id', requester: request.requester } as const;
    stage = withSignedRequest(stage, request.oldObject, how);
  }
  return { kind: 'allowed', object: stage };
}

/** Checks what a Stage requests and the steps of its template. */
export function validateStage(request: AdmissionRequest<Stage>, facts: StageFacts): Validated {
  const stage = request.object;
  const subject = { kind: 'Stage', name: stage.metadata.name };
  if (request.operation === 'CREATE') {
    const refused = checkProject(subject, stage.metadata.namespace ?? '', facts.namespace);
    if (refused !== undefined) return refused;
  }
  const causes = [...checkRequests(stage), ...checkTemplate(stage.spec.promotionTemplate?.spec.steps ?? [])];
  return causes.length > 0 ? invalid(subject, causes) : allow();
}

function checkRequests(stage: Stage): readonly Cause[] {
  const causes: Cause[] = [];
  const seen = new Map<string, number>();
  for (const [index, { origin, sources }] of stage.spec.requestedFreight.entries()) {
    const field = `spec.requestedFreight[${index}]`;
    const key = formatOrigin(origin);
    const first = seen.get(key);
    if (first !== undefined)
      causes.push(
        duplicate(`${field}.origin`, key, `is requested by spec.requestedFreight[${first}] already`),
      );
    else seen.set(key, index);
    if (sources.autoPromotionOptions?.selectionPolicy !== 'MatchUpstream') continue;
    const place = `${field}.sources.autoPromotionOptions.selectionPolicy`;
    if (sources.direct === true)
      causes.push(wrongValue(place, 'MatchUpstream', 'cannot be combined with a direct source'));
    if ((sources.stages ?? []).length !== 1)
      causes.push(wrongValue(place, 'MatchUpstream', 'needs exactly one upstream Stage'));
  }
  return causes;
}

function checkTemplate(steps: readonly PromotionStep[]): readonly Cause[] {
  const field = 'spec.promotionTemplate.spec.steps';
  const causes: Cause[] = [...checkStepAliases(steps, field)];
  for (const [index, step] of steps.entries()) {
    if (step.task === undefined) continue;
    const problem = 'a step that names a task must not have it';
    if (step.if !== undefined && step.if !== '') causes.push(forbidden(`${field}[${index}].if`, problem));
    if (step.config !== undefined) causes.push(forbidden(`${field}[${index}].config`, problem));
  }
  return causes;
}
