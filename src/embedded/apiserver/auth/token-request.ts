import type { JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { objectAt, textAt, textsAt, valueAt } from '../json-path.ts';
import type { ResourceRequest } from '../request.ts';
import { badRequest, invalid, notFound } from '../status.ts';

const defaultSeconds = 3600;
const minSeconds = 600;
const maxSeconds = 2 ** 32;

/** Answers a TokenRequest for a ServiceAccount: `serviceaccounts/NAME/token`. Tokens bound to other objects are refused. */
export function issueToken(context: ServerContext, request: ResourceRequest, given: JsonObject): JsonObject {
  const { namespace = '', name = '' } = request;
  const account = context.store.get({ resource: 'serviceaccounts', namespace, name });
  if (account === undefined) throw notFound(request.resource, name);
  const kind = textAt(given, 'kind') ?? 'TokenRequest';
  if (kind !== 'TokenRequest')
    throw badRequest(`${kind} in version "v1" cannot be handled as a TokenRequest`);
  const spec = objectAt(given, 'spec');
  const lifetimeSeconds = Number(valueAt(spec, 'expirationSeconds') ?? defaultSeconds);
  assertLifetime(lifetimeSeconds);
  if (objectAt(spec, 'boundObjectRef')['kind'] !== undefined) {
    throw badRequest('tokens bound to other objects are not supported by this server');
  }
  const asked = textsAt(spec, 'audiences');
  const audiences = asked.length === 0 ? [context.tokens.audience] : asked;
  const uid = textAt(account, 'metadata', 'uid') ?? '';
  const { token, expiresAtMs } = context.tokens.issue({ namespace, name, uid, audiences, lifetimeSeconds });
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace },
    spec: { audiences, expirationSeconds: lifetimeSeconds, boundObjectRef: null },
    status: { token, expirationTimestamp: `${new Date(expiresAtMs).toISOString().slice(0, 19)}Z` },
  };
}

function assertLifetime(seconds: number): void {
  const rule =
    seconds < minSeconds
      ? 'may not specify a duration less than 10 minutes'
      : seconds > maxSeconds
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (rule === undefined) return;
  const message = `Invalid value: ${seconds}: ${rule}`;
  throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [
    { field: 'spec.expirationSeconds', reason: 'FieldValueInvalid', message },
  ]);
}
