import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { projects } from '../../src/api/v1alpha1/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { createKubeClient, type KubeClient } from '../../src/kube/index.ts';
import { createImagePusher, type ImagePusher } from '../../src/oci/index.ts';
import type { HttpClient } from '../../src/ports/index.ts';
import {
  createPinoLog,
  createPromMetrics,
  createSystemClock,
  createSystemRandom,
} from '../../src/telemetry/index.ts';
import { createOpenBudgets } from '../../test/support/open-budgets.ts';
import { type Child, startGantry } from './child.ts';
import { credentialObjects } from './manifests.ts';
import { type Counters, scrape } from './scrape.ts';

const Ready = z.object({
  kubeconfig: z.string(),
  controllerKubeconfig: z.string(),
  server: z.string(),
  git: z.string(),
  username: z.string(),
  password: z.string(),
  caFile: z.string(),
  metrics: z.string(),
  endpoints: z.string(),
});

/** What a sandbox says about itself when it is ready. */
export type SandboxReady = Readonly<z.infer<typeof Ready>>;

/** How a world is made. */
export interface WorldOptions {
  /** Environment variables of the servers' process. */
  readonly serverEnvironment?: Readonly<Record<string, string>>;
  /** Arguments of Node for the controllers' process, e.g. "--cpu-prof". */
  readonly controllerNodeArgs?: readonly string[];
}

/** A controller process. */
export interface Controller extends Child {
  /** Its own counters. */
  scrape(): Promise<Counters>;
}

/** Embedded servers in a process of their own, and what reaches them. */
export interface World {
  readonly ready: SandboxReady;
  readonly servers: Child;
  /** The administrator's client. */
  readonly client: KubeClient;
  /** A further client of the administrator; the caller closes it. */
  connect(): Promise<KubeClient>;
  readonly http: HttpClient;
  readonly images: ImagePusher;
  /** Counters of the servers: `apiserver_request_total`, the registry's requests. */
  scrape(): Promise<Counters>;
  /** Starts the controllers in a process of their own and waits until they work; they end with the world. */
  startController(env?: Readonly<Record<string, string>>): Promise<Controller>;
  /** Ends all controllers' processes. */
  stopControllers(): Promise<void>;
  /** Makes a Project with credentials for git and registry. */
  createProject(name: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const isBound = (line: string): boolean => line.includes('serving metrics and probes');
const isAtWork = (line: string): boolean => line.includes('controllers are at work');

/** Starts the servers. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const servers = startGantry(['sandbox', '--json', '--no-controllers'], options.serverEnvironment);
  const children: Child[] = [servers];
  const ready = Ready.parse(JSON.parse(await servers.line((line) => line.startsWith('{"kubeconfig"'))));
  const surroundings = {
    clock: createSystemClock(),
    random: createSystemRandom(),
    log: createPinoLog({ level: 'warn', write: (line) => void process.stderr.write(line) }),
    metrics: createPromMetrics().metrics,
  };
  const connect = () => createKubeClient(surroundings, { kubeconfig: { path: ready.kubeconfig } });
  const client = await connect();
  const http = createHttpClient({ endpoints: readEndpoints(ready) });
  return {
    ready,
    servers,
    client,
    connect,
    http,
    images: createImagePusher({ ...surroundings, http, budgets: createOpenBudgets() }),
    scrape: () => scrape(ready.metrics),
    async startController(env = {}) {
      const child = startGantry(
        ['controller'],
        {
          KUBECONFIG: ready.controllerKubeconfig,
          GANTRY_ENDPOINTS: ready.endpoints,
          METRICS_BIND_ADDRESS: '127.0.0.1:0',
          IS_DEFAULT_CONTROLLER: 'true',
          ...env,
        },
        options.controllerNodeArgs,
      );
      children.push(child);
      const { url } = JSON.parse(await child.line(isBound)) as { readonly url: string };
      await child.line(isAtWork);
      return { ...child, scrape: () => scrape(url) };
    },
    async stopControllers() {
      for (const child of children.splice(1)) await child.stop();
    },
    async createProject(name, signal) {
      const project = { apiVersion: 'kargo.akuity.io/v1alpha1', kind: 'Project', metadata: { name } };
      await client.writer.create(projects, project, signal);
      for (const [type, object] of credentialObjects(name, ready)) {
        await client.writer.create(type, object, signal);
      }
    },
    async close() {
      await client.close();
      await http[Symbol.asyncDispose]();
      for (const child of children.reverse()) await child.stop();
    },
  };
}

function readEndpoints(ready: SandboxReady) {
  const caPem = readFileSync(ready.caFile, 'utf8');
  const mapped = z.record(z.string(), z.object({ address: z.string() })).parse(JSON.parse(ready.endpoints));
  return Object.fromEntries(Object.entries(mapped).map(([host, { address }]) => [host, { address, caPem }]));
}
