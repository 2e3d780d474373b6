import { labels } from '../../api/v1alpha1/index.ts';
import {
  type AnnotatedRequest,
  formatAnnotatedRequest,
  parseAnnotatedRequest,
  type RequestMember,
} from '../request-annotation.ts';
import { deny, duplicate, invalid, type Subject, wrongValue } from './answers.ts';
import type { Cause, Denial, NamespaceFact, Requester } from './types.ts';

/** The members of an object that defaulting looks at. */
export interface Labelled {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

// The aliases that steps without one get, e.g. "step-3".
const reservedAlias = /^(?:step|task)-\d+$/;

/** Refuses an object in a namespace that is no Project's; `undefined` when it is fine. */
export function checkProject(
  subject: Subject,
  namespaceName: string,
  namespace: NamespaceFact | undefined,
): { readonly kind: 'denied'; readonly denial: Denial } | undefined {
  if (namespace === undefined) {
    const message = `Namespace "${namespaceName}" not found; create the Project "${namespaceName}" first`;
    return deny({ code: 404, reason: 'NotFound', message, causes: [] });
  }
  if (namespace.isProject) return undefined;
  const problem = `namespace is not that of a Project (label ${labels.project}: "true" is missing)`;
  return invalid(subject, [wrongValue('metadata.namespace', namespaceName, problem)]);
}

/** What is wrong with the aliases of steps: doubles, and names that steps without an alias get. */
export function checkStepAliases(
  steps: readonly { readonly as?: string }[],
  field: string,
): readonly Cause[] {
  const seen = new Map<string, number>();
  const causes: Cause[] = [];
  for (const [index, step] of steps.entries()) {
    const alias = (step.as ?? '').trim();
    if (alias === '') continue;
    const place = `${field}[${index}].as`;
    if (reservedAlias.test(alias))
      causes.push(wrongValue(place, alias, 'is reserved for steps without an alias'));
    const first = seen.get(alias);
    if (first !== undefined)
      causes.push(duplicate(place, alias, `is the alias of ${field}[${first}] already`));
    else seen.set(alias, index);
  }
  return causes;
}

/** The object with a label set, or removed when the value is absent or empty. */
export function withLabel<T extends Labelled>(object: T, name: string, value: string | undefined): T {
  const next = withEntry(object.metadata.labels, name, value);
  return next === object.metadata.labels
    ? object
    : { ...object, metadata: { ...object.metadata, labels: next } };
}

/** The object with an annotation set, or removed when the value is absent or empty. */
export function withAnnotation<T extends Labelled>(object: T, name: string, value: string | undefined): T {
  const next = withEntry(object.metadata.annotations, name, value);
  if (next === object.metadata.annotations) return object;
  return { ...object, metadata: { ...object.metadata, annotations: next } };
}

/**
 * The object with a new or changed request annotation rewritten in full: who asks, and through what.
 *
 * People cannot speak for others; what a control-plane component says about the actor is kept.
 */
export function withSignedRequest<T extends Labelled>(
  object: T,
  old: T | undefined,
  how: { readonly annotation: string; readonly member: RequestMember; readonly requester: Requester },
): T {
  const text = object.metadata.annotations?.[how.annotation];
  if (text === undefined || text === old?.metadata.annotations?.[how.annotation]) return object;
  const request = parseAnnotatedRequest(text, how.member);
  if (request === undefined) return object;
  const signed: AnnotatedRequest = {
    value: request.value,
    actor: how.requester.isControlPlane ? request.actor : `kubernetes:${how.requester.username}`,
    isFromControlPlane: how.requester.isControlPlane,
  };
  return withAnnotation(object, how.annotation, formatAnnotatedRequest(signed, how.member));
}

function withEntry(
  record: Readonly<Record<string, string>> | undefined,
  name: string,
  value: string | undefined,
): Readonly<Record<string, string>> | undefined {
  if (value !== undefined && value !== '')
    return record?.[name] === value ? record : { ...record, [name]: value };
  if (record === undefined || !Object.hasOwn(record, name)) return record;
  const { [name]: _, ...rest } = record;
  return rest;
}
