import type { JsonObject, JsonValue } from '../../base/index.ts';

/** One broken rule of an object: the field, Kubernetes's reason and the text that follows the field. */
export interface FieldProblem {
  /** As in "spec.items[0].name". */
  readonly field: string;
  /** E.g. "FieldValueRequired", "FieldValueInvalid". */
  readonly reason: string;
  /** E.g. `Invalid value: "x": must be at least 3 chars long`. */
  readonly message: string;
}

/** Names the resource that an answer is about. */
export interface Subject {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
}

/** A request that ends in a Status object; thrown by any stage, turned into the answer in one place. */
export class StatusError extends Error {
  readonly httpCode: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
  /** Answered in the place of the Status, as text. */
  readonly plain: string | undefined;

  constructor(
    httpCode: number,
    body: JsonObject,
    headers: Readonly<Record<string, string>> = {},
    plain?: string,
  ) {
    super(typeof body['message'] === 'string' ? body['message'] : 'request refused');
    this.name = 'StatusError';
    this.httpCode = httpCode;
    this.body = body;
    this.headers = headers;
    this.plain = plain;
  }
}

interface StatusDetails {
  readonly details?: JsonObject;
  readonly metadata?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Any failure Status. */
export function failure(
  code: number,
  reason: string,
  message: string,
  more: StatusDetails = {},
): StatusError {
  const body: JsonObject = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: more.metadata ?? {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(more.details === undefined ? {} : { details: more.details }),
    code,
  };
  return new StatusError(code, body, more.headers);
}

/** "stages.kargo.akuity.io", or the plural alone for the core group. */
export function qualified(name: string, group: string): string {
  return group === '' ? name : `${name}.${group}`;
}

function detailsOf(
  subject: Subject,
  name: string,
  more: Readonly<Record<string, JsonValue>> = {},
): JsonObject {
  return {
    ...(name === '' ? {} : { name }),
    ...(subject.group === '' ? {} : { group: subject.group }),
    kind: subject.plural,
    ...more,
  };
}

/** 404: the object does not exist. */
export function notFound(subject: Subject, name: string): StatusError {
  const message = `${qualified(subject.plural, subject.group)} "${name}" not found`;
  return failure(404, 'NotFound', message, { details: detailsOf(subject, name) });
}

/** A refusal in plain text, where a genuine server does not get as far as a Status. */
export function plainRefusal(code: number, text: string): StatusError {
  return new StatusError(code, {}, { 'content-type': 'text/plain; charset=utf-8' }, text);
}

/** 404: no group and version of that name are served. */
export function unknownGroup(): StatusError {
  return plainRefusal(404, '404 page not found');
}

/** 404: nothing is served at this path. */
export function unknownPath(): StatusError {
  return failure(404, 'NotFound', 'the server could not find the requested resource', { details: {} });
}

/** 409: an object of that name exists. */
export function alreadyExists(subject: Subject, name: string): StatusError {
  const message = `${qualified(subject.plural, subject.group)} "${name}" already exists`;
  return failure(409, 'AlreadyExists', message, { details: detailsOf(subject, name) });
}

/** 409: the object is not as the writer thought. */
export function conflict(subject: Subject, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(subject.plural, subject.group)} "${name}": ${why}`;
  return failure(409, 'Conflict', message, { details: detailsOf(subject, name) });
}

/** The reason of a conflict by resourceVersion. */
export const modifiedMessage =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 422: the object breaks rules; every problem is listed. */
export function invalid(
  subject: { readonly group: string; readonly kind: string },
  name: string,
  problems: readonly FieldProblem[],
): StatusError {
  const texts = [
    ...new Set(
      problems.map((problem) => `${problem.field === '' ? '<nil>' : problem.field}: ${problem.message}`),
    ),
  ];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const causes = problems.map(({ reason, message, field }) => ({ reason, message, field }));
  return failure(422, 'Invalid', `${qualified(subject.kind, subject.group)} "${name}" is invalid: ${list}`, {
    details: {
      ...(name === '' ? {} : { name }),
      ...(subject.group === '' ? {} : { group: subject.group }),
      ...(subject.kind === '' ? {} : { kind: subject.kind }),
      causes,
    },
  });
}

/** 400: the request itself is wrong. */
export function badRequest(message: string): StatusError {
  return failure(400, 'BadRequest', message);
}

/** 403: allowed to nobody or not to this user. */
export function forbidden(
  subject: Subject,
  name: string,
  why: string,
  causes?: readonly JsonObject[],
): StatusError {
  const message = `${qualified(subject.plural, subject.group)} "${name}" is forbidden: ${why}`;
  const details = detailsOf(subject, name, causes === undefined ? {} : { causes });
  return failure(403, 'Forbidden', message, { details });
}

/** 405: the resource exists and cannot do this. */
export function methodNotAllowed(): StatusError {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {
    details: {},
  });
}

/** 415: a body in a format that is not accepted here. */
export function unsupportedMediaType(message: string): StatusError {
  return failure(415, 'UnsupportedMediaType', message, { details: {} });
}

/** 406: no representation that the client accepts. */
export function notAcceptable(types: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${types.join(', ')}`;
  return failure(406, 'NotAcceptable', message, { details: {} });
}

/** 410: that revision is no longer kept. */
export function expired(message: string, metadata: JsonObject = {}): StatusError {
  return failure(410, 'Expired', message, { metadata });
}

/** 504: that revision does not exist yet. */
export function futureRevision(asked: number, current: number): StatusError {
  return failure(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    headers: { 'retry-after': '1' },
  });
}

/** The answer to a delete that left nothing behind. */
export function deletedStatus(subject: Subject, name: string, uid: string): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: detailsOf(subject, name, { uid }),
  };
}
