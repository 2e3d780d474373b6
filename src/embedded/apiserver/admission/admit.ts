import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { nameOf, objectAt, textAt, textsAt } from '../json-path.ts';
import { applyJsonPatch, parseJsonPatch } from '../patch/json-patch.ts';
import { present } from '../present.ts';
import type { ResourceRequest } from '../request.ts';
import type { Resource } from '../resource.ts';
import { badRequest, failure, forbidden, StatusError } from '../status.ts';
import { callWebhook, WebhookFailure } from './call.ts';
import { type Operation, selectWebhooks, type Webhook } from './webhooks.ts';

/** Passes an operation through its webhooks; answers the object as they leave it. A refusal is a Status error. */
export async function admit(
  context: ServerContext,
  request: ResourceRequest,
  operation: Operation,
): Promise<JsonObject> {
  const webhooks = selectWebhooks(context, request, operation);
  const object = operation.object ?? {};
  if (webhooks.length === 0) return object;
  if (operation.phase === 'mutating') return mutate(context, request, { operation, webhooks });
  const asked = webhooks.map((webhook) => ask(context, request, { operation, webhook }));
  const outcomes = await Promise.allSettled(asked);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return object;
}

async function mutate(
  context: ServerContext,
  request: ResourceRequest,
  { operation, webhooks }: { readonly operation: Operation; readonly webhooks: readonly Webhook[] },
): Promise<JsonObject> {
  let object = operation.object ?? {};
  const pass = async (webhook: Webhook): Promise<boolean> => {
    const before = object;
    const now = operation.object === undefined ? operation : { ...operation, object };
    const response = await ask(context, request, { operation: now, webhook });
    if (response !== undefined) object = patched(before, response, { webhook, resource: request.resource });
    return object !== before;
  };
  let lastChange = -1;
  for (const [index, webhook] of webhooks.entries()) {
    if (await pass(webhook)) lastChange = index;
  }
  for (const [index, webhook] of webhooks.entries()) {
    if (webhook.isReinvoked && index < lastChange) await pass(webhook);
  }
  return object;
}

/** Does the webhook want the operation by its match conditions? One that cannot say is a failed call. */
function isWanted(
  context: ServerContext,
  request: ResourceRequest,
  { webhook, review }: { readonly webhook: Webhook; readonly review: JsonObject },
): boolean {
  const { matchConditions } = webhook;
  if (matchConditions.length === 0) return true;
  const outcome = context.conditions.decide({ matchConditions }, objectAt(review, 'request'));
  if (outcome.kind !== 'failed') return outcome.kind === 'wanted';
  if (!webhook.failsClosed) return false;
  throw forbidden(request.resource, request.name ?? '', outcome.problem);
}

function patched(
  object: JsonObject,
  response: JsonObject,
  { webhook, resource }: { readonly webhook: Webhook; readonly resource: Resource },
): JsonObject {
  const patch = textAt(response, 'patch') ?? '';
  if (patch === '') return object;
  const type = textAt(response, 'patchType');
  if (type !== 'JSONPatch') {
    throw internalError(`failed calling webhook "${webhook.name}": unsupported patch type "${type ?? ''}"`);
  }
  const operations = parseJsonPatch(Buffer.from(patch, 'base64').toString('utf8'));
  const result = applyJsonPatch(convert(resource, webhook.resource, object), operations);
  if (isJsonObject(result)) return convert(webhook.resource, resource, result);
  throw internalError(`failed calling webhook "${webhook.name}": its patch leaves no object`);
}

/** One webhook's answer; `undefined` when it failed and may be passed over. */
async function ask(
  context: ServerContext,
  request: ResourceRequest,
  { operation, webhook }: { readonly operation: Operation; readonly webhook: Webhook },
): Promise<JsonObject | undefined> {
  if (request.dryRun && !webhook.isSafeOnDryRun) {
    throw badRequest(`admission webhook "${webhook.name}" does not support dry run`);
  }
  const review = toReview(context, request, { operation, webhook });
  if (!isWanted(context, request, { webhook, review })) return undefined;
  try {
    const response = await callWebhook(context, webhook, review);
    request.warnings.push(...textsAt(response, 'warnings'));
    if (response['allowed'] === true) return response;
    throw denial(webhook, objectAt(response, 'status'));
  } catch (error) {
    if (error instanceof StatusError || !(error instanceof WebhookFailure)) throw error;
    const fields = { webhook: webhook.name, reason: error.message };
    context.log.warn('webhook call failed', fields);
    if (!webhook.failsClosed) return undefined;
    throw internalError(`failed calling webhook "${webhook.name}": failed to call webhook: ${error.message}`);
  }
}

function internalError(message: string): StatusError {
  const text = `Internal error occurred: ${message}`;
  return failure(500, 'InternalError', text, { details: { causes: [{ message }] } });
}

function denial(webhook: Webhook, status: JsonObject): StatusError {
  const denied = `admission webhook "${webhook.name}" denied the request`;
  const why = textAt(status, 'message') ?? textAt(status, 'reason') ?? '';
  const message = why === '' ? `${denied} without explanation` : `${denied}: ${why}`;
  const given = Number(status['code'] ?? 0);
  const code = Math.max(given, 400);
  const details = status['details'];
  return failure(code, textAt(status, 'reason') ?? '', message, isJsonObject(details) ? { details } : {});
}

const optionKinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const;

/** An object of one resource as another one shows it. */
function convert(from: Resource, to: Resource, object: JsonObject): JsonObject {
  if (from === to) return object;
  return present(to, from.view?.write(object) ?? object);
}

function toReview(
  context: ServerContext,
  request: ResourceRequest,
  { operation, webhook }: { readonly operation: Operation; readonly webhook: Webhook },
): JsonObject {
  const { resource } = request;
  const kindOf = (one: Resource): JsonObject => ({ group: one.group, version: one.version, kind: one.kind });
  const placeOf = (one: Resource): JsonObject => ({
    group: one.group,
    version: one.version,
    resource: one.plural,
  });
  const show = (object: JsonObject | undefined): JsonValue =>
    object === undefined ? null : convert(resource, webhook.resource, object);
  const sub = request.subresource === undefined ? {} : { subResource: request.subresource };
  const requestSub = request.subresource === undefined ? {} : { requestSubResource: request.subresource };
  const name = request.name ?? nameOf(operation.object ?? {});
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: context.random.uuid(),
      kind: kindOf(webhook.resource),
      resource: placeOf(webhook.resource),
      ...sub,
      requestKind: kindOf(resource),
      requestResource: placeOf(resource),
      ...requestSub,
      ...(name === '' ? {} : { name }),
      ...(resource.namespaced ? { namespace: request.namespace ?? '' } : {}),
      operation: operation.operation,
      userInfo: { ...request.user, groups: request.user.groups },
      object: show(operation.object),
      oldObject: show(operation.oldObject),
      dryRun: request.dryRun,
      options: { kind: optionKinds[operation.operation], apiVersion: 'meta.k8s.io/v1' },
    },
  };
}
