import type { JsonArray, JsonObject, JsonValue } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { listAt, nameOf, objectAt, textAt, textsAt } from '../json-path.ts';
import type { ResourceRequest } from '../request.ts';
import type { Resource } from '../resource.ts';
import { matchLabelSelector } from '../selectors.ts';

/** One registered webhook, as far as calling it goes. */
export interface Webhook {
  readonly configuration: string;
  readonly name: string;
  readonly clientConfig: JsonObject;
  readonly failsClosed: boolean;
  readonly timeoutMs: number;
  readonly isSafeOnDryRun: boolean;
  readonly isReinvoked: boolean;
  /** The resource as the webhook has asked for it: another version or group of the request's, by match policy. */
  readonly resource: Resource;
  readonly matchConditions: JsonArray;
}

/** What an operation does to which object. */
export interface Operation {
  readonly phase: 'mutating' | 'validating';
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly object?: JsonObject;
  readonly oldObject?: JsonObject;
}

/** The webhooks that an operation has to pass, in the order of configuration name and place. */
export function selectWebhooks(
  context: ServerContext,
  request: ResourceRequest,
  operation: Operation,
): readonly Webhook[] {
  if (request.resource.group === 'admissionregistration.k8s.io') return [];
  const kind = `${operation.phase}webhookconfigurations.admissionregistration.k8s.io`;
  return context.store.list(kind, undefined).items.flatMap((configuration) =>
    listAt(configuration, 'webhooks').flatMap((webhook) => {
      const resource = wantedAs(context, request, { operation, webhook });
      return resource === undefined ? [] : [toWebhook(nameOf(configuration), webhook, resource)];
    }),
  );
}

function toWebhook(configuration: string, webhook: JsonValue, resource: Resource): Webhook {
  const sideEffects = textAt(webhook, 'sideEffects');
  return {
    configuration,
    name: textAt(webhook, 'name') ?? '',
    clientConfig: objectAt(webhook, 'clientConfig'),
    failsClosed: textAt(webhook, 'failurePolicy') !== 'Ignore',
    timeoutMs: Number(objectAt(webhook)['timeoutSeconds'] ?? 10) * 1000,
    isSafeOnDryRun: sideEffects === 'None' || sideEffects === 'NoneOnDryRun',
    resource,
    matchConditions: listAt(webhook, 'matchConditions'),
    isReinvoked: textAt(webhook, 'reinvocationPolicy') === 'IfNeeded',
  };
}

/** The resource under which a webhook wants an operation; `undefined` when it does not. */
function wantedAs(
  context: ServerContext,
  request: ResourceRequest,
  { operation, webhook }: { readonly operation: Operation; readonly webhook: JsonValue },
): Resource | undefined {
  const rules = listAt(webhook, 'rules');
  const isNamed = (resource: Resource): boolean =>
    rules.some((rule) => matchesRule(rule, { ...request, resource }, operation.operation));
  const resource = isNamed(request.resource)
    ? request.resource
    : equivalents(context, request.resource, webhook).find(isNamed);
  if (resource === undefined) return undefined;
  return isSelected(context, request, { operation, webhook }) ? resource : undefined;
}

/** Other versions and groups under which the same objects are served, where the webhook's policy asks for them. */
function equivalents(context: ServerContext, resource: Resource, webhook: JsonValue): readonly Resource[] {
  if (textAt(webhook, 'matchPolicy') === 'Exact') return [];
  return context.catalog.all().filter((other) => other.storage === resource.storage && other !== resource);
}

function isSelected(
  context: ServerContext,
  request: ResourceRequest,
  { operation, webhook }: { readonly operation: Operation; readonly webhook: JsonValue },
): boolean {
  const objects = [operation.object, operation.oldObject].filter((object) => object !== undefined);
  const objectSelector = objectAt(webhook, 'objectSelector');
  const isObjectWanted = objects.some((object) =>
    matchLabelSelector(objectSelector, objectAt(object, 'metadata', 'labels')),
  );
  if (!isObjectWanted) return false;
  const labels = namespaceLabels(context, request, objects[0]);
  return labels === undefined || matchLabelSelector(objectAt(webhook, 'namespaceSelector'), labels);
}

function namespaceLabels(
  context: ServerContext,
  request: ResourceRequest,
  object: JsonObject | undefined,
): JsonObject | undefined {
  const { resource } = request;
  if (resource.group === '' && resource.plural === 'namespaces') {
    return objectAt(object, 'metadata', 'labels');
  }
  if (!resource.namespaced) return undefined;
  const key = { resource: 'namespaces', namespace: '', name: request.namespace ?? '' };
  return objectAt(context.store.get(key), 'metadata', 'labels');
}

function matchesRule(rule: JsonValue, request: ResourceRequest, operation: string): boolean {
  const { resource } = request;
  const has = (member: string, value: string): boolean => {
    const list = textsAt(rule, member);
    return list.includes('*') || list.includes(value);
  };
  const scope = textAt(rule, 'scope') ?? '*';
  if (scope !== '*' && scope !== (resource.namespaced ? 'Namespaced' : 'Cluster')) return false;
  if (!has('operations', operation) || !has('apiGroups', resource.group)) return false;
  return has('apiVersions', resource.version) && matchesResource(rule, request);
}

function matchesResource(rule: JsonValue, request: ResourceRequest): boolean {
  return textsAt(rule, 'resources').some((pattern) => {
    const [plural, subresource = ''] = pattern.split('/');
    const isResource = plural === '*' || plural === request.resource.plural;
    return isResource && (subresource === '*' || subresource === (request.subresource ?? ''));
  });
}
