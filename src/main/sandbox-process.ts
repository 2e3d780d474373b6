import { untilAborted } from './controller-process.ts';
import { serveProbes } from './probes.ts';
import { Resources } from './resources.ts';
import { readGitHost, startSandbox } from './sandbox/index.ts';
import { createSurroundings } from './surroundings.ts';

/** The options of `gantry sandbox`, as they are given. */
export interface SandboxCommand {
  readonly json: boolean;
  readonly controllers: boolean;
  readonly gitHost: string[];
}

/** How `gantry sandbox` was called. */
export interface SandboxCall {
  /** Print one JSON line when ready, and nothing else, on stdout. */
  readonly json: boolean;
  readonly runsControllers: boolean;
  /** Git hosts to answer for besides github.com, as `readGitHost` reads them. */
  readonly gitHosts: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where a process writes. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The process behind `gantry sandbox`: everything embedded, empty, until the signal is aborted. */
export async function runSandbox(call: SandboxCall, streams: Streams, signal: AbortSignal): Promise<void> {
  await using resources = new Resources();
  const surroundings = createSurroundings('info', streams.stderr);
  const { runsControllers, environment } = call;
  const gitHosts = call.gitHosts.map(readGitHost);
  const sandbox = await startSandbox(surroundings, { runsControllers, environment, gitHosts }, signal);
  resources.use(sandbox, (one) => one.close());
  const sources = { metrics: surroundings.prometheus, runner: () => undefined };
  const metrics = await serveProbes(sources, '127.0.0.1:0', resources);
  const { info, endpoints, controllerKubeconfig } = sandbox;
  const ready = { ...info, metrics, endpoints, controllerKubeconfig };
  const hosts = sandbox.servers.hosts.join(', ');
  streams.stdout.write(call.json ? `${JSON.stringify(ready)}\n` : describe({ ...ready, hosts }));
  await untilAborted(signal);
}

function describe(ready: Readonly<Record<string, string>>): string {
  return [
    'The sandbox is ready. It is empty, in memory, and ends with Ctrl-C.',
    '',
    `  export KUBECONFIG=${ready['kubeconfig']}`,
    '',
    `  registry   ${ready['registry']}`,
    `  git        ${ready['git']}`,
    `  forge      ${ready['forge']}`,
    `  argocd     ${ready['argocd']}`,
    `  metrics    ${ready['metrics']}/metrics`,
    `  user       ${ready['username']}`,
    `  password   ${ready['password']}`,
    `  CA         ${ready['caFile']}`,
    '',
    `Manifests name ${ready['hosts']} as in production; the sandbox answers for them.`,
    '',
  ].join('\n');
}
