import { describeError, type JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { toResources } from '../crd/served.ts';
import { withoutCrdFinalizer } from '../crd/strategy.ts';
import { listAt, nameOf, namespaceOf, revisionOf, textAt, withValue } from '../json-path.ts';
import type { StoreEvent } from '../storage.ts';
import { isFinished } from '../write/update.ts';
import { accountSecretWork } from './account-secrets.ts';
import { aggregateRoles, clusterRoles } from './aggregated-roles.ts';
import { deleteStored } from './delete-stored.ts';
import { startEventRetention } from './event-retention.ts';
import { firstContentWork } from './first-content.ts';
import { updateOwn } from './own-request.ts';
import { createOwnerCollector } from './owners.ts';

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';
const retryDelayMs = 1000;

type Work = () => Promise<void>;

/** The work of a cluster's controllers. */
export interface Lifecycle {
  /** Resolves when nothing is left to do at once. */
  settled(): Promise<void>;
}

/**
 * What a cluster's controllers do for the API itself: serves definitions as soon as they are written, empties namespaces
 * and definitions that are being deleted, collects what has lost its owners, gives namespaces their first content, writes
 * aggregated roles and the tokens of Secrets, drops old Events. Runs until the server closes.
 */
export function startLifecycle(context: ServerContext): Lifecycle {
  const owners = createOwnerCollector(context);
  const queue = createQueue(context);
  const aggregation = createOnce(queue, () => aggregateRoles(context));
  const naming = createOnce(queue, () => retryNames(context));
  const observe = (event: StoreEvent): void => {
    if (event.key.resource === definitions) serveDefinition(context, event);
    for (const work of owners.observe(event)) queue.add(work);
    for (const work of firstContentWork(context, event)) queue.add(work);
    for (const work of accountSecretWork(context, event)) queue.add(work);
    if (event.key.resource === clusterRoles) aggregation.add();
    if (event.key.resource === definitions) naming.add();
    for (const work of emptyings(context, event)) queue.add(work);
  };
  const revision = context.store.revision();
  for (const event of presentState(context)) observe(event);
  const stop = context.store.subscribe(undefined, revision, observe);
  if (stop !== 'expired') context.closing.addEventListener('abort', stop);
  startEventRetention(context);
  return { settled: queue.settled };
}

/** What a store holds from an earlier run, as if it were written now: definitions first, as they serve the others. */
function* presentState(context: ServerContext): Iterable<StoreEvent> {
  const seen = new Set<string>();
  for (let next: string | undefined = definitions; next !== undefined; ) {
    seen.add(next);
    for (const object of context.store.list(next, undefined).items) {
      const key = { resource: next, namespace: namespaceOf(object) ?? '', name: nameOf(object) };
      yield { revision: revisionOf(object), type: 'added', key, object, previous: undefined };
    }
    next = context.catalog.all().find((resource) => !seen.has(resource.storage))?.storage;
  }
}

/** Work that looks at everything is queued once, however often it is asked for. */
function createOnce(queue: Queue, work: Work): { add(): void } {
  let isQueued = false;
  return {
    add() {
      if (isQueued) return;
      isQueued = true;
      queue.add(() => {
        isQueued = false;
        return work();
      });
    },
  };
}

interface Queue {
  add(work: Work): void;
  settled(): Promise<void>;
}

function createQueue(context: ServerContext): Queue {
  const waiting: Work[] = [];
  let isRunning = false;
  const run = async (): Promise<void> => {
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) {
      if (context.closing.aborted) break;
      await attempt(context, work, (again) => waiting.push(again) && start());
    }
    isRunning = false;
  };
  let running = Promise.resolve();
  const start = (): void => {
    if (isRunning) return;
    isRunning = true;
    running = run();
  };
  return {
    add(work) {
      waiting.push(work);
      // The write that caused this work is answered first.
      queueMicrotask(start);
    },
    async settled() {
      start();
      await running;
    },
  };
}

async function attempt(context: ServerContext, work: Work, again: (work: Work) => void): Promise<void> {
  try {
    await work();
  } catch (error) {
    context.log.warn('lifecycle work failed', { reason: describeError(error) });
    context.clock.schedule(retryDelayMs, () => {
      if (!context.closing.aborted) again(work);
    });
  }
}

/** Definitions whose names were taken are looked at again whenever another one has changed. */
async function retryNames(context: ServerContext): Promise<void> {
  for (const definition of context.store.list(definitions, undefined).items) {
    const isRefused = listAt(definition, 'status', 'conditions').some(
      (condition) => textAt(condition, 'type') === 'NamesAccepted' && textAt(condition, 'status') === 'False',
    );
    if (!isRefused) continue;
    const key = { resource: definitions, namespace: '', name: nameOf(definition) };
    await updateOwn(context, key, { controller: 'naming-controller', change: (current) => current });
  }
}

function serveDefinition(context: ServerContext, event: StoreEvent): void {
  context.catalog.setCustom(event.key.name, event.type === 'deleted' ? [] : toResources(event.object));
}

/** Emptying starts when deletion is asked for and is looked at again whenever content has gone. */
function emptyings(context: ServerContext, event: StoreEvent): readonly Work[] {
  const isDeleting = textAt(event.object, 'metadata', 'deletionTimestamp') !== undefined;
  if (event.type === 'deleted') {
    const namespace = event.key.namespace;
    const definition = context.store.get({ resource: definitions, namespace: '', name: event.key.resource });
    return [
      ...(namespace === '' ? [] : [() => emptyNamespace(context, namespace, false)]),
      ...(definition === undefined ? [] : [() => emptyDefinition(context, event.key.resource, false)]),
    ];
  }
  if (!isDeleting) return [];
  if (event.key.resource === 'namespaces') return [() => emptyNamespace(context, event.key.name, true)];
  if (event.key.resource === definitions) return [() => emptyDefinition(context, event.key.name, true)];
  return [];
}

async function emptyNamespace(context: ServerContext, name: string, deletes: boolean): Promise<void> {
  const key = { resource: 'namespaces', namespace: '', name };
  const namespace = context.store.get(key);
  if (namespace === undefined || textAt(namespace, 'metadata', 'deletionTimestamp') === undefined) return;
  const storages = new Set(
    context.catalog
      .all()
      .filter((r) => r.namespaced)
      .map((r) => r.storage),
  );
  if (deletes) {
    for (const storage of storages) await deleteItems(context, storage, name);
  }
  const isEmpty = [...storages].every((storage) => context.store.list(storage, name).items.length === 0);
  if (isEmpty) await finalize(context, key, (stored) => withValue(stored, ['spec', 'finalizers'], undefined));
}

async function emptyDefinition(context: ServerContext, name: string, deletes: boolean): Promise<void> {
  const key = { resource: definitions, namespace: '', name };
  const definition = context.store.get(key);
  if (definition === undefined || textAt(definition, 'metadata', 'deletionTimestamp') === undefined) return;
  if (deletes) await deleteItems(context, name, undefined);
  const isEmpty = context.store.list(name, undefined).items.length === 0;
  if (isEmpty) await finalize(context, key, withoutCrdFinalizer);
}

async function deleteItems(
  context: ServerContext,
  storage: string,
  scope: string | undefined,
): Promise<void> {
  for (const item of context.store.list(storage, scope).items) {
    const namespace = namespaceOf(item) ?? '';
    await deleteStored(context, { resource: storage, namespace, name: nameOf(item) }, {});
  }
}

async function finalize(
  context: ServerContext,
  key: { readonly resource: string; readonly namespace: string; readonly name: string },
  change: (stored: JsonObject) => JsonObject,
): Promise<void> {
  const stored = context.store.get(key);
  if (stored === undefined) return;
  const next = change(stored);
  if (isFinished(next)) await context.store.remove(key, revisionOf(stored));
  else await context.store.put(key, next, revisionOf(stored));
}
