import { randomBytes } from 'node:crypto';
import { toCustomResourceDefinition } from '../api/structural/index.ts';
import { kargoKinds } from '../api/v1alpha1/index.ts';
import {
  backupDataFolder,
  createApiServer,
  type DataFolder,
  generateTokenKey,
  openDataFolder,
  restoreDataFolder,
} from '../embedded/apiserver/index.ts';
import { createKubeClient } from '../kube/index.ts';
import { createAdapters, createHttp, type Surroundings } from './adapters.ts';
import { createAuthorityCertificate, type LocalAuthority, openLocalAuthority } from './certificates.ts';
import { untilAborted } from './controller-process.ts';
import { startControllers } from './controllers.ts';
import { installDefinition } from './definitions.ts';
import { mainErrors } from './errors.ts';
import { Resources } from './resources.ts';
import { controllerUser, formatKubeconfig, writePrivateFile } from './sandbox/index.ts';
import type { Streams } from './sandbox-process.ts';
import { readSettings } from './settings.ts';
import { createSurroundings } from './surroundings.ts';
import { startWebhooks } from './webhooks.ts';

/** The options of `gantry standalone`, as they are given. */
export interface StandaloneOptions {
  readonly data: string;
  readonly port: string;
  readonly json: boolean;
  readonly controllers: boolean;
  readonly backup?: string;
  readonly restore?: string;
}

/** How `gantry standalone` was called. */
export interface StandaloneCall extends StandaloneOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What makes the server the same after a restart. */
interface Identity {
  readonly caPem: string;
  readonly caKeyPem: string;
  readonly tokenKey: string;
  readonly adminToken: string;
}

const authorityDays = 3650;

/**
 * The process behind `gantry standalone`: an API server that keeps everything in a data folder, and the controllers, until
 * the signal is aborted. With `backup` or `restore` it does that alone.
 *
 * Errors: main.bad-setting; those of the data folder (apiserver.data-…).
 */
export async function runStandalone(
  call: StandaloneCall,
  streams: Streams,
  signal: AbortSignal,
): Promise<void> {
  if (call.restore !== undefined) {
    await restoreDataFolder(call.restore, call.data);
    streams.stderr.write(`${call.data} has been filled from ${call.restore}\n`);
    return;
  }
  if (call.backup !== undefined) {
    await backupDataFolder(call.data, call.backup);
    streams.stderr.write(`${call.data} has been copied into ${call.backup}\n`);
    return;
  }
  await serve(call, streams, signal);
}

async function serve(call: StandaloneCall, streams: Streams, signal: AbortSignal): Promise<void> {
  const settings = readSettings({
    CONTROLPLANE_USER_REGEX: `^${controllerUser}$`,
    ...call.environment,
  });
  const port = readPort(call.port);
  await using resources = new Resources();
  const surroundings = createSurroundings(settings.LOG_LEVEL, streams.stderr);
  const data = resources.use(await openDataFolder(call.data), (one) => one.close());
  const identity = await readIdentity(data, surroundings.clock.nowMs());
  const authority = await openLocalAuthority(
    { certPem: identity.caPem, keyPem: identity.caKeyPem },
    surroundings.clock.nowMs(),
  );
  const cluster = await startApiServer(surroundings, { data, identity, authority, port }, resources);
  const address = { server: cluster.url, token: cluster.controllerToken, caData: identity.caPem };
  const client = resources.use(await createKubeClient(surroundings, address), (one) => one.close());
  for (const kind of kargoKinds)
    await installDefinition({ ...surroundings, client }, toCustomResourceDefinition(kind), signal);
  await startWebhooks(
    { ...surroundings, client },
    { settings, authority, port: 0, host: '127.0.0.1', registers: true },
    resources,
    signal,
  );
  if (call.controllers) {
    const adapters = createAdapters(surroundings, client, createHttp(settings, resources), settings);
    await startControllers({ ...surroundings, client, adapters }, settings, resources, signal);
  }
  const access = { server: cluster.url, token: identity.adminToken, caPem: identity.caPem };
  const kubeconfig = writePrivateFile(
    call.data,
    'kubeconfig',
    formatKubeconfig({ ...access, name: 'gantry' }),
  );
  const ready = { kubeconfig, server: cluster.url };
  streams.stdout.write(call.json ? `${JSON.stringify(ready)}\n` : describe(kubeconfig));
  await untilAborted(signal);
}

const describe = (kubeconfig: string): string =>
  ['Gantry stands alone. What it knows is kept.', '', `  export KUBECONFIG=${kubeconfig}`, '', ''].join('\n');

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw mainErrors.create(
    'main.bad-setting',
    `--port=${JSON.stringify(text)}: expected a number from 0 to 65535`,
  );
}

async function readIdentity(data: DataFolder, nowMs: number): Promise<Identity> {
  const kept = data.readSetting('identity');
  if (kept !== undefined) return kept as unknown as Identity;
  const { certPem, keyPem } = await createAuthorityCertificate(nowMs, authorityDays);
  const identity = {
    caPem: certPem,
    caKeyPem: keyPem,
    tokenKey: generateTokenKey(),
    adminToken: newToken(),
  };
  await data.writeSetting('identity', identity);
  return identity;
}

const newToken = (): string => randomBytes(24).toString('base64url');

interface ApiServerStart {
  readonly data: DataFolder;
  readonly identity: Identity;
  readonly authority: LocalAuthority;
  readonly port: number;
}

async function startApiServer(
  surroundings: Surroundings,
  { data, identity, authority, port }: ApiServerStart,
  resources: Resources,
): Promise<{ readonly url: string; readonly controllerToken: string }> {
  const controllerToken = newToken();
  const groups = ['system:masters', 'system:serviceaccounts', 'system:authenticated'];
  const { certPem, keyPem } = await authority.issue(['127.0.0.1', 'localhost']);
  const server = await createApiServer(
    { ...surroundings, store: data.store },
    {
      token: identity.adminToken,
      users: [{ token: controllerToken, user: { username: controllerUser, groups } }],
      authorization: 'rbac',
      ca: identity.caPem,
      clientCa: identity.caPem,
      tokenKey: identity.tokenKey,
      tls: { cert: certPem, key: keyPem },
      port,
    },
  );
  resources.use(server, (one) => one.close());
  return { url: server.url, controllerToken };
}
