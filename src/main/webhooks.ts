import { mutatingWebhookConfigurations, validatingWebhookConfigurations } from '../api/core/index.ts';
import { type KubeObject, keyOf, type ResourceType } from '../api/meta/index.ts';
import { AppError, type JsonObject } from '../base/index.ts';
import { createKubeEvents, type KubeClient } from '../kube/index.ts';
import { startWebhookServer, webhookConfigurations } from '../webhooks/index.ts';
import type { Surroundings } from './adapters.ts';
import type { LocalAuthority } from './certificates.ts';
import { mainErrors } from './errors.ts';
import type { Resources } from './resources.ts';
import { readSettingFile, type Settings } from './settings.ts';

/** How the admission webhooks of a process are served. */
export interface WebhookStart {
  readonly settings: Settings;
  /** Issues the certificate; without it, TLS_CERT_PATH and TLS_KEY_PATH name one. */
  readonly authority?: LocalAuthority;
  readonly host: string;
  readonly port: number;
  /** Register the webhooks by URL with the API server; in a cluster the chart registers them by Service. */
  readonly registers: boolean;
}

/** Starts the admission webhooks and gives their URL. Errors: main.bad-setting, main.missing-file. */
export async function startWebhooks(
  deps: Surroundings & { readonly client: KubeClient },
  start: WebhookStart,
  resources: Resources,
  signal: AbortSignal,
): Promise<string> {
  const { client } = deps;
  const ending = resources.use(new AbortController(), (controller) => controller.abort());
  const events = createKubeEvents({ ...deps, writer: client.writer }, ending.signal);
  resources.use(events, (one) => one.flush());
  const server = await startWebhookServer(
    {
      ...deps,
      reader: client.reader,
      writer: client.writer,
      events,
      access: client.access,
    },
    {
      host: start.host,
      port: start.port,
      tls:
        start.authority === undefined
          ? readIdentity(start.settings)
          : await start.authority.issue([start.host]),
      controlPlaneUsers: start.settings.CONTROLPLANE_USER_REGEX,
      cacheByTagPolicy: start.settings.CACHE_BY_TAG_POLICY,
    },
  );
  resources.use(server, async (one) => one[Symbol.asyncDispose]());
  if (start.registers && start.authority !== undefined) {
    const caBundle = Buffer.from(start.authority.certPem).toString('base64');
    const { mutating, validating } = webhookConfigurations({
      at: { kind: 'url', url: server.url },
      caBundle,
    });
    await register(client, mutatingWebhookConfigurations, mutating, signal);
    await register(client, validatingWebhookConfigurations, validating, signal);
  }
  return server.url;
}

function readIdentity(settings: Settings): { readonly certPem: string; readonly keyPem: string } {
  const { TLS_CERT_PATH: cert, TLS_KEY_PATH: key } = settings;
  if (cert === undefined || key === undefined) {
    const missing = cert === undefined ? 'TLS_CERT_PATH' : 'TLS_KEY_PATH';
    const message = `${missing} is not set: the admission webhooks need a certificate and its key`;
    throw mainErrors.create('main.bad-setting', message);
  }
  return { certPem: readSettingFile('TLS_CERT_PATH', cert), keyPem: readSettingFile('TLS_KEY_PATH', key) };
}

/** Creates the configuration, or turns the one of an earlier process to this one. */
async function register<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  configuration: T,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.writer.create(type, configuration, signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'kube.already-exists') throw error;
    const patch = { webhooks: (configuration as unknown as JsonObject)['webhooks'] };
    await client.writer.mergePatch(type, keyOf(configuration), patch, {}, signal);
  }
}
