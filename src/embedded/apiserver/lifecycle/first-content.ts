import type { JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { objectAt, textAt, valueAt, withValue } from '../json-path.ts';
import type { StoreEvent, StoreKey } from '../storage.ts';
import { createOwn, updateOwn } from './own-request.ts';

const caName = 'kube-root-ca.crt';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Every namespace has a ServiceAccount "default" and the CA of the server, whatever is done to them. */
export function firstContentWork(
  context: ServerContext,
  event: StoreEvent,
): readonly (() => Promise<void>)[] {
  const { resource, namespace, name } = event.key;
  if (resource === 'namespaces' && event.type !== 'deleted') {
    return [() => ensureAccount(context, name), () => ensureCa(context, name)];
  }
  if (resource === 'serviceaccounts' && name === 'default' && event.type === 'deleted') {
    return [() => ensureAccount(context, namespace)];
  }
  if (resource === 'configmaps' && name === caName) return [() => ensureCa(context, namespace)];
  return [];
}

function isActive(context: ServerContext, namespace: string): boolean {
  const found = context.store.get({ resource: 'namespaces', namespace: '', name: namespace });
  return found !== undefined && textAt(found, 'metadata', 'deletionTimestamp') === undefined;
}

async function ensureAccount(context: ServerContext, namespace: string): Promise<void> {
  const key: StoreKey = { resource: 'serviceaccounts', namespace, name: 'default' };
  if (!isActive(context, namespace) || context.store.get(key) !== undefined) return;
  const object = { metadata: { name: 'default', namespace } };
  await createOwn(context, key, { controller: 'service-account-controller', object });
}

async function ensureCa(context: ServerContext, namespace: string): Promise<void> {
  if (!isActive(context, namespace)) return;
  const key: StoreKey = { resource: 'configmaps', namespace, name: caName };
  const data = { 'ca.crt': context.options.ca };
  const controller = 'root-ca-cert-publisher';
  const stored = context.store.get(key);
  if (stored === undefined) {
    const annotations = { 'kubernetes.io/description': description };
    const object = { metadata: { name: caName, namespace, annotations }, data };
    await createOwn(context, key, { controller, object });
    return;
  }
  const isRight =
    Object.keys(objectAt(stored, 'data')).length === 1 &&
    valueAt(stored, 'data', 'ca.crt') === data['ca.crt'];
  if (isRight) return;
  const change = (current: JsonObject): JsonObject => withValue(current, ['data'], data);
  await updateOwn(context, key, { controller, change });
}
