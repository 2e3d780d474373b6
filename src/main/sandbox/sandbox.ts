import { randomBytes } from 'node:crypto';
import { applicationDefinition, applications } from '../../api/argocd/index.ts';
import { namespaces } from '../../api/core/index.ts';
import type { KubeObject } from '../../api/meta/index.ts';
import { toCustomResourceDefinition } from '../../api/structural/index.ts';
import { freights, kargoKinds, promotions, stages, warehouses } from '../../api/v1alpha1/index.ts';
import type { SandboxInfo } from '../../cli/index.ts';
import { createApiServer } from '../../embedded/apiserver/index.ts';
import { createArgoCdController } from '../../embedded/argocd/index.ts';
import { type AnyController, createKubeClient, createRunner, type KubeClient } from '../../kube/index.ts';
import type { HttpClient } from '../../ports/index.ts';
import { type Adapters, createAdapters, createHttp, type Surroundings } from '../adapters.ts';
import { createLocalAuthority, type LocalAuthority } from '../certificates.ts';
import { startControllers } from '../controllers.ts';
import { installDefinition } from '../definitions.ts';
import { Resources } from '../resources.ts';
import { readSettings, type Settings } from '../settings.ts';
import { startWebhooks } from '../webhooks.ts';
import { applyObject } from './apply.ts';
import type { GitHostName } from './git-hosts.ts';
import { createPrivateFolder, formatKubeconfig, writePrivateFile } from './kubeconfig.ts';
import { type ArtifactServers, startArtifactServers } from './servers.ts';

/** A cluster that stands in the embedded API server's place: empty, and the sandbox's own. */
export interface SandboxCluster {
  readonly server: string;
  readonly caPem: string;
  /** The administrator's. */
  readonly token: string;
  /** Of the user `controllerUser`, who may do everything too. */
  readonly controllerToken: string;
}

/** How a sandbox is made. */
export interface SandboxOptions {
  /** Run Gantry's controllers in this process. Default true; without them, `gantry controller` can do it. */
  readonly runsControllers?: boolean;
  /** Git hosts to answer for besides github.com. */
  readonly gitHosts?: readonly GitHostName[];
  /** How long an Application stays Progressing after a sync, in milliseconds. */
  readonly healthDelayMs?: number;
  /** Default: an embedded API server, in memory. */
  readonly cluster?: SandboxCluster;
  /** Environment variables for the controllers' settings. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Everything that Gantry needs around it, on this machine: empty, in memory, gone with the process. */
export interface Sandbox {
  readonly info: SandboxInfo;
  /** The value of GANTRY_ENDPOINTS with which another process reaches the same servers. */
  readonly endpoints: string;
  /** A kubeconfig with the identity that admission takes for the control plane; for `gantry controller`. */
  readonly controllerKubeconfig: string;
  readonly client: KubeClient;
  /** Reaches the mapped hosts at the embedded servers. */
  readonly http: HttpClient;
  readonly adapters: Adapters;
  readonly servers: ArtifactServers;
  /** Creates objects, or changes them to be like these. */
  apply(objects: readonly KubeObject[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const user = 'release-robot';
const argocdNamespace = 'argocd';
/** Who the controllers are to the API server; admission counts them as control plane. */
export const controllerUser = 'system:serviceaccount:kargo:kargo-controller';
/** What people look at, kept in the cache of the administrator's client. */
const shownTypes = [warehouses, freights, stages, promotions, applications].map((type) => ({ type }));

/** Starts a sandbox and resolves when everything in it works. */
export async function startSandbox(
  surroundings: Surroundings,
  options: SandboxOptions,
  signal: AbortSignal,
): Promise<Sandbox> {
  const resources = new Resources();
  try {
    return await build(surroundings, options, resources, signal);
  } catch (error) {
    await resources[Symbol.asyncDispose]();
    throw error;
  }
}

async function build(
  surroundings: Surroundings,
  options: SandboxOptions,
  resources: Resources,
  signal: AbortSignal,
): Promise<Sandbox> {
  const authority = await createLocalAuthority(surroundings.clock.nowMs());
  const folder = createPrivateFolder(resources);
  const caFile = writePrivateFile(folder, 'ca.pem', authority.certPem);
  const password = randomBytes(18).toString('base64url');
  const servers = await startArtifactServers(
    surroundings,
    authority,
    { account: { login: user, token: password }, gitHosts: options.gitHosts ?? [] },
    resources,
  );
  const endpoints = formatEndpoints(servers, caFile, options.environment ?? {});
  const settings = readSettings({
    CONTROLPLANE_USER_REGEX: `^${controllerUser}$`,
    ...options.environment,
    GANTRY_ENDPOINTS: endpoints,
  });

  const cluster = options.cluster ?? (await startApiServer(surroundings, authority, resources));
  const connect = async (token: string): Promise<KubeClient> => {
    const address = { server: cluster.server, token, caData: cluster.caPem };
    return resources.use(await createKubeClient(surroundings, address), (one) => one.close());
  };
  const client = await connect(cluster.token);
  await install({ ...surroundings, client }, settings, signal);
  const http = createHttp(settings, resources);
  const controlPlane = await connect(cluster.controllerToken);
  const adapters = createAdapters(surroundings, controlPlane, http, settings);
  await startWebhooks(
    { ...surroundings, client: controlPlane },
    { settings, authority, port: 0, host: '127.0.0.1', registers: true },
    resources,
    signal,
  );
  await run({ surroundings, client: controlPlane, adapters, settings, options, password }, resources, signal);
  await client.start(shownTypes, signal);

  const writeKubeconfig = (name: string, token: string): string =>
    writePrivateFile(folder, name, formatKubeconfig({ server: cluster.server, token, caPem: cluster.caPem }));
  const kubeconfig = writeKubeconfig('kubeconfig', cluster.token);
  const base = servers.listening.url;
  const info: SandboxInfo = {
    kubeconfig,
    server: cluster.server,
    registry: base,
    git: base,
    forge: `${base}/api/v3`,
    argocd: `${cluster.server}/apis/argoproj.io/v1alpha1/namespaces/${argocdNamespace}/applications`,
    username: user,
    password,
    caFile,
  };
  writePrivateFile(folder, 'sandbox.json', `${JSON.stringify(info, null, 2)}\n`);
  return {
    info,
    endpoints,
    controllerKubeconfig: writeKubeconfig('controller-kubeconfig', cluster.controllerToken),
    client,
    http,
    adapters,
    servers,
    async apply(objects, until) {
      for (const object of objects) await applyObject(client, object, until);
    },
    close: () => resources[Symbol.asyncDispose](),
  };
}

/** The environment has the last word: a host that it maps is reached where it says. */
function formatEndpoints(
  { listening: { address }, hosts }: ArtifactServers,
  caFile: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const embedded = Object.fromEntries(hosts.map((host) => [host, { address, caFile }]));
  return JSON.stringify({ ...embedded, ...readSettings(environment).GANTRY_ENDPOINTS });
}

async function startApiServer(
  surroundings: Surroundings,
  authority: LocalAuthority,
  resources: Resources,
): Promise<SandboxCluster> {
  const token = randomBytes(24).toString('base64url');
  const controllerToken = randomBytes(24).toString('base64url');
  const groups = ['system:serviceaccounts', 'system:authenticated'];
  const users = [{ token: controllerToken, user: { username: controllerUser, groups } }];
  const { certPem, keyPem } = await authority.issue(['127.0.0.1', 'localhost']);
  const server = await createApiServer(surroundings, { token, users, tls: { cert: certPem, key: keyPem } });
  resources.use(server, (one) => one.close());
  return { server: server.url, caPem: authority.certPem, token, controllerToken };
}

/** Kinds and namespaces that a cluster with Gantry and Argo CD has. */
async function install(
  deps: Surroundings & { readonly client: KubeClient },
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const { client } = deps;
  const definitions = [...kargoKinds.map(toCustomResourceDefinition), applicationDefinition];
  await Promise.all(definitions.map((one) => installDefinition(deps, one, signal)));
  for (const name of [argocdNamespace, settings.KARGO_NAMESPACE]) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await client.writer.create(namespaces, namespace, signal);
  }
}

interface RunContext {
  readonly surroundings: Surroundings;
  readonly client: KubeClient;
  readonly adapters: Adapters;
  readonly settings: Settings;
  readonly options: SandboxOptions;
  readonly password: string;
}

async function run(context: RunContext, resources: Resources, signal: AbortSignal): Promise<void> {
  const { surroundings, client, adapters, settings, options, password } = context;
  const runsControllers = options.runsControllers ?? true;
  if (runsControllers)
    await startControllers({ ...surroundings, client, adapters }, settings, resources, signal);
  else await client.start([{ type: applications }], signal);
  const argocd = createArgoCdController(
    { reader: client.reader, writer: client.writer, git: adapters.git, clock: surroundings.clock },
    {
      credential: { identity: 'embedded Argo CD', username: user, password },
      ...(options.healthDelayMs === undefined ? {} : { healthDelayMs: options.healthDelayMs }),
    },
  );
  const events = { emit: () => undefined };
  const runner = createRunner(
    { ...surroundings, reader: client.reader, writer: client.writer, changes: client.changes, events },
    [argocd as unknown as AnyController],
  );
  resources.use(runner, (one) => one.stop());
  runner.start();
}
