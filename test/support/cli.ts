import type { CliDeps, Output, SandboxInfo } from '../../src/cli/index.ts';
import { createProgram, runProgram } from '../../src/cli/index.ts';
import type { HttpRequest, HttpResponse } from '../../src/ports/index.ts';
import { createTestCredentials } from './credentials.ts';
import type { FakeCluster } from './fake-cluster.ts';
import { createManualClock } from './manual-clock.ts';
import { createSeededRandom } from './seeded-random.ts';

/** What a command line did. */
export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
  /** Requests that reached the forge. */
  readonly requests: readonly HttpRequest[];
  /** Images that were pushed, as "repository:tag". */
  readonly pushed: readonly string[];
  /** Kubeconfigs that were asked for by name. */
  readonly kubeconfigs: readonly string[];
}

/** The surroundings of a command line. */
export interface CliWorld {
  readonly cluster: FakeCluster;
  readonly nowMs: number;
  readonly isTerminal?: boolean;
  readonly columns?: number;
  /** Without it there is no sandbox beside the kubeconfig. */
  readonly sandboxFile?: string;
  readonly forge?: (request: HttpRequest) => Pick<HttpResponse, 'status'> & { readonly json: unknown };
}

/** Where the sandbox of these tests would be. */
export const aSandbox: SandboxInfo = {
  kubeconfig: '/tmp/sandbox/kubeconfig',
  server: 'https://127.0.0.1:6443',
  registry: 'https://127.0.0.1:5000',
  git: 'https://127.0.0.1:5000',
  forge: 'https://127.0.0.1:5000/api/v3',
  argocd: 'https://127.0.0.1:6443',
  username: 'release-robot',
  password: 'p4ss',
  caFile: '/tmp/sandbox/ca.pem',
};

/** Runs one command line against a fake cluster. */
export async function runCommandLine(args: string, world: CliWorld): Promise<CliRun> {
  const text = { out: '', notes: '' };
  const requests: HttpRequest[] = [];
  const pushed: string[] = [];
  const kubeconfigs: string[] = [];
  const { isTerminal = false, columns = 100 } = world;
  const sink = (name: 'out' | 'notes'): Output => ({
    write: (piece) => {
      text[name] += piece;
    },
    isTerminal,
    columns,
  });
  const deps: CliDeps = {
    version: '1.2.3',
    clock: createManualClock(world.nowMs),
    random: createSeededRandom(1),
    output: sink('out'),
    notes: sink('notes'),
    signal: new AbortController().signal,
    async openCluster({ kubeconfig }) {
      if (kubeconfig !== undefined) kubeconfigs.push(kubeconfig);
      const { reader, writer } = world.cluster;
      return { reader, writer, close: () => Promise.resolve() };
    },
    explainCredentials: (cluster, request, signal) =>
      createTestCredentials(
        { reader: cluster.reader },
        { sharedNamespace: 'shared', registries: { namespace: 'system' }, isElsewhere: true },
      ).desk.explain(request, signal),
    readSandboxFile: () => Promise.resolve(world.sandboxFile),
    openSandbox: () =>
      Promise.resolve({
        http: {
          async request(request) {
            requests.push(request);
            const answer = world.forge?.(request) ?? { status: 404, json: {} };
            const body = new TextEncoder().encode(JSON.stringify(answer.json));
            return { status: answer.status, url: request.url, headers: {}, body };
          },
          stream: () => Promise.reject(new Error('no command streams')),
        },
        pushImage(source, tag) {
          pushed.push(`${source.repoURL}:${tag}`);
          return Promise.resolve(`sha256:${'d'.repeat(64)}`);
        },
        close: () => Promise.resolve(),
      }),
  };
  const code = await runProgram(createProgram(deps), args.split(' '), deps);
  return { code, ...text, requests, pushed, kubeconfigs };
}
