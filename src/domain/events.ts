import {
  annotations,
  eventAnnotationPrefix,
  type Freight,
  kargoApiVersion,
  type Promotion,
  type VerificationInfo,
} from '../api/v1alpha1/index.ts';
import { discoveredAtMs } from './freight/index.ts';
import type { EventDraft } from './report.ts';
import { formatTime } from './time.ts';

/** The actor of what Kubernetes users do: "kubernetes:alice". */
export function kubernetesActor(username: string): string {
  return `kubernetes:${username}`;
}

/** The name in an actor, the text after its first colon: "kubernetes:alice" is alice. */
export function nameOfActor(actor: string): string {
  return actor.slice(actor.indexOf(':') + 1);
}

/** The actor of what a controller does by itself: "controller:stage-controller". */
export function controllerActor(controller: string): string {
  return `controller:${controller}`;
}

/** What an Event about a Promotion says. */
export interface PromotionNews {
  readonly reason:
    | 'PromotionCreated'
    | 'PromotionSucceeded'
    | 'PromotionFailed'
    | 'PromotionErrored'
    | 'PromotionAborted';
  readonly message: string;
  readonly component: string;
  /** Replaced by the Promotion's creator where that is known, as Kargo does it. */
  readonly actor?: string;
  readonly freight: Freight | undefined;
  /** Only with PromotionSucceeded: is a verification still to come? */
  readonly isVerificationPending?: boolean;
}

/** The Event about a Promotion, with the annotations that Kargo's clients read. */
export function promotionEvent(promotion: Promotion, news: PromotionNews): EventDraft {
  const { metadata } = promotion;
  const namespace = metadata.namespace ?? '';
  const isPending = news.isVerificationPending;
  return {
    type: 'Normal',
    reason: news.reason,
    message: news.message,
    involved: involve('Promotion', promotion),
    component: news.component,
    annotations: prefixed({
      project: namespace,
      actor: metadata.annotations?.[annotations.createActor] ?? news.actor,
      'promotion-name': metadata.name,
      'promotion-create-time': metadata.creationTimestamp,
      'stage-name': promotion.spec.stage,
      ...(isPending === undefined ? {} : { 'verification-pending': String(isPending) }),
      ...(metadata.annotations?.[annotations.rollback] === 'true' ? { rollback: 'true' } : {}),
      ...freightData(news.freight),
    }),
  };
}

/** What an Event about a Freight says. */
export interface FreightNews {
  readonly reason: string;
  readonly message: string;
  readonly component: string;
  readonly actor?: string;
  /** Empty when it is about no Stage. */
  readonly stage: string;
  readonly extra?: Readonly<Record<string, string | undefined>>;
}

/** The Event about a Freight, with the annotations that Kargo's clients read. */
export function freightEvent(freight: Freight, news: FreightNews): EventDraft {
  const namespace = freight.metadata.namespace ?? '';
  return {
    type: 'Normal',
    reason: news.reason,
    message: news.message,
    involved: involve('Freight', freight),
    component: news.component,
    annotations: prefixed({
      project: namespace,
      actor: news.actor,
      'stage-name': news.stage,
      ...freightData(freight),
      ...news.extra,
    }),
  };
}

const verificationReasons: Readonly<Record<string, string>> = {
  Successful: 'FreightVerificationSucceeded',
  Failed: 'FreightVerificationFailed',
  Error: 'FreightVerificationErrored',
  Aborted: 'FreightVerificationAborted',
  Inconclusive: 'FreightVerificationInconclusive',
};

/** The Event about the end of a Freight's verification in a Stage. */
export function verificationEvent(
  freight: Freight,
  verification: VerificationInfo,
  about: { readonly stage: string; readonly component: string; readonly promotion?: string },
): EventDraft {
  const succeeded = verification.phase === 'Successful';
  return freightEvent(freight, {
    reason: verificationReasons[verification.phase ?? ''] ?? 'FreightVerificationUnknown',
    message: succeeded ? 'Freight verification succeeded' : (verification.message ?? ''),
    component: about.component,
    actor: verification.actor ?? controllerActor(about.component),
    stage: about.stage,
    extra: {
      'verification-start-time': verification.startTime,
      'verification-finish-time': verification.finishTime,
      'analysis-run-name': verification.analysisRun?.name,
      'promotion-name': about.promotion,
    },
  });
}

function freightData(freight: Freight | undefined): Readonly<Record<string, string | undefined>> {
  if (freight === undefined) return {};
  return {
    'freight-name': freight.metadata.name,
    'freight-create-time': formatTime(discoveredAtMs(freight)),
    'freight-alias': freight.alias,
    'freight-warehouse-name': freight.origin.name,
    'freight-commits': toList(freight.commits),
    'freight-images': toList(freight.images),
    'freight-charts': toList(freight.charts),
    'freight-artifacts': toList(freight.artifacts),
  };
}

function toList(list: readonly unknown[] | undefined): string | undefined {
  return list === undefined || list.length === 0 ? undefined : JSON.stringify(list);
}

function prefixed(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) result[`${eventAnnotationPrefix}${name}`] = value;
  return result;
}

/** The object that an Event is about; unlike Kargo's, with its uid, by which `kubectl describe` looks for Events. */
function involve(kind: string, { metadata }: Promotion | Freight): EventDraft['involved'] {
  const { namespace = '', name, uid } = metadata;
  return { apiVersion: kargoApiVersion, kind, namespace, name, ...(uid === undefined ? {} : { uid }) };
}
