import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { toWarnings } from '../http/duplicates.ts';
import { isList, nameOf, objectAt, textAt, valueAt, withMeta } from '../json-path.ts';
import type { ResourceRequest } from '../request.ts';
import { apiVersionOf, type Resource } from '../resource.ts';
import { badRequest, invalid } from '../status.ts';
import { defaultObject, pruneObject, schemaProblems } from './schema.ts';

/** Checks that a body is an object of the request's kind; the built-in kinds may leave `kind` and `apiVersion` out. */
export function toOwnKind(
  body: JsonValue,
  request: ResourceRequest,
  origin: Origin = { kind: 'body' },
): JsonObject {
  const { resource } = request;
  if (body === null && !resource.custom) return toOwnKind({}, request);
  if (!isJsonObject(body)) {
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: json: cannot unmarshal ${isList(body) ? 'array' : typeof body} into Go value`,
    );
  }
  const kind = textAt(body, 'kind') ?? '';
  const apiVersion = textAt(body, 'apiVersion') ?? '';
  const isPatch = origin.kind !== 'body';
  if (valueAt(body, 'kind') !== undefined && typeof body['kind'] !== 'string') {
    const why = "couldn't get version/kind; json parse error";
    throw isPatch
      ? undecodable(why, request, origin)
      : badRequest(`the object provided is unrecognized: ${why}`);
  }
  if (kind === '' && resource.custom) {
    throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  }
  const namesVersion = apiVersion !== '' || (resource.custom && valueAt(body, 'apiVersion') !== undefined);
  if (namesVersion && apiVersion !== apiVersionOf(resource)) {
    if (isPatch && resource.custom) throw mustBe('apiVersion', apiVersionOf(resource), body);
    if (isPatch) throw undecodable(`no kind "${kind}" is registered for "${apiVersion}"`, request, origin);
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(resource)})`,
    );
  }
  if (resource.custom && kind !== resource.kind) {
    throw mustBe('kind', resource.kind, body);
  }
  if (kind !== '' && kind !== resource.kind) {
    if (isPatch) throw undecodable(`${kind} is not ${resource.kind}`, request, origin);
    throw badRequest(`${kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`);
  }
  return { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function mustBe(field: 'kind' | 'apiVersion', wanted: string, body: JsonObject): Error {
  const message = `Invalid value: ${JSON.stringify(textAt(body, field) ?? '')}: must be ${wanted}`;
  const [group = ''] = (textAt(body, 'apiVersion') ?? '').split('/');
  const problem = { field, reason: 'FieldValueInvalid', message };
  return invalid({ group, kind: textAt(body, 'kind') ?? '' }, nameOf(body), [problem]);
}

/** How unknown fields are taken: refused, warned about, or dropped in silence. */
function fieldValidationOf(query: URLSearchParams): 'Strict' | 'Warn' | 'Ignore' {
  const given = query.get('fieldValidation') ?? '';
  if (given === '' || given === 'Warn') return 'Warn';
  if (given === 'Strict' || given === 'Ignore') return given;
  throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
    {
      field: 'fieldValidation',
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: "${given}": supported values: "", "Ignore", "Strict", "Warn"`,
    },
  ]);
}

/** Where the object comes from; it decides how a strict refusal is worded. */
export type Origin = (
  | { readonly kind: 'body' }
  | { readonly kind: 'patch'; readonly text: string }
  | { readonly kind: 'apply'; readonly text: string }
) & {
  /** What is wrong with the text itself, such as members that stand there twice. */
  readonly problems?: readonly string[];
};

/** Prunes, defaults and (for the built-in kinds) type-checks an object as a decoder does. */
export function decodeObject(object: JsonObject, request: ResourceRequest, origin: Origin): JsonObject {
  const { resource } = request;
  assertMetadataShape(object, request, origin);
  const texts = withTextsForNulls(object);
  const { object: pruned, unknown } = pruneObject(resource, withoutEmptyManagers(texts, resource));
  reportStrict(unknown, request, origin);
  // A null that is applied stays, and is refused where it may not be.
  const defaulted = defaultObject(resource, pruned, {
    keepsNulls: resource.custom && origin.kind === 'apply',
  });
  const filled = resource.defaults?.(defaulted) ?? defaulted;
  if (!resource.custom) {
    const wrong = schemaProblems(resource, filled, undefined)[0];
    if (wrong !== undefined) throw undecodable(`${wrong.field}: ${wrong.message}`, request, origin);
  }
  return filled;
}

/** An empty list of managers is lost where custom resources are decoded, so it does not end the tracking. */
function withoutEmptyManagers(object: JsonObject, { custom }: Resource): JsonObject {
  const given = valueAt(object, 'metadata', 'managedFields');
  return custom && isList(given) && given.length === 0
    ? withMeta(object, { managedFields: undefined })
    : object;
}

/** Refuses what the kind does not know and what stands twice, or warns about it, as the request's validation asks. */
function reportStrict(unknown: readonly string[], request: ResourceRequest, origin: Origin): void {
  const problems = [...(origin.problems ?? []), ...unknown.map((path) => `unknown field "${path}"`)];
  const mode = fieldValidationOf(request.query);
  if (problems.length === 0 || mode === 'Ignore') return;
  if (mode === 'Warn') {
    request.warnings.push(...problems.flatMap(toWarnings));
    return;
  }
  throw undecodable(`strict decoding error: ${problems.join(', ')}`, request, origin);
}

/** A body that is no such object is malformed, a patch that leaves none is invalid. */
function undecodable(why: string, request: ResourceRequest, origin: Origin): Error {
  const { kind, version } = request.resource;
  if (origin.kind === 'body')
    return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
  const message = `Invalid value: ${JSON.stringify(origin.text)}: ${why}`;
  return invalid({ group: '', kind: '' }, '', [{ field: 'patch', reason: 'FieldValueInvalid', message }]);
}

const maps = ['labels', 'annotations'];
const lists = ['finalizers', 'ownerReferences', 'managedFields'];
const texts = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion'];
const times = ['creationTimestamp', 'deletionTimestamp'];
// "2026-01-01T00:00:00Z"
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)$/;

/** A null among labels or annotations is an empty text. */
function withTextsForNulls(object: JsonObject): JsonObject {
  const wrong = maps.filter((name) => Object.values(objectAt(object, 'metadata', name)).includes(null));
  const filled = wrong.map((name) => {
    const entries = Object.entries(objectAt(object, 'metadata', name));
    return [name, Object.fromEntries(entries.map(([key, value]) => [key, value ?? '']))];
  });
  return wrong.length === 0 ? object : withMeta(object, Object.fromEntries(filled));
}

function assertMetadataShape(object: JsonObject, request: ResourceRequest, origin: Origin): void {
  const refusal = (field: string, type: string): Error =>
    undecodable(
      `json: cannot unmarshal into Go struct field ObjectMeta.${field} of type ${type}`,
      request,
      origin,
    );
  const metadata = object['metadata'];
  if (metadata === undefined || metadata === null) return;
  if (!isJsonObject(metadata)) throw refusal('metadata', 'v1.ObjectMeta');
  for (const name of texts) {
    const value = metadata[name];
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw refusal(`metadata.${name}`, 'string');
  }
  for (const name of times) {
    const value = metadata[name];
    if (value === undefined || value === null || (typeof value === 'string' && instant.test(value))) continue;
    const why = `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse it`;
    throw undecodable(why, request, origin);
  }
  const { generation } = metadata;
  if (generation !== undefined && generation !== null && !Number.isInteger(generation))
    throw refusal('generation', 'int64');
  for (const name of maps) {
    const value = metadata[name];
    if (value === undefined || value === null) continue;
    const isRight =
      isJsonObject(value) && Object.values(value).every((item) => item === null || typeof item === 'string');
    if (!isRight) throw refusal(`metadata.${name}`, 'map[string]string');
  }
  for (const name of lists) {
    const value = valueAt(metadata, name);
    if (value !== undefined && value !== null && !isList(value)) throw refusal(`metadata.${name}`, 'slice');
  }
}
