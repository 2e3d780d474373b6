import {
  annotations,
  type Freight,
  kargoApiVersion,
  kargoGroup,
  labels,
  type Promotion,
  type PromotionStep,
  type PromotionTaskSpec,
  type Stage,
} from '../../api/v1alpha1/index.ts';
import { equalJson } from '../../base/index.ts';
import { kubernetesActor, promotionEvent } from '../events.ts';
import { formatOrigin, isFreightAvailable, shortenLabelValue } from '../freight/index.ts';
import { commitTrailersAnnotation, inflateSteps, promotionName, type TaskKind } from '../promotion/index.ts';
import { allow, deny, invalid, type Subject, wrongValue } from './answers.ts';
import { checkProject, withAnnotation, withLabel, withSignedRequest } from './shared-rules.ts';
import type { AdmissionRequest, Defaulted, NamespaceFact, Requester, Validated } from './types.ts';

/** What must be known to complete a Promotion. */
export interface PromotionDefaultFacts {
  readonly stage: Stage | undefined;
  /** A fresh ULID, greater than all before. */
  readonly ulid: string;
  /** What auto-promotion would choose, by origin as text; computed from the live objects. */
  readonly candidates: ReadonlyMap<string, Freight>;
  /** The Freight that `spec.freight` names. */
  readonly freight: Freight | undefined;
  /** Do promotions to the Stage start by themselves? False as well when it cannot be told. */
  readonly isAutoPromotionEnabled: boolean;
  /** Tasks that the Stage's template names. */
  findTask(kind: TaskKind, name: string): PromotionTaskSpec | undefined;
}

/** What must be known to validate a Promotion. */
export interface PromotionFacts {
  readonly namespace: NamespaceFact | undefined;
  readonly stage: Stage | undefined;
  readonly freight: Freight | undefined;
  /** May the requester promote to the Stage (verb "promote")? */
  readonly mayPromote: boolean;
  readonly nowMs: number;
}

/** The answer of each rule that completes a new Promotion: the Promotion so far, or a refusal. */
type Rule = (
  promotion: Promotion,
  context: {
    readonly request: AdmissionRequest<Promotion>;
    readonly facts: PromotionDefaultFacts;
    readonly stage: Stage;
  },
) => Defaulted<Promotion>;

const component = 'promotion-webhook';

const creationRules: readonly Rule[] = [
  resolveOrigin,
  setName,
  setActor,
  signAbort,
  setSteps,
  setHoldIntent,
  setTrailers,
];

/** Completes a Promotion, which people and auto-promotion create with a Stage and a Freight only. */
export function defaultPromotion(
  request: AdmissionRequest<Promotion>,
  facts: PromotionDefaultFacts,
): Defaulted<Promotion> {
  const { stage } = facts;
  if (stage === undefined) {
    const problem = `Stage "${request.object.spec.stage}" does not exist in this namespace`;
    return invalid(subjectOf(request.object), [wrongValue('spec.stage', request.object.spec.stage, problem)]);
  }
  let promotion = request.object;
  const rules = request.operation === 'CREATE' ? creationRules : [keepAnnotations, signAbort];
  for (const rule of [...rules, setBonds]) {
    const result = rule(promotion, { request, facts, stage });
    if (result.kind === 'denied') return result;
    promotion = result.object;
  }
  return { kind: 'allowed', object: promotion };
}

/** Those who clear away what belonged to something that is gone. */
const cleaners: ReadonlySet<string> = new Set([
  'system:serviceaccount:kube-system:namespace-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
]);

/**
 * Does the requester need the verb "promote" on the Stage? Everybody does, to delete a Promotion too, but the control plane
 * itself and those whose deletions follow from another one: a namespace must never stay because of a role.
 */
export function needsPromoteVerb({ operation, requester }: AdmissionRequest<Promotion>): boolean {
  if (requester.isControlPlane) return false;
  return operation !== 'DELETE' || !cleaners.has(requester.username);
}

/** Checks that a Promotion may be made, protects its spec, and asks whether the requester may promote. */
export function validatePromotion(request: AdmissionRequest<Promotion>, facts: PromotionFacts): Validated {
  const promotion = request.object;
  const subject = subjectOf(promotion);
  if (request.operation === 'CREATE') {
    const refused = checkProject(subject, promotion.metadata.namespace ?? '', facts.namespace);
    if (refused !== undefined) return refused;
  }
  if (!facts.mayPromote) return denyPromote(request);
  if (request.operation === 'DELETE') return allow();
  if (request.operation === 'UPDATE') {
    if (equalJson(promotion.spec, request.oldObject?.spec)) return allow();
    return invalid(subject, [wrongValue('spec', subject.name, 'spec is immutable')]);
  }
  return validateNew(request, facts);
}

function validateNew(request: AdmissionRequest<Promotion>, facts: PromotionFacts): Validated {
  const promotion = request.object;
  const subject = subjectOf(promotion);
  const { stage, freight } = facts;
  if (promotion.spec.target !== undefined && !isOwnedByRequest(promotion)) {
    const problem = 'only Promotions that a PromotionRequest makes have a Target';
    return invalid(subject, [wrongValue('spec.target', promotion.spec.target, problem)]);
  }
  if (stage?.spec.targets !== undefined && !isOwnedByRequest(promotion)) {
    const problem = 'the Stage has Targets and is promoted to by a PromotionRequest only';
    return invalid(subject, [wrongValue('spec.stage', promotion.spec.stage, problem)]);
  }
  const isAvailable =
    stage !== undefined &&
    freight !== undefined &&
    isFreightAvailable(freight, {
      stage: stage.metadata.name,
      requests: stage.spec.requestedFreight,
      nowMs: facts.nowMs,
    });
  if (!isAvailable) {
    const problem = 'Freight is not available to this Stage';
    return invalid(subject, [wrongValue('spec.freight', promotion.spec.freight ?? '', problem)]);
  }
  if (request.requester.isControlPlane || request.isDryRun) return allow();
  const actor = promotion.metadata.annotations?.[annotations.createActor] ?? '';
  const message = `Promotion created for Stage "${promotion.spec.stage}" by "${actor}"`;
  return allow({
    events: [promotionEvent(promotion, { reason: 'PromotionCreated', message, component, actor, freight })],
  });
}

function denyPromote(request: AdmissionRequest<Promotion>): Validated {
  const action = request.operation.toLowerCase();
  const stage = request.object.spec.stage;
  const message = `subject "${request.requester.username}" is not permitted to ${action} Promotions for Stage "${stage}"`;
  return deny({ code: 403, reason: 'Forbidden', message, causes: [] });
}

/** A Promotion of an origin becomes one of the Freight that auto-promotion would choose. */
function resolveOrigin(...[promotion, { facts }]: Parameters<Rule>): Defaulted<Promotion> {
  const { origin, freight, ...rest } = promotion.spec;
  if (origin === undefined || (freight !== undefined && freight !== ''))
    return { kind: 'allowed', object: promotion };
  const candidate = facts.candidates.get(formatOrigin(origin));
  if (candidate === undefined) {
    const problem = `no Freight of this origin is available to Stage "${promotion.spec.stage}"`;
    return invalid(subjectOf(promotion), [wrongValue('spec.origin', formatOrigin(origin), problem)]);
  }
  return { kind: 'allowed', object: { ...promotion, spec: { ...rest, freight: candidate.metadata.name } } };
}

/** The name carries the order of creation, so that a name of the client's own is never kept. */
function setName(...[promotion, { facts }]: Parameters<Rule>): Defaulted<Promotion> {
  const { stage, freight, target } = promotion.spec;
  const name = promotionName({
    stage,
    freight: freight ?? '',
    ulid: facts.ulid,
    ...(target === undefined ? {} : { target }),
  });
  const { generateName: _, ...metadata } = promotion.metadata;
  return { kind: 'allowed', object: { ...promotion, metadata: { ...metadata, name } } };
}

/** People cannot act in another's name; the control plane says whom it acts for. */
function setActor(...[promotion, { request }]: Parameters<Rule>): Defaulted<Promotion> {
  const { requester } = request;
  if (requester.isControlPlane) return { kind: 'allowed', object: promotion };
  const actor = kubernetesActor(requester.username);
  return { kind: 'allowed', object: withAnnotation(promotion, annotations.createActor, actor) };
}

function signAbort(...[promotion, { request }]: Parameters<Rule>): Defaulted<Promotion> {
  const how = { annotation: annotations.abort, member: 'action', requester: request.requester } as const;
  return { kind: 'allowed', object: withSignedRequest(promotion, request.oldObject, how) };
}

/** Steps and variables come from the Stage's template; what the client sent is dropped. */
function setSteps(...[promotion, { facts, stage }]: Parameters<Rule>): Defaulted<Promotion> {
  const template = stage.spec.promotionTemplate?.spec;
  const steps = template?.steps ?? [];
  if (steps.length === 0) {
    const problem = `Stage "${promotion.spec.stage}" has no promotion steps; Freight passes it without a Promotion`;
    return invalid(subjectOf(promotion), [wrongValue('spec.stage', promotion.spec.stage, problem)]);
  }
  const vars = [...(stage.spec.vars ?? []), ...(template?.vars ?? [])];
  const inflation = inflateSteps<PromotionStep>(steps, vars, (kind, name) => facts.findTask(kind, name));
  if (!inflation.ok) {
    const { reason, message, task } = inflation.problem;
    if (reason === 'missing-task') return deny({ code: 404, reason: 'NotFound', message, causes: [] });
    const text = `cannot inflate steps of task "${task.name}" for Stage "${promotion.spec.stage}": ${message}`;
    return deny({ code: 500, reason: 'InternalError', message: text, causes: [] });
  }
  const { vars: _, ...spec } = promotion.spec;
  const object = {
    ...promotion,
    spec: { ...spec, ...(vars.length > 0 ? { vars } : {}), steps: inflation.steps },
  };
  return { kind: 'allowed', object };
}

/**
 * Whoever promotes something other than auto-promotion would choose wants it to stay: auto-promotion of the origin is
 * held. Whoever promotes just that lets it go on.
 */
function setHoldIntent(...[promotion, { request, facts }]: Parameters<Rule>): Defaulted<Promotion> {
  const actor = promotion.metadata.annotations?.[annotations.createActor] ?? '';
  if (isAutomatic(request.requester, actor)) return { kind: 'allowed', object: promotion };
  let object = withAnnotation(promotion, annotations.autoPromotionHold, undefined);
  object = withAnnotation(object, annotations.autoPromotionResume, undefined);
  // With spec.origin the Freight is the candidate by definition; it was resolved by a rule before this one.
  const freightName = promotion.spec.freight ?? '';
  const freight =
    facts.freight?.metadata.name === freightName
      ? facts.freight
      : [...facts.candidates.values()].find((candidate) => candidate.metadata.name === freightName);
  if (!facts.isAutoPromotionEnabled || freight === undefined) return { kind: 'allowed', object };
  const origin = formatOrigin(freight.origin);
  const isCandidate = facts.candidates.get(origin)?.metadata.name === freight.metadata.name;
  const annotation = isCandidate ? annotations.autoPromotionResume : annotations.autoPromotionHold;
  return { kind: 'allowed', object: withAnnotation(object, annotation, origin) };
}

/** Whether its commits name the Promotion is the Stage's to say, unless the Promotion does. */
function setTrailers(...[promotion, { stage }]: Parameters<Rule>): Defaulted<Promotion> {
  const wanted =
    promotion.metadata.annotations?.[commitTrailersAnnotation] ??
    stage.metadata.annotations?.[commitTrailersAnnotation];
  return { kind: 'allowed', object: withAnnotation(promotion, commitTrailersAnnotation, wanted) };
}

function isAutomatic(requester: Requester, actor: string): boolean {
  return requester.isControlPlane && (actor === '' || actor.startsWith('controller:'));
}

/** Who created a Promotion, what it holds and what its commits say never changes. */
function keepAnnotations(...[promotion, { request }]: Parameters<Rule>): Defaulted<Promotion> {
  let object = promotion;
  for (const name of [
    annotations.createActor,
    annotations.autoPromotionHold,
    annotations.autoPromotionResume,
    commitTrailersAnnotation,
  ])
    object = withAnnotation(object, name, request.oldObject?.metadata.annotations?.[name]);
  return { kind: 'allowed', object };
}

/** Labels, the full name of the Stage, and the Stage as the only owner. */
function setBonds(...[promotion, { stage }]: Parameters<Rule>): Defaulted<Promotion> {
  let object = withLabel(promotion, labels.shard, stage.spec.shard);
  object = withLabel(object, labels.stage, shortenLabelValue(stage.metadata.name));
  object = withAnnotation(object, annotations.stage, stage.metadata.name);
  if (isOwnedByRequest(object)) return { kind: 'allowed', object };
  const owner = {
    apiVersion: kargoApiVersion,
    kind: 'Stage',
    name: stage.metadata.name,
    uid: stage.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
  return {
    kind: 'allowed',
    object: { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } },
  };
}

function isOwnedByRequest(promotion: Promotion): boolean {
  return (promotion.metadata.ownerReferences ?? []).some(
    (owner) =>
      owner.controller === true &&
      owner.kind === 'PromotionRequest' &&
      owner.apiVersion.startsWith(`${kargoGroup}/`),
  );
}

function subjectOf(promotion: Promotion): Subject {
  return { kind: 'Promotion', name: promotion.metadata.name };
}
