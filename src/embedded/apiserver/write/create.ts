import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { admit } from '../admission/admit.ts';
import { type ServerContext, timestamp } from '../context.ts';
import { trackUpdate } from '../fields/index.ts';
import { nameOf, textAt, withMeta, withValue } from '../json-path.ts';
import type { ResourceRequest } from '../request.ts';
import type { WriteFacts } from '../resource.ts';
import { alreadyExists, failure, forbidden, invalid, notFound } from '../status.ts';
import { decodeObject, type Origin, toOwnKind } from './decode.ts';
import { fieldWriteOf, withManagersOf } from './field-write.ts';
import { generateName, matchNamespace, metadataProblems, wipeSystemFields } from './metadata.ts';
import { schemaProblems } from './schema.ts';

const maxNameAttempts = 8;

/** How an object is created. */
export interface CreateOptions {
  /** Does the body say itself who owns its fields? */
  readonly tracksFields?: boolean;
  readonly origin?: Origin;
}

/** Creates an object: decode, mutate, complete, validate, ask validating webhooks, store. */
export async function createObject(
  context: ServerContext,
  request: ResourceRequest,
  body: JsonValue,
  options: CreateOptions = {},
): Promise<JsonObject> {
  const { resource } = request;
  const decoded = decodeObject(toOwnKind(body, request), request, options.origin ?? { kind: 'body' });
  const version = textAt(decoded, 'metadata', 'resourceVersion') ?? '';
  if (version !== '' && version !== '0') {
    throw failure(500, '', 'resourceVersion should not be set on objects to be created');
  }
  const wiped = matchNamespace(wipeSystemFields({ ...resource.empty, ...decoded }), request);
  const placed =
    options.tracksFields === true
      ? withManagersOf(wiped, decoded)
      : trackUpdate(fieldWriteOf(context, request), undefined, wiped);
  assertNamespace(context, request, nameOf(wiped));
  const mutated = await admit(context, request, { phase: 'mutating', operation: 'CREATE', object: placed });
  const again = withManagersOf(decodeAgain(mutated, placed, request), placed);
  const checked = complete(context, request, matchNamespace(again, request));
  assertPermitted(context, request, { object: checked, old: undefined });
  for (let attempt = 1; ; attempt += 1) {
    const named = withName(context, checked, request);
    assertValid(named, undefined, request);
    await admit(context, request, { phase: 'validating', operation: 'CREATE', object: named });
    const key = {
      resource: resource.storage,
      namespace: textAt(named, 'metadata', 'namespace') ?? '',
      name: nameOf(named),
    };
    if (request.dryRun) {
      if (context.store.get(key) !== undefined) throw alreadyExists(resource, key.name);
      return named;
    }
    const stored = await context.store.put(key, toStored(named, request), 0);
    if (stored !== 'conflict') return stored;
    if (nameOf(checked) !== '' || attempt >= maxNameAttempts) throw alreadyExists(resource, key.name);
  }
}

/** The stored shape: views of other groups are turned into the resource's own. */
export function toStored(object: JsonObject, request: ResourceRequest): JsonObject {
  return request.resource.view?.write(object) ?? object;
}

/** Webhooks may have added unknown fields or removed defaults. */
export function decodeAgain(mutated: JsonObject, before: JsonObject, request: ResourceRequest): JsonObject {
  if (mutated === before) return mutated;
  const silent = { ...request, query: new URLSearchParams('fieldValidation=Ignore') };
  return decodeObject(mutated, silent, { kind: 'body' });
}

function assertNamespace(context: ServerContext, request: ResourceRequest, name: string): void {
  const { resource, namespace } = request;
  if (!resource.namespaced || namespace === undefined) return;
  const found = context.store.get({ resource: 'namespaces', namespace: '', name: namespace });
  if (found === undefined) throw notFound({ group: '', kind: 'Namespace', plural: 'namespaces' }, namespace);
  if (textAt(found, 'metadata', 'deletionTimestamp') === undefined) return;
  const message = `namespace ${namespace} is being terminated`;
  throw forbidden(
    resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }],
  );
}

function complete(context: ServerContext, request: ResourceRequest, object: JsonObject): JsonObject {
  const { resource } = request;
  const now = timestamp(context.clock);
  const uid = context.random.uuid();
  const bare = resource.hasStatus ? withValue(object, ['status'], undefined) : object;
  const prepared = resource.prepare?.(bare, undefined, factsOf(context, request, { now, uid })) ?? bare;
  return withMeta(prepared, {
    uid,
    creationTimestamp: now,
    resourceVersion: undefined,
    ...(resource.counted ? { generation: 1 } : {}),
  });
}

/** What a write's stages may know. */
export function factsOf(
  { store }: ServerContext,
  { resource, subresource }: ResourceRequest,
  { now, uid }: { readonly now: string; readonly uid: string },
): WriteFacts {
  return { now, uid, subresource, siblings: () => store.list(resource.storage, undefined).items };
}

function withName(context: ServerContext, object: JsonObject, { resource }: ResourceRequest): JsonObject {
  const base = textAt(object, 'metadata', 'generateName') ?? '';
  if (nameOf(object) !== '' || base === '') return object;
  const named = withMeta(object, { name: generateName(base, context.random) });
  return resource.defaults?.(named) ?? named;
}

/** Throws a 403 or 404 Status when the user may not write such an object. */
export function assertPermitted(
  { authorizer }: ServerContext,
  { resource, user, namespace = '' }: ResourceRequest,
  { object, old }: { readonly object: JsonObject; readonly old: JsonObject | undefined },
): void {
  resource.assertPermitted?.(object, old, { user, namespace, authorizer });
}

/** Throws a 422 Status that lists everything wrong with an object. */
export function assertValid(object: JsonObject, old: JsonObject | undefined, request: ResourceRequest): void {
  const { resource } = request;
  const problems = [...metadataProblems(object, old, request), ...schemaProblems(resource, object, old)];
  if (problems.length === 0) problems.push(...(resource.validate?.(object, old) ?? []));
  // What is shown by a view is spoken of as what is stored.
  const subject = resource.view === undefined ? resource : { ...resource, group: '' };
  if (problems.length > 0) throw invalid(subject, nameOf(object), problems);
}
