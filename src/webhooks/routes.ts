import { namespaces } from '../api/core/index.ts';
import { labels } from '../api/v1alpha1/index.ts';
import { AppError, isJsonObject, type JsonObject } from '../base/index.ts';
import type { AdmissionEffect, AdmissionRequest } from '../domain/admission/index.ts';
import type { HttpAnswer, HttpRequest, HttpRoute } from '../httpd/index.ts';
import type { Events, KubeWriter } from '../ports/index.ts';
import type { Hook } from './hooks.ts';
import { registrations, webhookPath } from './registrations.ts';
import { type Answer, type Question, readQuestion, requesterOf, writeAnswer } from './review.ts';

/** What the routes work with. */
export interface RouteDeps {
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly writer: KubeWriter;
  readonly events: Events;
  /** Is this the user name of a component that may speak for others? */
  isControlPlane(username: string): boolean;
}

/** A route for each webhook, and one for probes. */
export function createRoutes(deps: RouteDeps): readonly HttpRoute[] {
  const routes: HttpRoute[] = [
    { method: 'GET', path: '/healthz', answer: () => ({ status: 200, body: { status: 'ok' } }) },
  ];
  for (const { name, mutating, validating } of registrations) {
    const hook = deps.hooks.get(name);
    if (hook === undefined) continue;
    if (mutating.length > 0) {
      const answer = (request: HttpRequest) => answerReview(deps, request, (asked) => mutate(hook, asked));
      routes.push({ method: 'POST', path: webhookPath('mutate', name), answer });
    }
    if (validating.length > 0) {
      const answer = (request: HttpRequest) =>
        answerReview(deps, request, (asked) => validate(deps, hook, asked));
      routes.push({ method: 'POST', path: webhookPath('validate', name), answer });
    }
  }
  return routes;
}

/** A question with the request that the rules see. */
interface Asked {
  readonly request: AdmissionRequest<JsonObject>;
  readonly signal: AbortSignal;
}

async function answerReview(
  deps: RouteDeps,
  http: HttpRequest,
  decide: (asked: Asked) => Promise<Answer>,
): Promise<HttpAnswer> {
  const question = readQuestion(http.body);
  if (question === undefined)
    return { status: 400, body: { error: 'the body must be an AdmissionReview (admission.k8s.io/v1)' } };
  const request = toRequest(deps, question);
  const answer = await decide({ request, signal: http.signal });
  return { status: 200, body: writeAnswer(question, answer) };
}

/** What cannot be read is let through untouched: the API server's own validation follows and says it better. */
async function mutate(hook: Hook, { request, signal }: Asked): Promise<Answer> {
  if (hook.mutate === undefined || !hook.isReadable(request.object)) return allowed;
  const result = await hook.mutate(request, signal);
  return result.kind === 'denied' ? result : { kind: 'allowed', object: result.object, warnings: [] };
}

async function validate(deps: RouteDeps, hook: Hook, { request, signal }: Asked): Promise<Answer> {
  // An object that is stored in another form must still be deletable.
  if (!hook.isReadable(request.object)) return request.operation === 'DELETE' ? allowed : unreadable(request);
  const result = await hook.validate(request, signal);
  if (result.kind === 'denied') return result;
  if (!request.isDryRun) {
    for (const effect of result.effects) await carryOut(deps, effect, signal);
    for (const event of result.events) deps.events.emit(event);
  }
  return { kind: 'allowed', object: undefined, warnings: result.warnings };
}

const allowed: Answer = { kind: 'allowed', object: undefined, warnings: [] };

function unreadable(request: AdmissionRequest<JsonObject>): Answer {
  const kind = typeof request.object['kind'] === 'string' ? request.object['kind'] : 'object';
  const message = `${kind} does not have the shape of its schema`;
  return { kind: 'denied', denial: { code: 422, reason: 'Invalid', message, causes: [] } };
}

/** The metadata names what the request names: the API server leaves the namespace out of some objects. */
function toRequest(deps: RouteDeps, question: Question): AdmissionRequest<JsonObject> {
  return {
    operation: question.operation,
    object: withNamespace(question.object, question),
    oldObject: question.oldObject === undefined ? undefined : withNamespace(question.oldObject, question),
    requester: requesterOf(question, (username) => deps.isControlPlane(username)),
    isDryRun: question.isDryRun,
    subresource: question.subresource,
  };
}

function withNamespace(object: JsonObject, question: Question): JsonObject {
  const metadata = object['metadata'];
  if (!isJsonObject(metadata)) return object;
  const name = metadata['name'] ?? question.name;
  const namespace = metadata['namespace'] ?? question.namespace;
  return { ...object, metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) } };
}

async function carryOut(deps: RouteDeps, effect: AdmissionEffect, signal: AbortSignal): Promise<void> {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: effect.name, labels: { [labels.project]: 'true' } },
  };
  try {
    await deps.writer.create(namespaces, namespace, signal);
  } catch (error) {
    // Somebody was faster; the Project controller looks at whose it is.
    if (!(error instanceof AppError && error.code === 'kube.already-exists')) throw error;
  }
}
