import type { JsonObject } from '../../../base/index.ts';
import { admit } from '../admission/admit.ts';
import { type ServerContext, timestamp } from '../context.ts';
import { trackUpdate } from '../fields/index.ts';
import { namespaceOf, objectAt, revisionOf, textAt, textsAt, withMeta, withValue } from '../json-path.ts';
import { present } from '../present.ts';
import type { ResourceRequest } from '../request.ts';
import { conflict, type FieldProblem, invalid, modifiedMessage, notFound } from '../status.ts';
import { assertPermitted, assertValid, decodeAgain, factsOf, toStored } from './create.ts';
import { decodeObject, type Origin, toOwnKind } from './decode.ts';
import { fieldWriteOf, isSameWrite, withManagersOf } from './field-write.ts';
import { matchNamespace, matchStored, nextGeneration } from './metadata.ts';

const maxAttempts = 20;

/** What an update does: the new object from the one that is stored now. Called again when the object has moved on. */
export interface Change {
  readonly origin: Origin;
  /** Must a resourceVersion be given? A PUT of a custom resource must, a patch need not. */
  readonly needsVersion: boolean;
  /** Does the new object say itself who owns its fields? */
  readonly tracksFields?: boolean;
  apply(current: JsonObject): JsonObject;
}

/** Updates an object; writes without a version of their own are tried again when someone else was faster. */
export async function updateObject(
  context: ServerContext,
  request: ResourceRequest,
  change: Change,
): Promise<JsonObject> {
  const { resource } = request;
  const name = request.name ?? '';
  const key = { resource: resource.storage, namespace: request.namespace ?? '', name };
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const stored = context.store.get(key);
    if (stored === undefined) throw notFound(resource, name);
    const old = present(resource, stored);
    const next = await prepareUpdate(context, request, { old, change });
    if (request.dryRun) return next;
    if (isFinished(next)) {
      if ((await context.store.remove(key, revisionOf(stored))) !== 'conflict') return next;
      continue;
    }
    if (isSameWrite(next, old)) return old;
    const written = await context.store.put(key, toStored(next, request), revisionOf(stored));
    if (written !== 'conflict') return present(resource, written);
  }
  throw conflict(resource, name, modifiedMessage);
}

async function prepareUpdate(
  context: ServerContext,
  request: ResourceRequest,
  { old, change }: { readonly old: JsonObject; readonly change: Change },
): Promise<JsonObject> {
  const { resource } = request;
  const changed = toOwnKind(change.apply(old), request, change.origin);
  const decoded = matchNamespace(decodeObject(changed, request, change.origin), request);
  const problem = versionProblem(decoded, request, change);
  const matched = matchStored(decoded, old, request);
  if (problem !== undefined) throw invalid(resource, request.name ?? '', [problem]);
  const tracked =
    change.tracksFields === true ? matched : trackUpdate(fieldWriteOf(context, request), old, matched);
  const separated = separate(tracked, old, request);
  const mutated = await admit(context, request, {
    phase: 'mutating',
    operation: 'UPDATE',
    object: separated,
    oldObject: old,
  });
  const decodedAgain = withManagersOf(decodeAgain(mutated, separated, request), separated);
  const again = separate(matchStored(decodedAgain, old, request), old, request);
  const uid = textAt(old, 'metadata', 'uid') ?? '';
  const facts = factsOf(context, request, { now: timestamp(context.clock), uid });
  const prepared = resource.prepare?.(again, old, facts) ?? again;
  const generation = nextGeneration(prepared, old, request);
  const next = generation === undefined ? prepared : withMeta(prepared, { generation });
  assertPermitted(context, request, { object: next, old });
  assertValid(next, old, request);
  await admit(context, request, { phase: 'validating', operation: 'UPDATE', object: next, oldObject: old });
  return next;
}

function versionProblem(
  object: JsonObject,
  request: ResourceRequest,
  change: Change,
): FieldProblem | undefined {
  const version = textAt(object, 'metadata', 'resourceVersion') ?? '';
  if (!change.needsVersion || request.resource.unconditionalUpdate) return undefined;
  if (version !== '' && version !== '0') return undefined;
  const message = 'Invalid value: 0: must be specified for an update';
  return { field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', message };
}

/** The status is written by its own sub-resource alone, and that writes nothing else. */
function separate(object: JsonObject, old: JsonObject, request: ResourceRequest): JsonObject {
  if (request.subresource === 'finalize') {
    return withManagersOf({ ...old, spec: objectAt(object, 'spec') }, object);
  }
  if (request.subresource === 'status') {
    return withManagersOf(withValue(old, ['status'], object['status']), object);
  }
  return request.resource.hasStatus ? withValue(object, ['status'], old['status']) : object;
}

/** Is an object that is being deleted free of everything that held it? */
export function isFinished(object: JsonObject): boolean {
  if (textAt(object, 'metadata', 'deletionTimestamp') === undefined) return false;
  if (textsAt(object, 'metadata', 'finalizers').length > 0) return false;
  const isNamespace = object['kind'] === 'Namespace' && namespaceOf(object) === undefined;
  return !isNamespace || textsAt(object, 'spec', 'finalizers').length === 0;
}
