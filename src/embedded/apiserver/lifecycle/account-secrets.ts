import type { JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { nameOf, objectAt, textAt, withMeta } from '../json-path.ts';
import type { StoreEvent, StoreKey } from '../storage.ts';
import { deleteStored } from './delete-stored.ts';
import { updateOwn } from './own-request.ts';

const tokenType = 'kubernetes.io/service-account-token';
const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';

/** Fills Secrets that ask for the token of a ServiceAccount, and deletes them with it. */
export function accountSecretWork(
  context: ServerContext,
  event: StoreEvent,
): readonly (() => Promise<void>)[] {
  const { key } = event;
  if (key.resource === 'secrets' && event.type !== 'deleted' && isTokenSecret(event.object)) {
    return [() => settle(context, key)];
  }
  if (key.resource !== 'serviceaccounts' || event.type !== 'deleted') return [];
  return [
    async () => {
      for (const secret of context.store.list('secrets', key.namespace).items) {
        const isOwn = textAt(secret, 'metadata', 'annotations', nameAnnotation) === key.name;
        if (isTokenSecret(secret) && isOwn)
          await settle(context, { ...key, resource: 'secrets', name: nameOf(secret) });
      }
    },
  ];
}

const isTokenSecret = (secret: JsonObject): boolean => textAt(secret, 'type') === tokenType;

async function settle(context: ServerContext, key: StoreKey): Promise<void> {
  const secret = context.store.get(key);
  if (secret === undefined || textAt(secret, 'metadata', 'deletionTimestamp') !== undefined) return;
  const annotations = objectAt(secret, 'metadata', 'annotations');
  const name = textAt(annotations, nameAnnotation) ?? '';
  const account = context.store.get({ resource: 'serviceaccounts', namespace: key.namespace, name });
  const uid = textAt(account, 'metadata', 'uid');
  const wantedUid = textAt(annotations, uidAnnotation) ?? uid;
  if (uid === undefined || uid !== wantedUid) {
    await deleteStored(context, key, { uid: textAt(secret, 'metadata', 'uid') });
    return;
  }
  const isFilled = ['ca.crt', 'namespace', 'token'].every(
    (member) => textAt(secret, 'data', member) !== undefined,
  );
  if (isFilled && textAt(annotations, uidAnnotation) === uid) return;
  const token = context.tokens.issueForSecret({ namespace: key.namespace, name, uid, secret: key.name });
  const change = (current: JsonObject): JsonObject => ({
    ...withMeta(current, {
      annotations: { ...objectAt(current, 'metadata', 'annotations'), [uidAnnotation]: uid },
    }),
    data: {
      'ca.crt': encode(context.options.ca),
      namespace: encode(key.namespace),
      token: encode(token),
      ...objectAt(current, 'data'),
    },
  });
  await updateOwn(context, key, { controller: 'tokens-controller', change });
}

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
