import type { JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import type { ResourceRequest, Verb } from '../request.ts';
import type { StoreKey } from '../storage.ts';
import { createObject } from '../write/create.ts';
import { updateObject } from '../write/update.ts';
import { isSettled } from './delete-stored.ts';

/** A request that the server makes of itself, as one of a cluster's controllers; it may do everything. */
export function ownRequest(
  context: ServerContext,
  key: StoreKey,
  {
    verb,
    controller,
    query = '',
  }: { readonly verb: Verb; readonly controller: string; readonly query?: string },
): ResourceRequest | undefined {
  const resource = context.catalog.findStorage(key.resource);
  if (resource === undefined) return undefined;
  return {
    verb,
    resource,
    namespace: key.namespace,
    name: verb === 'create' ? undefined : key.name,
    subresource: undefined,
    query: new URLSearchParams(query),
    headers: {},
    user: {
      username: `system:serviceaccount:kube-system:${controller}`,
      groups: ['system:masters', 'system:serviceaccounts', 'system:authenticated'],
    },
    dryRun: false,
    warnings: [],
  };
}

const manager = 'fieldManager=kube-controller-manager';

/** Creates an object as a controller would; one that is there already, or whose namespace goes, is left alone. */
export async function createOwn(
  context: ServerContext,
  key: StoreKey,
  { controller, object }: { readonly controller: string; readonly object: JsonObject },
): Promise<void> {
  const request = ownRequest(context, key, { verb: 'create', controller, query: manager });
  if (request === undefined) return;
  await unlessSettled(() => createObject(context, request, object));
}

/** Changes an object as a controller would; one that is gone is left alone. */
export async function updateOwn(
  context: ServerContext,
  key: StoreKey,
  {
    controller,
    change,
  }: { readonly controller: string; readonly change: (current: JsonObject) => JsonObject },
): Promise<void> {
  const request = ownRequest(context, key, { verb: 'update', controller, query: manager });
  if (request === undefined) return;
  const given = { origin: { kind: 'body' }, needsVersion: false, apply: change } as const;
  await unlessSettled(() => updateObject(context, request, given));
}

async function unlessSettled(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isSettled(error)) throw error;
  }
}
