import { setMaxListeners } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Application, applications } from '../../src/api/argocd/index.ts';
import type { KubeObject, ResourceType } from '../../src/api/meta/index.ts';
import { annotations, type Promotion, promotions, warehouses } from '../../src/api/v1alpha1/index.ts';
import type { JsonObject } from '../../src/base/index.ts';
import { runController } from '../../src/main/controller-process.ts';
import { Resources } from '../../src/main/resources.ts';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../src/main/sandbox/index.ts';
import { readSettings } from '../../src/main/settings.ts';
import { createSurroundings } from '../../src/main/surroundings.ts';
import { createImagePusher } from '../../src/oci/index.ts';
import { createOpenBudgets } from './open-budgets.ts';
import { exampleImages, gitopsRepository, readExampleRepository } from './pipeline-example.ts';
import { type Front, startFront, type Upstream } from './pipeline-front.ts';
import { createTestTls, type TestTls } from './tls.ts';

/** How a pipeline for tests is made. */
export interface PipelineOptions {
  /** How long an Application stays Progressing, in milliseconds. Default 50. */
  readonly healthDelayMs?: number;
  /** Run the controllers in this process? Default true. */
  readonly runsControllers?: boolean;
  /** Further hosts that the front answers for; nothing stands behind them. */
  readonly hosts?: readonly string[];
  /** Servers that stand in the embedded ones' place, for everybody: host and port by host, asked for when needed. */
  readonly backends?: Readonly<Record<string, () => string>>;
  /** A cluster in the embedded API server's place, the pipeline's own; it ends with the pipeline. Default: embedded. */
  readonly startCluster?: () => Promise<SandboxCluster & AsyncDisposable>;
  /** Environment variables of the controllers, and of the sandbox. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Where an object is looked for; without a name, any object there will do. */
export interface Place {
  readonly namespace?: string;
  readonly name?: string;
}

/** A sandbox whose controllers reach every server through a front that can be asked and told to misbehave. */
export interface Pipeline extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Before registry, git server and forge. */
  readonly artifacts: Front;
  /** Before the Kubernetes API server. */
  readonly api: Front;
  /** What `gantry controller` needs to run on this pipeline. */
  readonly controller: {
    readonly kubeconfig: string;
    readonly environment: Readonly<Record<string, string>>;
  };
  /** A way of its own for one more process of controllers, with fronts before the others. */
  openWay(): Promise<Way>;
  /** Log lines of controllers in this process. */
  readonly log: string[];
  /** Ends everything when the time limit of the test is over. */
  readonly signal: AbortSignal;
  apply(objects: readonly KubeObject[]): Promise<void>;
  /** Commits the example's GitOps repository, with these files besides. */
  seedRepository(more?: Readonly<Record<string, string>>): void;
  /** Pushes an image under a tag and gives its digest. */
  pushImage(image: string, content: string, tag?: string): Promise<string>;
  /** Pushes the example's three images as one build; gives their digests by image. */
  pushBuild(build: string): Promise<Readonly<Record<string, string>>>;
  /** Tells a Warehouse to look now. */
  refresh(namespace: string, name: string): Promise<void>;
  /** Creates a Promotion as a person does; gives its name. */
  promote(namespace: string, stage: string, freight: string): Promise<string>;
  /** Resolves with the object when it is as wanted. Errors: not within the time limit; names what was seen last. */
  waitFor<T extends KubeObject>(
    type: ResourceType<T>,
    place: Place,
    isReached: (object: T) => boolean,
    what: string,
    timeoutMs?: number,
  ): Promise<T>;
  /** Resolves when the Promotion has ended. */
  waitForEnd(namespace: string, name: string, timeoutMs?: number): Promise<Promotion>;
  /** The text of a file on main of the GitOps repository. */
  read(path: string): string;
}

/** How one process reaches everything. */
export interface Way {
  readonly api: Front;
  readonly artifacts: Front;
  readonly kubeconfig: string;
  readonly environment: Readonly<Record<string, string>>;
}

const defaultWaitMs = 30_000;
const author = { name: 'A U Thor', email: 'author@example.com', timeSec: 1_700_000_000, timezone: '+0000' };

/** Starts a pipeline that ends itself after `limitMs`. */
export async function startPipeline(limitMs: number, options: PipelineOptions = {}): Promise<Pipeline> {
  const resources = new Resources();
  try {
    return await build(limitMs, options, resources);
  } catch (error) {
    await resources[Symbol.asyncDispose]();
    throw error;
  }
}

async function build(limitMs: number, options: PipelineOptions, resources: Resources): Promise<Pipeline> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error('the time limit of the test is over')), limitMs);
  resources.use(timer, clearTimeout);
  const folder = resources.use(mkdtempSync(join(tmpdir(), 'gantry-pipeline-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const { signal } = stop;
  setMaxListeners(0, signal); // many waits follow it
  const { artifacts, tls, mapped, adopt } = await startArtifactsFront(folder, options, resources);
  const backends = Object.fromEntries(
    Object.entries(mapped).filter(([host]) => options.backends?.[host] !== undefined),
  );
  const cluster = await options.startCluster?.();
  if (cluster !== undefined) resources.use(cluster, dispose);
  const sandbox = await startSandbox(
    createSurroundings('silent', { write: () => undefined }),
    {
      runsControllers: false,
      healthDelayMs: options.healthDelayMs ?? 50,
      ...(cluster === undefined ? {} : { cluster }),
      environment: { ...options.environment, GANTRY_ENDPOINTS: JSON.stringify(backends) },
    },
    signal,
  );
  resources.use(sandbox, (one) => one.close());
  adopt(sandbox);
  const { api, kubeconfig } = await startApiFront(sandbox, folder, tls, resources);
  const environment = { ...options.environment, GANTRY_ENDPOINTS: JSON.stringify(mapped) };
  const log: string[] = [];
  if (options.runsControllers ?? true) {
    const ended = runController(
      readSettings(environment),
      kubeconfig,
      { write: (line: string) => log.push(line) },
      signal,
    );
    const settled = ended.catch((error: unknown) => {
      log.push(`${error}\n`);
      stop.abort(error);
    });
    resources.use(stop, async (one) => {
      one.abort(new Error('the pipeline is closed'));
      await settled;
    });
  }
  return {
    sandbox,
    artifacts,
    api,
    controller: { kubeconfig, environment },
    openWay: () => openWay({ api, artifacts, kubeconfig, environment }, { tls, folder }, resources),
    log,
    signal,
    ...createActions(sandbox, signal, log),
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };
}

/** The front comes before the sandbox, which has to know it; `adopt` tells it where the embedded servers are. */
async function startArtifactsFront(folder: string, options: PipelineOptions, resources: Resources) {
  const hosts = ['ghcr.io', 'github.com', 'api.github.com', ...(options.hosts ?? [])];
  const tls = await createTestTls([...hosts, '127.0.0.1']);
  let embedded: Upstream = { address: '127.0.0.1:1' };
  const upstreamOf = (host: string): Upstream => {
    const backend = options.backends?.[host];
    return backend === undefined ? embedded : { address: backend() };
  };
  const artifacts = resources.use(await startFront(tls, upstreamOf), dispose);
  const caFile = join(folder, 'front-ca.pem');
  writeFileSync(caFile, tls.ca);
  const mapped = Object.fromEntries(hosts.map((host) => [host, { address: artifacts.address, caFile }]));
  const adopt = (sandbox: Sandbox): void => {
    const caPem = readFileSync(sandbox.info.caFile, 'utf8');
    embedded = { address: sandbox.servers.listening.address, caPem };
  };
  return { artifacts, tls, mapped, adopt };
}

async function startApiFront(sandbox: Sandbox, folder: string, tls: TestTls, resources: Resources) {
  const { server, caPem, config } = parseKubeconfig(readFileSync(sandbox.controllerKubeconfig, 'utf8'));
  const address = new URL(server).host;
  const api = resources.use(await startFront(tls, () => ({ address, caPem }), 'api'), dispose);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, config(api.address, tls.ca));
  return { api, kubeconfig };
}

async function openWay(
  shared: Way,
  { tls, folder }: { readonly tls: TestTls; readonly folder: string },
  resources: Resources,
): Promise<Way> {
  const before = (front: Front, host?: string): Promise<Front> =>
    startFront(tls, () => ({ address: front.address, caPem: tls.ca }), host);
  const api = resources.use(await before(shared.api, 'api'), dispose);
  const artifacts = resources.use(await before(shared.artifacts), dispose);
  const kubeconfig = join(folder, `kubeconfig-${api.address.replace(/.*:/, '')}`);
  const { config } = parseKubeconfig(readFileSync(shared.kubeconfig, 'utf8'));
  writeFileSync(kubeconfig, config(api.address, tls.ca));
  const mapped = shared.environment['GANTRY_ENDPOINTS'] ?? '{}';
  const own = mapped.replaceAll(shared.artifacts.address, artifacts.address);
  return { api, artifacts, kubeconfig, environment: { ...shared.environment, GANTRY_ENDPOINTS: own } };
}

async function dispose(resource: AsyncDisposable): Promise<void> {
  await resource[Symbol.asyncDispose]();
}

/** Where a kubeconfig leads to, and what makes the same one for another address. */
function parseKubeconfig(text: string) {
  const parsed = JSON.parse(text) as { clusters: { cluster: Record<string, string> }[] };
  const { server = '', 'certificate-authority-data': ca = '' } = parsed.clusters[0]?.cluster ?? {};
  const config = (address: string, caPem: string): string => {
    const data = Buffer.from(caPem).toString('base64');
    const cluster = { server: `https://${address}`, 'certificate-authority-data': data };
    return JSON.stringify({ ...parsed, clusters: parsed.clusters.map((one) => ({ ...one, cluster })) });
  };
  return { server, caPem: Buffer.from(ca, 'base64').toString('utf8'), config };
}

type Actions = Omit<
  Pipeline,
  'sandbox' | 'artifacts' | 'api' | 'controller' | 'openWay' | 'log' | 'signal' | typeof Symbol.asyncDispose
>;

function createActions(sandbox: Sandbox, signal: AbortSignal, log: readonly string[]): Actions {
  const { client, servers, info } = sandbox;
  const surroundings = createSurroundings('silent', { write: () => undefined });
  const pusher = createImagePusher({
    ...surroundings,
    http: sandbox.http,
    budgets: createOpenBudgets(),
  });
  const credential = { identity: 'test', username: info.username, password: info.password };
  const actions: Actions = {
    apply: (objects) => sandbox.apply(objects, signal),
    seedRepository(more = {}) {
      const files = { ...readExampleRepository(), ...more };
      servers.git.commitFiles(gitopsRepository, 'main', { files, message: 'Start', author });
    },
    pushImage: (image, content, tag = 'main') =>
      pusher.pushImage(
        { repoURL: `ghcr.io/ameideio/${image}`, credential },
        tag,
        { created: '2026-01-01T00:00:00Z', content },
        signal,
      ),
    async pushBuild(build) {
      const digests: Record<string, string> = {};
      for (const image of exampleImages)
        digests[image] = await actions.pushImage(image, `${image} of ${build}`);
      return digests;
    },
    async refresh(namespace, name) {
      const patch = { metadata: { annotations: { [annotations.refresh]: surroundings.random.uuid() } } };
      await client.writer.mergePatch(warehouses, { namespace, name }, patch, {}, signal);
    },
    async promote(namespace, stage, freight) {
      const draft = {
        apiVersion: 'kargo.akuity.io/v1alpha1',
        kind: 'Promotion',
        metadata: { namespace, generateName: `${stage}.` },
        spec: { stage, freight },
      } as unknown as Promotion;
      const made = await client.writer.create(promotions, draft, signal);
      return made.metadata.name;
    },
    waitFor: (type, place, isReached, what, timeoutMs = defaultWaitMs) =>
      watchUntil(sandbox, { type, place, isReached, what, timeoutMs, log }, signal),
    waitForEnd: (namespace, name, timeoutMs) =>
      actions.waitFor(
        promotions,
        { namespace, name },
        ({ status }) => status?.finishedAt !== undefined,
        'ended',
        timeoutMs,
      ),
    read: (path) => servers.git.readFile(gitopsRepository, 'main', path)?.toString('utf8') ?? '',
  };
  return actions;
}

interface Wanted<T extends KubeObject> {
  readonly type: ResourceType<T>;
  readonly place: Place;
  readonly isReached: (object: T) => boolean;
  readonly what: string;
  readonly timeoutMs: number;
  readonly log: readonly string[];
}

function watchUntil<T extends KubeObject>(
  { client }: Sandbox,
  wanted: Wanted<T>,
  signal: AbortSignal,
): Promise<T> {
  const { type, place, isReached, what, timeoutMs } = wanted;
  return new Promise((resolve, reject) => {
    let last: T | undefined;
    let stop: () => void = () => undefined;
    let isSettled = false;
    const settle = (act: () => void): void => {
      isSettled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      stop();
      act();
    };
    const fail = (why: string): void => {
      const seen = last === undefined ? 'it does not exist' : JSON.stringify(statusOf(last), null, 1);
      const recent = wanted.log.slice(-5).join('');
      settle(() =>
        reject(
          new Error(
            `${type.kind} "${place.namespace}/${place.name ?? '*'}" is not ${what} ${why}: ${seen}\n${recent}`,
          ),
        ),
      );
    };
    const onAbort = (): void => fail('when the test ends');
    const timer = setTimeout(() => fail(`after ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    stop = client.changes.subscribe(type, ({ kind, object }) => {
      const { namespace, name } = object.metadata;
      if (isSettled || namespace !== place.namespace || name !== (place.name ?? name)) return;
      last = kind === 'deleted' ? undefined : object;
      if (kind !== 'deleted' && isReached(object)) settle(() => resolve(object));
    });
    if (isSettled) stop();
  });
}

function statusOf(object: KubeObject): unknown {
  return (object as unknown as JsonObject)['status'] ?? 'no status';
}

/** The digests that an Application runs, by image name. */
export function readRunningDigests(application: Application): Readonly<Record<string, string>> {
  const found = (application.status?.summary?.images ?? []).flatMap((image) => {
    const match = /^ghcr\.io\/ameideio\/(?<name>[^@]+)@(?<digest>sha256:[0-9a-f]{64})$/.exec(image)?.groups;
    return match === undefined ? [] : [[match['name'] ?? '', match['digest'] ?? ''] as const];
  });
  return Object.fromEntries(found);
}

/** Where the example's Application of an environment is found. */
export function exampleApplication(environment: string): {
  readonly type: ResourceType<Application>;
  readonly place: Place;
} {
  return { type: applications, place: { namespace: 'argocd', name: `ameide-${environment}` } };
}
