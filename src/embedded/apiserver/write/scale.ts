import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { nameOf, objectAt, textAt, valueAt, withMeta, withValue } from '../json-path.ts';
import { present } from '../present.ts';
import type { ResourceRequest } from '../request.ts';
import type { ScalePaths } from '../resource.ts';
import { badRequest, failure, invalid, notFound } from '../status.ts';
import { type Change, updateObject } from './update.ts';

const apiVersion = 'autoscaling/v1';

/** The scale of a stored object. */
export function readScale(context: ServerContext, request: ResourceRequest, paths: ScalePaths): JsonObject {
  const { resource, namespace = '', name = '' } = request;
  const stored = context.store.get({ resource: resource.storage, namespace, name });
  if (stored === undefined) throw notFound(resource, name);
  return toScale(present(resource, stored), paths);
}

/** Changes the replicas of an object through its scale; answers the scale afterwards. */
export async function updateScale(
  context: ServerContext,
  request: ResourceRequest,
  { paths, change }: { readonly paths: ScalePaths; readonly change: Change },
): Promise<JsonObject> {
  const apply = (current: JsonObject): JsonObject => {
    const scale = change.apply(toScale(current, paths));
    if (textAt(scale, 'kind') !== 'Scale' || textAt(scale, 'apiVersion') !== apiVersion) {
      throw badRequest(`${textAt(scale, 'kind') ?? ''} in version "v1" cannot be handled as a Scale`);
    }
    const replicas = assertReplicas(request, paths, valueAt(scale, 'spec', 'replicas') ?? 0);
    const metadata = objectAt(scale, 'metadata');
    const given = {
      uid: metadata['uid'],
      name: metadata['name'],
      resourceVersion: metadata['resourceVersion'],
    };
    return withValue(withMeta(current, given), paths.specReplicas, replicas);
  };
  const object = await updateObject(context, request, { ...change, apply, needsVersion: false });
  return toScale(object, paths);
}

function assertReplicas(request: ResourceRequest, paths: ScalePaths, value: JsonValue): number {
  if (typeof value === 'number' && value >= 0) return value;
  const message = `Invalid value: ${JSON.stringify(value)}: should be a non-negative integer`;
  const problem = { field: `.${paths.specReplicas.join('.')}`, reason: 'FieldValueInvalid', message };
  throw invalid(request.resource, request.name ?? '', [problem]);
}

function toScale(object: JsonObject, paths: ScalePaths): JsonObject {
  const replicas = valueAt(object, ...paths.specReplicas);
  if (replicas === undefined) {
    const message = `the spec replicas field ".${paths.specReplicas.join('.')}" does not exist`;
    const details = { causes: [{ message }] };
    throw failure(500, 'InternalError', `Internal error occurred: ${message}`, { details });
  }
  const selector = paths.selector === undefined ? undefined : valueAt(object, ...paths.selector);
  const metadata = objectAt(object, 'metadata');
  const { uid, resourceVersion, creationTimestamp, namespace } = metadata;
  return {
    kind: 'Scale',
    apiVersion,
    metadata: {
      name: nameOf(object),
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: { replicas },
    status: {
      replicas: valueAt(object, ...paths.statusReplicas) ?? 0,
      ...(selector === undefined ? {} : { selector }),
    },
  };
}

/** A body that replaces the scale. */
export function toScaleChange(body: JsonValue): Change {
  const apply = (): JsonObject => {
    if (!isJsonObject(body)) throw badRequest('the body is no object');
    return { kind: 'Scale', apiVersion, ...body };
  };
  return { origin: { kind: 'body' }, needsVersion: false, apply };
}
