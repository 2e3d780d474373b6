/**
 * The HTTPS front of admission: reads AdmissionReviews, looks up facts, answers with what `domain/admission` decides.
 * It must never hold a rule of its own. Start reading at `routes.ts`.
 */
import { compileRe2 } from '../base/index.ts';
import { type CacheByTagPolicy, createUlids } from '../domain/index.ts';
import { createHttpServer, type HttpRoute, type HttpServer, type TlsIdentity } from '../httpd/index.ts';
import type { Clock, Events, KubeAccess, KubeReader, KubeWriter, Log, Random } from '../ports/index.ts';
import { webhookErrors } from './errors.ts';
import { createFacts } from './facts.ts';
import { createHooks } from './hooks.ts';
import { createRoutes } from './routes.ts';

export { type WebhookAddress, webhookConfigurations } from './configurations.ts';
export { webhookErrors } from './errors.ts';

/** What the webhooks work with. */
export interface WebhookDeps {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  readonly access: KubeAccess;
  readonly events: Events;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Whom the webhooks trust. */
export interface WebhookOptions {
  /** An RE2 expression for the user names of control-plane components; nobody when absent. */
  readonly controlPlaneUsers: string | undefined;
  /** What Warehouses may say about `cacheByTag`; "Allow" unless told. */
  readonly cacheByTagPolicy?: CacheByTagPolicy;
}

/** How the webhook server listens. */
export interface WebhookServerOptions extends WebhookOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tls: TlsIdentity;
}

const maxBodyBytes = 4 * 1024 * 1024;
const requestTimeoutMs = 9_000;

/**
 * The routes of all webhooks and "/healthz", to be mounted on a server.
 *
 * Errors: webhook.bad-pattern.
 */
export function createWebhookRoutes(deps: WebhookDeps, options: WebhookOptions): readonly HttpRoute[] {
  const hooks = createHooks({
    facts: createFacts(deps),
    clock: deps.clock,
    cacheByTagPolicy: options.cacheByTagPolicy ?? 'Allow',
    nextUlid: createUlids(deps.random),
    access: deps.access,
  });
  return createRoutes({ ...deps, hooks, isControlPlane: readControlPlane(options.controlPlaneUsers) });
}

/** Starts the HTTPS server of the webhooks and returns when it listens. */
export function startWebhookServer(deps: WebhookDeps, options: WebhookServerOptions): Promise<HttpServer> {
  const { host, port, tls } = options;
  const limits = { maxBodyBytes, requestTimeoutMs };
  return createHttpServer(deps, createWebhookRoutes(deps, options), { host, port, tls, ...limits });
}

function readControlPlane(pattern: string | undefined): (username: string) => boolean {
  if (pattern === undefined || pattern === '') return () => false;
  const compiled = compileRe2(pattern);
  if (compiled.ok) return (username) => compiled.re2.test(username);
  const message = `the pattern of control-plane users "${pattern}" is malformed: ${compiled.problem}`;
  throw webhookErrors.create('webhook.bad-pattern', message);
}
