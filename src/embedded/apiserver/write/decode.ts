import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { toWarnings } from '../http/duplicates.ts';
import { isList, nameOf, textAt, valueAt, withMeta } from '../json-path.ts';
import type { ResourceRequest } from '../request.ts';
import { apiVersionOf, type Resource } from '../resource.ts';
import { badRequest, invalid } from '../status.ts';
import { defaultObject, pruneObject, schemaProblems } from './schema.ts';

/** Checks that a body is an object of the request's kind; the built-in kinds may leave `kind` and `apiVersion` out. */
export function toOwnKind(body: JsonValue, request: ResourceRequest): JsonObject {
  const { resource } = request;
  if (!isJsonObject(body)) {
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: json: cannot unmarshal ${isList(body) ? 'array' : typeof body} into Go value`,
    );
  }
  const kind = textAt(body, 'kind') ?? '';
  const apiVersion = textAt(body, 'apiVersion') ?? '';
  if (kind === '' && resource.custom) {
    throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  }
  if (apiVersion !== '' && apiVersion !== apiVersionOf(resource)) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(resource)})`,
    );
  }
  if (resource.custom && kind !== resource.kind) {
    const message = `Invalid value: ${JSON.stringify(kind)}: must be ${resource.kind}`;
    const problem = { field: 'kind', reason: 'FieldValueInvalid', message };
    throw invalid({ group: resource.group, kind }, nameOf(body), [problem]);
  }
  if (kind !== '' && kind !== resource.kind) {
    throw badRequest(`${kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`);
  }
  return { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind };
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
  assertMetadataShape(object, request);
  const { object: pruned, unknown } = pruneObject(resource, withoutEmptyManagers(object, resource));
  reportStrict(unknown, request, origin);
  // A null that is applied stays, and is refused where it may not be.
  const defaulted = defaultObject(resource, pruned, {
    keepsNulls: resource.custom && origin.kind === 'apply',
  });
  const filled = resource.defaults?.(defaulted) ?? defaulted;
  if (!resource.custom) {
    const wrong = schemaProblems(resource, filled, undefined)[0];
    if (wrong !== undefined) {
      const what = `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`;
      throw badRequest(`${what}: ${wrong.field}: ${wrong.message}`);
    }
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
  const text = `strict decoding error: ${problems.join(', ')}`;
  const { kind, version } = request.resource;
  if (origin.kind === 'body') {
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${text}`);
  }
  const message = `Invalid value: ${JSON.stringify(origin.text)}: ${text}`;
  throw invalid({ group: '', kind: '' }, '', [{ field: 'patch', reason: 'FieldValueInvalid', message }]);
}

const maps = ['labels', 'annotations'];
const lists = ['finalizers', 'ownerReferences', 'managedFields'];
const texts = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion'];

function assertMetadataShape(object: JsonObject, request: ResourceRequest): void {
  const { kind, version } = request.resource;
  const refusal = (field: string, type: string): Error =>
    badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal into Go struct field ObjectMeta.${field} of type ${type}`,
    );
  const metadata = object['metadata'];
  if (metadata === undefined || metadata === null) return;
  if (!isJsonObject(metadata)) throw refusal('metadata', 'v1.ObjectMeta');
  for (const name of texts) {
    const value = metadata[name];
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw refusal(`metadata.${name}`, 'string');
  }
  for (const name of maps) {
    const value = metadata[name];
    if (value === undefined || value === null) continue;
    const isRight = isJsonObject(value) && Object.values(value).every((item) => typeof item === 'string');
    if (!isRight) throw refusal(`metadata.${name}`, 'map[string]string');
  }
  for (const name of lists) {
    const value = valueAt(metadata, name);
    if (value !== undefined && value !== null && !isList(value)) throw refusal(`metadata.${name}`, 'slice');
  }
}
