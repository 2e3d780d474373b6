import type { JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { objectAt, textAt, textsAt, valueAt } from '../json-path.ts';
import type { ResourceRequest } from '../request.ts';
import { badRequest, conflict, invalid, notFound } from '../status.ts';
import type { BoundObject } from './service-account-tokens.ts';

const defaultSeconds = 3600;
const minSeconds = 600;
const maxSeconds = 2 ** 32;

/** Answers a TokenRequest for a ServiceAccount: `serviceaccounts/NAME/token`. */
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
  const reference = objectAt(spec, 'boundObjectRef');
  const boundTo =
    textAt(reference, 'kind') === undefined ? undefined : findBound(context, request, reference);
  const asked = textsAt(spec, 'audiences');
  const audiences = asked.length === 0 ? [context.tokens.audience] : asked;
  const uid = textAt(account, 'metadata', 'uid') ?? '';
  const claims = { namespace, name, uid, audiences, lifetimeSeconds };
  const { token, expiresAtMs } = context.tokens.issue(
    boundTo === undefined ? claims : { ...claims, boundTo },
  );
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace },
    spec: {
      audiences,
      expirationSeconds: lifetimeSeconds,
      boundObjectRef: boundTo === undefined ? null : reference,
    },
    status: { token, expirationTimestamp: `${new Date(expiresAtMs).toISOString().slice(0, 19)}Z` },
  };
}

/** The object that a token is to end with. */
function findBound(context: ServerContext, request: ResourceRequest, reference: JsonObject): BoundObject {
  const { namespace = '', name: account = '' } = request;
  const apiVersion = textAt(reference, 'apiVersion') ?? '';
  const kind = textAt(reference, 'kind') ?? '';
  if (apiVersion !== 'v1' || (kind !== 'Pod' && kind !== 'Secret')) {
    throw badRequest(`cannot bind token to object of type ${showKind(apiVersion, kind)}`);
  }
  const name = textAt(reference, 'name') ?? '';
  const plural = kind === 'Pod' ? 'pods' : 'secrets';
  const found = context.store.get({ resource: plural, namespace, name });
  if (found === undefined) throw notFound({ group: '', kind, plural }, name);
  const runsAs = textAt(found, 'spec', 'serviceAccountName') ?? '';
  if (kind === 'Pod' && runsAs !== account) {
    const why = 'to pod running with different serviceaccount name.';
    throw badRequest(`cannot bind token for serviceaccount "${account}" ${why}`);
  }
  const uid = textAt(found, 'metadata', 'uid') ?? '';
  const wanted = textAt(reference, 'uid') ?? '';
  if (wanted !== '' && wanted !== uid) {
    const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict({ group: '', kind, plural: kind }, name, why);
  }
  return { kind, name, uid };
}

/** "/v1, Kind=ConfigMap" */
function showKind(apiVersion: string, kind: string): string {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return `${group}/${version}, Kind=${kind}`;
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
