import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Resources } from '../../src/main/resources.ts';
import { webhookConfigurations } from '../../src/webhooks/index.ts';
import { startDockerRegistry } from '../../test/support/docker-registry.ts';
import { type GenuineKube, startGenuineKube } from '../../test/support/genuine-kube.ts';
import { freePorts } from '../../test/support/genuine-process.ts';
import { createTestTls } from '../../test/support/tls.ts';
import { startGantry, startNode } from './child.ts';

/** What a driver reports: its scenario and whatever it measured. */
export type DriverReport = Readonly<Record<string, unknown>>;

/**
 * Genuine servers (kube-apiserver and etcd, docker-registry, git's own server) with Gantry's two processes beside them, for
 * drivers that know nothing of Gantry but the Kubernetes API.
 */
export interface OutsideWorld extends AsyncDisposable {
  /** Runs a driver, e.g. `run('s-promotion', ['--runs=8'])`, and gives its last report. Errors: it fails or takes too long. */
  run(driver: string, args: readonly string[]): Promise<DriverReport>;
}

/** Where drivers and programs are. */
export interface OutsideParts {
  /** Folder of the drivers. */
  readonly drivers: string;
  /** Folder of etcd, kube-apiserver and kube-controller-manager. */
  readonly kube: string;
}

/** Git tidies up in the background, in repositories that drivers are about to remove. */
const withoutMaintenance = {
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'gc.auto',
  GIT_CONFIG_VALUE_0: '0',
  GIT_CONFIG_KEY_1: 'maintenance.auto',
  GIT_CONFIG_VALUE_1: 'false',
};

const execute = promisify(execFile);
const driverLimitMs = 10 * 60_000;
const programLimitMs = 60_000;
const startLimitMs = 30_000;
const pollMs = 20;

/** What this machine has, or a sentence that says what is missing. */
export function findOutsideParts(): OutsideParts | string {
  const drivers = resolve(process.env['GANTRY_SHARED'] ?? '../shared', 'bench');
  if (!existsSync(drivers)) return `there are no drivers in ${drivers}`;
  const kube = process.env['GANTRY_KUBE_PROGRAMS'];
  if (kube === undefined) return 'GANTRY_KUBE_PROGRAMS does not name the folder of the genuine programs';
  return { drivers, kube };
}

/** Starts servers and processes. `controllerNodeArgs` are arguments of Node for the controllers, e.g. "--cpu-prof". */
export async function openOutsideWorld(
  parts: OutsideParts,
  controllerNodeArgs: readonly string[] = [],
): Promise<OutsideWorld> {
  const resources = new Resources();
  try {
    const folder = resources.use(mkdtempSync(join(tmpdir(), 'gantry-outside-')), (path) =>
      rmSync(path, { recursive: true, force: true }),
    );
    const kube = resources.use(await startGenuineKube(parts.kube, { syncs: true }), close);
    const registry = resources.use(await startDockerRegistry(), close);
    const gitUrl = await startGitServer(parts.drivers, folder, resources);
    await install(kube, folder, resources);
    const environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      KUBECONFIG: kube.kubeconfig,
      REGISTRY: registry.address,
      GIT_URL: gitUrl,
      ...withoutMaintenance,
      ...startController(kube, folder, controllerNodeArgs, resources),
    };
    return {
      run: (driver, args) => runDriver(join(parts.drivers, `${driver}.mjs`), args, environment),
      [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
    };
  } catch (error) {
    await resources[Symbol.asyncDispose]();
    throw error;
  }
}

const close = (one: AsyncDisposable): Promise<void> => Promise.resolve(one[Symbol.asyncDispose]());

async function startGitServer(drivers: string, folder: string, resources: Resources): Promise<string> {
  const [port] = await freePorts(1);
  const root = join(folder, 'git');
  mkdirSync(root);
  const server = startNode([join(drivers, 'git-server.mjs')], { GIT_ROOT: root, PORT: String(port) });
  resources.use(server, (child) => child.stop());
  await server.line((line) => line.startsWith('git server on'));
  return `http://127.0.0.1:${port}`;
}

/** Definitions, and the admission webhooks in a process of their own. */
async function install(kube: GenuineKube, folder: string, resources: Resources): Promise<void> {
  const kubectl = (...args: readonly string[]): void => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: kube.kubeconfig };
    const { status, stderr } = spawnSync('kubectl', args, { env, timeout: programLimitMs, encoding: 'utf8' });
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')} failed: ${stderr}`);
  };
  kubectl('apply', '--server-side', '--filename=crds/');
  kubectl('wait', '--for=condition=Established', '--timeout=30s', '--filename=crds/');
  const tls = await createTestTls(['127.0.0.1']);
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const [port] = await freePorts(1);
  const webhooks = startGantry(['webhooks'], {
    KUBECONFIG: kube.kubeconfig,
    TLS_CERT_PATH: write('webhooks.crt', tls.cert),
    TLS_KEY_PATH: write('webhooks.key', tls.key),
    WEBHOOK_SERVER_PORT: String(port),
  });
  resources.use(webhooks, (child) => child.stop());
  await webhooks.line((line) => line.includes('serving admission webhooks'));
  const { mutating, validating } = webhookConfigurations({
    at: { kind: 'url', url: `https://127.0.0.1:${port}` },
    caBundle: Buffer.from(tls.ca).toString('base64'),
  });
  for (const one of [mutating, validating])
    kubectl('apply', '--server-side', `--filename=${write(`${one.kind}.json`, JSON.stringify(one))}`);
}

/**
 * Starts the controllers by a shell command, because that is how drivers start them again after they have killed them. Gives
 * the variables by which drivers know about it.
 */
function startController(
  kube: GenuineKube,
  folder: string,
  nodeArgs: readonly string[],
  resources: Resources,
): Readonly<Record<string, string>> {
  const pidFile = join(folder, 'controller.pid');
  const log = join(folder, 'controller.log');
  const program = [process.execPath, ...nodeArgs, resolve('dist/gantry.js'), 'controller'].join(' ');
  const environment = `env -i PATH="$PATH" HOME="$HOME" KUBECONFIG=${kube.kubeconfig} IS_DEFAULT_CONTROLLER=true`;
  const start = `setsid ${environment} ${program} >>${log} 2>&1 & echo $! >${pidFile}`;
  const { status } = spawnSync('/bin/sh', ['-c', start], { stdio: 'ignore', timeout: programLimitMs });
  if (status !== 0) throw new Error('the controllers cannot be started');
  resources.use(pidFile, endController);
  return { CONTROLLER_PIDFILE: pidFile, RESTART_CMD: start, CONTROLLER_LOG: log };
}

async function endController(pidFile: string): Promise<void> {
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const endsAtMs = Date.now() + startLimitMs;
  for (let name: NodeJS.Signals = 'SIGTERM'; isAlive(pid, name); name = 'SIGCONT') {
    if (Date.now() > endsAtMs) process.kill(pid, 'SIGKILL');
    await delay(pollMs);
  }
}

function isAlive(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

async function runDriver(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<DriverReport> {
  const { stdout } = await execute(process.execPath, [file, ...args], {
    env: { ...env },
    timeout: driverLimitMs,
    killSignal: 'SIGKILL',
  });
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return JSON.parse(last) as DriverReport;
}
