import * as z from 'zod';
import { createJsonPatch, isJsonObject, type JsonObject, type JsonValue } from '../base/index.ts';
import type { Denial, Requester } from '../domain/admission/index.ts';

/** A question of the API server, read. */
export interface Question {
  readonly uid: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** The new object; for a deletion, the one that goes. */
  readonly object: JsonObject;
  readonly oldObject: JsonObject | undefined;
  readonly username: string;
  readonly groups: readonly string[];
  readonly isDryRun: boolean;
  readonly subresource: string | undefined;
}

/** The answer to a question. */
export type Answer =
  | {
      readonly kind: 'allowed';
      readonly object: JsonObject | undefined;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'denied'; readonly denial: Denial };

const anyObject = z.custom<JsonObject>((value) => isJsonObject(value));

const review = z.object({
  request: z.object({
    uid: z.string(),
    kind: z.object({ kind: z.string() }),
    namespace: z.string().optional(),
    name: z.string().optional(),
    operation: z.enum(['CREATE', 'UPDATE', 'DELETE']),
    subResource: z.string().optional(),
    object: anyObject.nullish(),
    oldObject: anyObject.nullish(),
    dryRun: z.boolean().nullish(),
    userInfo: z.object({ username: z.string().optional(), groups: z.array(z.string()).nullish() }),
  }),
});

/** Reads an AdmissionReview (v1); `undefined` when it is none, or one without an object. */
export function readQuestion(body: unknown): Question | undefined {
  const parsed = review.safeParse(body);
  if (!parsed.success) return undefined;
  const { request } = parsed.data;
  const object = request.operation === 'DELETE' ? request.oldObject : request.object;
  if (object === undefined || object === null) return undefined;
  return {
    uid: request.uid,
    kind: request.kind.kind,
    namespace: request.namespace === '' ? undefined : request.namespace,
    name: request.name ?? '',
    operation: request.operation,
    object,
    oldObject: request.operation === 'UPDATE' ? (request.oldObject ?? undefined) : undefined,
    username: request.userInfo.username ?? '',
    groups: request.userInfo.groups ?? [],
    isDryRun: request.dryRun === true,
    subresource: request.subResource === '' ? undefined : request.subResource,
  };
}

/** The AdmissionReview that answers a question; a changed object travels as a JSON patch. */
export function writeAnswer(question: Question, answer: Answer): JsonObject {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: question.uid,
      ...(answer.kind === 'denied' ? toRefusal(question, answer.denial) : toYes(question, answer)),
    },
  };
}

/** The requester of a question; `isControlPlane` tells trusted user names. */
export function requesterOf(question: Question, isControlPlane: (username: string) => boolean): Requester {
  const { username, groups } = question;
  return { username, groups, isControlPlane: isControlPlane(username) };
}

function toYes(question: Question, answer: Answer & { readonly kind: 'allowed' }): JsonObject {
  const patch = answer.object === undefined ? [] : createJsonPatch(question.object, answer.object);
  return {
    allowed: true,
    ...(answer.warnings.length === 0 ? {} : { warnings: answer.warnings }),
    ...(patch.length === 0
      ? {}
      : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
  };
}

function toRefusal(question: Question, denial: Denial): JsonObject {
  const causes: JsonValue = denial.causes.map(({ field, reason, message }) => ({ field, reason, message }));
  return {
    allowed: false,
    status: {
      status: 'Failure',
      code: denial.code,
      reason: denial.reason,
      message: denial.message,
      details: { group: 'kargo.akuity.io', kind: question.kind, name: question.name, causes },
    },
  };
}
