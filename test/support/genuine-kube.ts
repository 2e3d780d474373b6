import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, freePorts } from './genuine-process.ts';

/** Process ids. */
export interface KubeProcesses {
  readonly etcd: number;
  readonly apiServer: number;
}

/** A genuine control plane: etcd, API server, and the controllers for namespaces and garbage. */
export interface GenuineKube extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Path of the CA, PEM. */
  readonly caFile: string;
  readonly kubeconfig: string;
  /** As they were started first. */
  readonly pids: KubeProcesses;
  /** Of further users who may do everything, by name. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Ends all programs and starts them again with the data that they have, at the same address. */
  restart(): Promise<KubeProcesses>;
}

/** How a genuine control plane is made. */
export interface GenuineKubeOptions {
  /** Names of users who may do everything, beside the administrator. */
  readonly users?: readonly string[];
  /** Is every write on the disk before it is answered? Default false: tests lose nothing. */
  readonly syncs?: boolean;
}

const startLimitMs = 120_000;
const pollMs = 200;
const controllers = [
  'namespace-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'clusterrole-aggregation-controller',
  'root-ca-certificate-publisher-controller',
];

/** Starts the programs of a folder on free ports, with everything they write in a temporary folder. */
export async function startGenuineKube(
  programs: string,
  options: GenuineKubeOptions = {},
): Promise<GenuineKube> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-genuine-kube-'));
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.splice(0).reverse()) await endProcess(child);
  };
  const dispose = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const start = (name: string, args: readonly string[]): number => {
    const log = openSync(join(folder, `${name}.log`), 'a');
    const child = spawn(join(programs, name), args, { stdio: ['ignore', log, log] });
    children.push(child);
    return child.pid ?? 0;
  };
  try {
    const [client, peer, secure = 0] = await freePorts(3);
    const token = newToken();
    const tokens = Object.fromEntries((options.users ?? []).map((user) => [user, newToken()]));
    writeKeys(folder, { 'kubernetes-admin': token, ...tokens });
    const caFile = join(folder, 'certs/apiserver.crt');
    const address = { url: `https://127.0.0.1:${secure}`, token, caFile };
    const store = `http://127.0.0.1:${client}`;
    const syncs = options.syncs === true ? [] : ['--unsafe-no-fsync'];
    const startAll = async (): Promise<KubeProcesses> => {
      const etcd = start('etcd', [...etcdArguments(folder, store, `http://127.0.0.1:${peer}`), ...syncs]);
      const apiServer = start('kube-apiserver', apiServerArguments(folder, store, secure));
      await untilReady(address, children, folder);
      start('kube-controller-manager', controllerArguments(folder, writeKubeconfig(folder, address)));
      return { etcd, apiServer };
    };
    return {
      ...address,
      kubeconfig: join(folder, 'kubeconfig'),
      tokens,
      pids: await startAll(),
      async restart() {
        await stop();
        return startAll();
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function etcdArguments(folder: string, client: string, peer: string): readonly string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ];
}

const newToken = (): string => randomBytes(24).toString('base64url');

function writeKeys(folder: string, tokens: Readonly<Record<string, string>>): void {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const lines = Object.entries(tokens).map(([user, token]) => `${token},${user},,"system:masters"\n`);
  writeFileSync(join(folder, 'tokens.csv'), lines.join(''), { mode: 0o600 });
}

function apiServerArguments(folder: string, etcd: string, port: number): readonly string[] {
  return [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certs')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${join(folder, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    // Pods are stored here and run by nobody.
    '--disable-admission-plugins=ServiceAccount',
  ];
}

function controllerArguments(folder: string, kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(',')}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--service-account-private-key-file=${join(folder, 'sa.key')}`,
    `--root-ca-file=${join(folder, 'certs/apiserver.crt')}`,
  ];
}

interface Address {
  readonly url: string;
  readonly token: string;
  readonly caFile: string;
}

function writeKubeconfig(folder: string, { url, token, caFile }: Address): string {
  const name = 'genuine';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority': caFile } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

async function untilReady(
  address: Address,
  children: readonly ChildProcess[],
  folder: string,
): Promise<void> {
  const end = Date.now() + startLimitMs;
  while (Date.now() < end) {
    const dead = children.find((child) => child.exitCode !== null);
    if (dead !== undefined) break;
    if (existsSync(address.caFile) && (await statusOf(address, '/readyz')) === 200) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const log = readFileSync(join(folder, 'kube-apiserver.log'), 'utf8');
  throw new Error(`the API server is not ready:\n${log.slice(-4000)}`);
}

function statusOf({ url, token, caFile }: Address, path: string): Promise<number> {
  const options = {
    ca: readFileSync(caFile),
    headers: { authorization: `Bearer ${token}` },
    agent: false,
    timeout: 5_000,
  };
  return new Promise((resolve) => {
    const sent = request(`${url}${path}`, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('timeout', () => sent.destroy());
    // It does not listen yet.
    sent.on('error', () => resolve(0));
    sent.end();
  });
}
