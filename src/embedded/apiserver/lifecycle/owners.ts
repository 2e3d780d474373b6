import type { JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { listAt, objectAt, revisionOf, textAt, textsAt, withMeta } from '../json-path.ts';
import type { StoreEvent, StoreKey } from '../storage.ts';
import { isFinished } from '../write/update.ts';
import { deleteStored } from './delete-stored.ts';

/** Deletes what has lost its owners, and carries out foreground and orphan deletion. */
export interface OwnerCollector {
  /** Takes an event and answers the work that follows from it. */
  observe(event: StoreEvent): readonly (() => Promise<void>)[];
}

const keyText = (key: StoreKey): string => `${key.resource}|${key.namespace}|${key.name}`;
const uidOf = (object: JsonObject): string => textAt(object, 'metadata', 'uid') ?? '';

interface OwnerIndex {
  readonly live: Map<string, StoreKey>;
  readonly dependents: Map<string, Map<string, StoreKey>>;
}

/** A collector for the objects of a server. */
export function createOwnerCollector(context: ServerContext): OwnerCollector {
  const index: OwnerIndex = { live: new Map(), dependents: new Map() };
  return {
    observe(event) {
      unlink(index, event);
      link(index, event);
      return followUps(context, index, event);
    },
  };
}

function ownerUids(object: JsonObject | undefined): readonly string[] {
  return listAt(object, 'metadata', 'ownerReferences').map((owner) => textAt(owner, 'uid') ?? '');
}

function unlink(index: OwnerIndex, event: StoreEvent): void {
  for (const uid of ownerUids(event.previous)) {
    const dependents = index.dependents.get(uid);
    dependents?.delete(keyText(event.key));
    if (dependents?.size === 0) index.dependents.delete(uid);
  }
  if (event.type === 'deleted') index.live.delete(uidOf(event.object));
}

function link(index: OwnerIndex, event: StoreEvent): void {
  if (event.type === 'deleted') return;
  index.live.set(uidOf(event.object), event.key);
  for (const uid of ownerUids(event.object)) {
    const dependents = index.dependents.get(uid) ?? new Map<string, StoreKey>();
    index.dependents.set(uid, dependents.set(keyText(event.key), event.key));
  }
}

function followUps(
  context: ServerContext,
  index: OwnerIndex,
  event: StoreEvent,
): readonly (() => Promise<void>)[] {
  const uid = uidOf(event.object);
  const work: (() => Promise<void>)[] = [];
  if (event.type === 'deleted') {
    for (const key of index.dependents.get(uid)?.values() ?? []) {
      work.push(() => collect(context, index, key));
    }
    for (const owner of ownerUids(event.object)) {
      const key = index.live.get(owner);
      if (key !== undefined) work.push(() => finishOwner(context, index, key));
    }
    return work;
  }
  if (ownerUids(event.object).some((owner) => !index.live.has(owner))) {
    work.push(() => collect(context, index, event.key));
  }
  const isDeleting = textAt(event.object, 'metadata', 'deletionTimestamp') !== undefined;
  if (isDeleting) work.push(() => finishOwner(context, index, event.key));
  return work;
}

/** Deletes a dependent without living owners; one that has others only loses the references to the gone ones. */
async function collect(context: ServerContext, index: OwnerIndex, key: StoreKey): Promise<void> {
  const stored = context.store.get(key);
  if (stored === undefined) return;
  const owners = listAt(stored, 'metadata', 'ownerReferences');
  const gone = owners.filter(
    (owner) => !index.live.has(textAt(owner, 'uid') ?? '') && isServed(context, objectAt(owner)),
  );
  if (gone.length === 0) return;
  if (gone.length === owners.length) {
    await deleteStored(context, key, { uid: uidOf(stored) });
    return;
  }
  const left = owners.filter((owner) => !gone.includes(owner));
  await context.store.put(key, withMeta(stored, { ownerReferences: left }), revisionOf(stored));
}

/** A reference to a kind that is not served says nothing about whether its owner lives. */
function isServed(context: ServerContext, owner: JsonObject): boolean {
  const apiVersion = textAt(owner, 'apiVersion') ?? '';
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return (
    context.catalog.findKind(group, apiVersion.slice(slash + 1), textAt(owner, 'kind') ?? '') !== undefined
  );
}

/** Does what the finalizers of foreground and orphan deletion stand for, and takes them off. */
async function finishOwner(context: ServerContext, index: OwnerIndex, key: StoreKey): Promise<void> {
  const stored = context.store.get(key);
  if (stored === undefined || textAt(stored, 'metadata', 'deletionTimestamp') === undefined) return;
  const finalizers = textsAt(stored, 'metadata', 'finalizers');
  const dependents = [...(index.dependents.get(uidOf(stored))?.values() ?? [])];
  if (finalizers.includes('orphan')) {
    for (const dependent of dependents) await release(context, dependent, uidOf(stored));
    await dropFinalizer(context, key, 'orphan');
  }
  if (!finalizers.includes('foregroundDeletion')) return;
  for (const dependent of dependents) await deleteStored(context, dependent, { propagation: 'Foreground' });
  const blocking = [...(index.dependents.get(uidOf(stored))?.values() ?? [])].filter((dependent) =>
    blocks(context.store.get(dependent), uidOf(stored)),
  );
  if (blocking.length === 0) await dropFinalizer(context, key, 'foregroundDeletion');
}

function blocks(dependent: JsonObject | undefined, uid: string): boolean {
  return listAt(dependent, 'metadata', 'ownerReferences').some(
    (owner) => textAt(owner, 'uid') === uid && objectAt(owner)['blockOwnerDeletion'] === true,
  );
}

async function release(context: ServerContext, key: StoreKey, uid: string): Promise<void> {
  const stored = context.store.get(key);
  if (stored === undefined) return;
  const left = listAt(stored, 'metadata', 'ownerReferences').filter((owner) => textAt(owner, 'uid') !== uid);
  const ownerReferences = left.length === 0 ? undefined : left;
  await context.store.put(key, withMeta(stored, { ownerReferences }), revisionOf(stored));
}

async function dropFinalizer(context: ServerContext, key: StoreKey, name: string): Promise<void> {
  const stored = context.store.get(key);
  if (stored === undefined) return;
  const left = textsAt(stored, 'metadata', 'finalizers').filter((finalizer) => finalizer !== name);
  const next = withMeta(stored, { finalizers: left.length === 0 ? undefined : left });
  if (isFinished(next)) await context.store.remove(key, revisionOf(stored));
  else await context.store.put(key, next, revisionOf(stored));
}
