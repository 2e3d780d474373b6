import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { admit } from '../admission/admit.ts';
import { type ServerContext, timestamp } from '../context.ts';
import {
  nameOf,
  namespaceOf,
  objectAt,
  revisionOf,
  textAt,
  textsAt,
  withMeta,
  withValue,
} from '../json-path.ts';
import { present } from '../present.ts';
import { isTrue, type ResourceRequest } from '../request.ts';
import {
  conflict,
  deletedStatus,
  type FieldProblem,
  failure,
  forbidden,
  invalid,
  modifiedMessage,
  notFound,
} from '../status.ts';
import { isFinished } from './update.ts';

const maxAttempts = 20;
/** Namespaces without which nothing works. */
const immortal: readonly string[] = ['default', 'kube-system', 'kube-public'];
const policies = ['Foreground', 'Background', 'Orphan'];

/** What a delete request asks for. */
export interface DeleteOptions {
  readonly propagation: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

/** Reads delete options from the body and, where it has none, from the query. */
export function parseDeleteOptions(body: JsonValue | undefined, query: URLSearchParams): DeleteOptions {
  const given = readOptions(body);
  const orphan = given['orphanDependents'] ?? orphanOf(query);
  const asked = textAt(given, 'propagationPolicy') ?? query.get('propagationPolicy') ?? undefined;
  if (asked !== undefined && !policies.includes(asked)) {
    const message = `Unsupported value: "${asked}": supported values: "Background", "Foreground", "Orphan"`;
    throw refused({ field: 'propagationPolicy', reason: 'FieldValueNotSupported', message });
  }
  if (asked !== undefined && orphan !== undefined && orphan !== null) {
    const message = `Invalid value: "${asked}": orphanDependents and deletionPropagation cannot be both set`;
    throw refused({ field: 'propagationPolicy', reason: 'FieldValueInvalid', message });
  }
  const fromOrphan = orphan === true ? 'Orphan' : orphan === false ? 'Background' : undefined;
  return {
    propagation: (asked as DeleteOptions['propagation']) ?? fromOrphan,
    uid: textAt(given, 'preconditions', 'uid'),
    resourceVersion: textAt(given, 'preconditions', 'resourceVersion'),
  };
}

const refused = (problem: FieldProblem): Error =>
  invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [problem]);

function orphanOf(query: URLSearchParams): boolean | undefined {
  const given = query.get('orphanDependents');
  return given === null ? undefined : isTrue(given);
}

/** What cannot be read as options is the server's failure, as it is the genuine one's; what they say is checked. */
function readOptions(body: JsonValue | undefined): JsonObject {
  if (body === undefined || body === null) return {};
  if (!isJsonObject(body)) throw failure(500, '', "couldn't get version/kind; json parse error");
  const kind = textAt(body, 'kind');
  if (kind !== undefined && kind !== 'DeleteOptions')
    throw failure(
      500,
      '',
      `no kind "${kind}" is registered for version "${textAt(body, 'apiVersion') ?? ''}"`,
    );
  const { preconditions = null, gracePeriodSeconds = null } = body;
  const isReadable =
    (preconditions === null || isJsonObject(preconditions)) &&
    (gracePeriodSeconds === null || Number.isInteger(gracePeriodSeconds));
  if (!isReadable) throw failure(500, '', 'json: cannot unmarshal a member of DeleteOptions');
  const wrong = textsAt(body, 'dryRun').find((value) => value !== 'All');
  if (wrong === undefined) return body;
  const message = `Unsupported value: ["${wrong}"]: supported values: "All"`;
  throw refused({ field: 'dryRun', reason: 'FieldValueNotSupported', message });
}

/** Is this delete a dry run by its body? */
export function isDryRunBody(body: JsonValue | undefined): boolean {
  return textsAt(body, 'dryRun').includes('All');
}

/** Deletes an object, or marks it when finalizers hold it; answers what the client gets. */
export async function deleteObject(
  context: ServerContext,
  request: ResourceRequest,
  options: DeleteOptions,
): Promise<JsonObject> {
  const { resource } = request;
  const name = request.name ?? '';
  if (resource.storage === 'namespaces' && immortal.includes(name)) {
    throw forbidden(resource, name, 'this namespace may not be deleted');
  }
  const key = { resource: resource.storage, namespace: request.namespace ?? '', name };
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const stored = context.store.get(key);
    if (stored === undefined) throw notFound(resource, name);
    assertPreconditions(stored, request, options);
    const old = present(resource, stored);
    await admit(context, request, { phase: 'mutating', operation: 'DELETE', oldObject: old });
    await admit(context, request, { phase: 'validating', operation: 'DELETE', oldObject: old });
    const marked = mark(context, stored, withDefault(request, options));
    if (isFinished(marked)) {
      const uid = textAt(stored, 'metadata', 'uid') ?? '';
      const answer =
        resource.answersDeleted === true ? present(resource, marked) : deletedStatus(resource, name, uid);
      if (request.dryRun) return answer;
      if ((await context.store.remove(key, revisionOf(stored))) !== 'conflict') return answer;
      continue;
    }
    if (request.dryRun || marked === stored) return present(resource, marked);
    const written = await context.store.put(key, marked, revisionOf(stored));
    if (written !== 'conflict') return present(resource, written);
  }
  throw conflict(resource, name, modifiedMessage);
}

function withDefault({ resource, warnings }: ResourceRequest, options: DeleteOptions): DeleteOptions {
  if (options.propagation !== undefined || resource.defaultPropagation === undefined) return options;
  warnings.push(
    `child pods are preserved by default when ${resource.plural} are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning`,
  );
  return { ...options, propagation: resource.defaultPropagation };
}

function assertPreconditions(stored: JsonObject, request: ResourceRequest, options: DeleteOptions): void {
  const metadata = objectAt(stored, 'metadata');
  const { group, kind } = request.resource;
  const refuse = (what: string, given: string, held: unknown, why: string): never => {
    const text = `the ${what} in the precondition (${given}) does not match the ${what} in record (${String(held)}). The object might have been ${why}`;
    // The genuine server names the kind here, not the resource.
    throw conflict({ group, kind, plural: kind }, request.name ?? '', text);
  };
  if (options.uid !== undefined && options.uid !== metadata['uid']) {
    refuse('UID', options.uid, metadata['uid'], 'deleted and then recreated');
  }
  const version = options.resourceVersion;
  if (version !== undefined && version !== metadata['resourceVersion']) {
    refuse('ResourceVersion', version, metadata['resourceVersion'], 'modified');
  }
}

/** The object as it is while it is being deleted. */
function mark(context: ServerContext, stored: JsonObject, options: DeleteOptions): JsonObject {
  const before = textsAt(stored, 'metadata', 'finalizers');
  const finalizers = new Set(before);
  if (options.propagation === 'Foreground') finalizers.add('foregroundDeletion');
  if (options.propagation === 'Orphan') finalizers.add('orphan');
  const isMarked = textAt(stored, 'metadata', 'deletionTimestamp') !== undefined;
  if (isMarked && finalizers.size === before.length) return stored;
  const generation = objectAt(stored, 'metadata')['generation'];
  const marked = withMeta(stored, {
    finalizers: finalizers.size === 0 ? undefined : [...finalizers],
    ...(isMarked
      ? {}
      : {
          deletionTimestamp: timestamp(context.clock),
          deletionGracePeriodSeconds: 0,
          ...(typeof generation === 'number' ? { generation: generation + 1 } : {}),
        }),
  });
  const isNamespace = stored['kind'] === 'Namespace' && namespaceOf(stored) === undefined;
  return isNamespace ? withValue(marked, ['status', 'phase'], 'Terminating') : marked;
}

/** Deletes every object of a list, one after the other; those that are gone already do not matter. */
export async function deleteAll(
  context: ServerContext,
  request: ResourceRequest,
  { items, options }: { readonly items: readonly JsonObject[]; readonly options: DeleteOptions },
): Promise<void> {
  for (const item of items) {
    const one = { ...request, namespace: namespaceOf(item) ?? '', name: nameOf(item) };
    try {
      await deleteObject(context, one, options);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'httpCode' in error && error.httpCode === 404;
}
