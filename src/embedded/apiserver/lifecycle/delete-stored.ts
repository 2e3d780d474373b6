import type { ServerContext } from '../context.ts';
import { StatusError } from '../status.ts';
import type { StoreKey } from '../storage.ts';
import { type DeleteOptions, deleteObject } from '../write/delete.ts';

/** Whom the server's own deletions are made by. */
const collector = {
  username: 'system:serviceaccount:kube-system:generic-garbage-collector',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
};

/** Deletes an object as a client would, webhooks included; one that is gone or has become another is left alone. */
export async function deleteStored(
  context: ServerContext,
  key: StoreKey,
  options: Partial<DeleteOptions>,
): Promise<void> {
  const resource = context.catalog.findStorage(key.resource);
  if (resource === undefined) return;
  const request = {
    verb: 'delete',
    resource,
    namespace: key.namespace,
    name: key.name,
    subresource: undefined,
    query: new URLSearchParams(),
    headers: {},
    user: collector,
    dryRun: false,
    warnings: [],
  } as const;
  const given = { propagation: undefined, uid: undefined, resourceVersion: undefined, ...options };
  try {
    await deleteObject(context, { ...request, warnings: [] }, given);
  } catch (error) {
    if (!isSettled(error)) throw error;
  }
}

/** Has a write of the server's own been overtaken: is its object gone, another one, or there already? */
export function isSettled(error: unknown): boolean {
  return error instanceof StatusError && (error.httpCode === 404 || error.httpCode === 409);
}
