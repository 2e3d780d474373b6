import { describeError, isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { parseYaml } from '../../../base/yaml/index.ts';
import { assertAllowed, attributesOf } from '../auth/index.ts';
import type { ServerContext } from '../context.ts';
import { applyConfiguration } from '../fields/index.ts';
import { yamlDuplicates } from '../http/duplicates.ts';
import { parseJsonText } from '../http/json.ts';
import { nameOf, textAt, withMeta } from '../json-path.ts';
import { isTrue, type ResourceRequest } from '../request.ts';
import { badRequest, conflict, notFound, StatusError } from '../status.ts';
import { createObject } from './create.ts';
import { fieldWriteOf } from './field-write.ts';
import { updateObject } from './update.ts';

const maxAttempts = 5;

/** The outcome of an apply. */
export interface Applied {
  readonly isCreated: boolean;
  readonly object: JsonObject;
}

/** Server-side apply: creates the object or merges the configuration into it, with the ownership of all fields. */
export async function applyObject(
  context: ServerContext,
  request: ResourceRequest,
  text: string,
): Promise<Applied> {
  const patch = parseConfiguration(text);
  const problems = duplicateProblems(text, request);
  const write = fieldWriteOf(context, request);
  const force = isTrue(request.query.get('force'));
  const apply = (live: JsonObject | undefined): JsonObject =>
    applyConfiguration(write, { live, patch, force });
  const change = {
    origin: { kind: 'apply', text, problems },
    needsVersion: false,
    tracksFields: true,
    apply,
  } as const;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { resource, namespace = '', name = '' } = request;
      if (context.store.get({ resource: resource.storage, namespace, name }) !== undefined) {
        return { isCreated: false, object: await updateObject(context, request, change) };
      }
      // The 404 of a missing sub-resource comes first.
      const body = newObject(request, apply(undefined));
      assertAllowed(context.authorizer, attributesOf(request, 'create'));
      return { isCreated: true, object: await createObject(context, request, body, change) };
    } catch (error) {
      // The object came or went in between; a sub-resource never creates.
      if (attempt >= maxAttempts || !hasMoved(error, request)) throw error;
    }
  }
}

function hasMoved(error: unknown, request: ResourceRequest): boolean {
  if (!(error instanceof StatusError) || request.subresource !== undefined) return false;
  return error.body['reason'] === 'AlreadyExists' || isMissingItself(error, request);
}

/** Not a namespace that is missing, but the object. */
function isMissingItself(error: StatusError, request: ResourceRequest): boolean {
  return error.httpCode === 404 && error.message === notFound(request.resource, request.name ?? '').message;
}

function newObject(request: ResourceRequest, object: JsonObject): JsonObject {
  const { resource, name = '' } = request;
  if (request.subresource !== undefined) throw notFound(resource, name);
  const uid = textAt(object, 'metadata', 'uid') ?? '';
  if (uid !== '') {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(resource, name, why);
  }
  const given = nameOf(object);
  if (given === '') {
    const why = `(${name} based on URL) was undeterminable: name must be provided`;
    throw badRequest(`the name of the object ${why}`);
  }
  if (given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
  return withMeta(object, { resourceVersion: undefined });
}

function parseConfiguration(text: string): JsonObject {
  let value: JsonValue | undefined;
  try {
    // JSON may be nested deeper than YAML.
    value = text.trimStart().startsWith('{') ? parseJsonOrYaml(text) : parseYaml(text);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${describeError(error)}`);
  }
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw badRequest(
    'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value of type map[string]interface {}',
  );
}

function parseJsonOrYaml(text: string): JsonValue | undefined {
  try {
    return parseJsonText(text);
  } catch {
    return parseYaml(text);
  }
}

/** Keys that stand twice: a strict apply is refused here, in words of its own. */
function duplicateProblems(text: string, request: ResourceRequest): readonly string[] {
  const problems = yamlDuplicates(text);
  if (problems.length === 0 || request.query.get('fieldValidation') !== 'Strict') return problems;
  throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${problems.join(', ')}`);
}
