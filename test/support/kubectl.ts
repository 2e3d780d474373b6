import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Is kubectl on the PATH? Tests that need it are skipped by name when it is not. */
export const hasKubectl: boolean =
  spawnSync('kubectl', ['version', '--client'], { timeout: 10_000 }).status === 0;

/** The minor version of the kubectl on the PATH, e.g. 32; `undefined` without one. */
export const kubectlMinor: number | undefined = readMinor();

function readMinor(): number | undefined {
  const asked = spawnSync('kubectl', ['version', '--client', '-o', 'json'], {
    timeout: 10_000,
    encoding: 'utf8',
  });
  // "minor": "32+" of builds by others
  const minor = /"minor": "(?<minor>\d+)\+?"/.exec(asked.stdout ?? '')?.groups?.['minor'];
  return minor === undefined ? undefined : Number(minor);
}

/** Longest run of one command, in milliseconds. */
const maxRunMs = 45_000;

/** How a command of kubectl has ended. */
export interface KubectlRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** kubectl in a home of its own, on the cluster of a kubeconfig. */
export interface Kubectl extends Disposable {
  /** Writes a file into its home and gives its path. */
  file(name: string, content: string): string;
  /** Runs a command and gives its outcome, whatever it is. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<KubectlRun>;
  /** Runs a command, which has to succeed, and gives its output. */
  must(...args: string[]): Promise<string>;
  /** Runs a command until its output is enough, ends it, and gives the output; what it printed counts, not how it ended. */
  until(isEnough: (out: string) => boolean, ...args: string[]): Promise<string>;
}

/** Creates a kubectl. */
export function createKubectl(kubeconfig: string): Kubectl {
  const home = mkdtempSync(join(tmpdir(), 'gantry-kubectl-'));
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, KUBECONFIG: kubeconfig };
  function run(
    args: readonly string[],
    isEnough: (out: string) => boolean,
    more: Readonly<Record<string, string>> = {},
  ): Promise<KubectlRun> {
    const env = { ...environment, ...more };
    return new Promise((resolve, reject) => {
      const child = spawn('kubectl', args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: maxRunMs });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString('utf8');
        if (isEnough(out)) child.kill();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString('utf8');
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? -1, out, err }));
    });
  }
  return {
    file(name, content) {
      const path = join(home, name);
      writeFileSync(path, content);
      return path;
    },
    run: (args, more) => run(args, () => false, more),
    async must(...args) {
      const { code, out, err } = await run(args, () => false);
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${err}${out}`);
      return out;
    },
    async until(isEnough, ...args) {
      const { out, err } = await run(args, isEnough);
      if (!isEnough(out)) throw new Error(`kubectl ${args.join(' ')} printed only: ${out}${err}`);
      return out;
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}
