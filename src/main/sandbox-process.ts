import { untilAborted } from './controller-process.ts';
import { serveProbes } from './probes.ts';
import { Resources } from './resources.ts';
import { startSandbox } from './sandbox/index.ts';
import { createSurroundings } from './surroundings.ts';

/** How `gantry sandbox` was called. */
export interface SandboxCall {
  /** Print one JSON line when ready, and nothing else, on stdout. */
  readonly json: boolean;
  readonly runsControllers: boolean;
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
  const sandbox = await startSandbox(surroundings, { runsControllers, environment }, signal);
  resources.use(sandbox, (one) => one.close());
  const sources = { metrics: surroundings.prometheus, runner: () => undefined };
  const metrics = await serveProbes(sources, '127.0.0.1:0', resources);
  const { info, endpoints, controllerKubeconfig } = sandbox;
  const ready = { ...info, metrics, endpoints, controllerKubeconfig };
  streams.stdout.write(call.json ? `${JSON.stringify(ready)}\n` : describe(ready));
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
    'Manifests name ghcr.io and github.com as in production; the sandbox answers for them.',
    '',
  ].join('\n');
}
