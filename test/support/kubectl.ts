import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Is kubectl on the PATH? Tests that need it are skipped by name when it is not. */
export const hasKubectl: boolean =
  spawnSync('kubectl', ['version', '--client'], { timeout: 10_000 }).status === 0;

/** Longest run of one command, in milliseconds. */
const maxRunMs = 45_000;

/** kubectl in a home of its own, on the cluster of a kubeconfig. */
export interface Kubectl extends Disposable {
  /** Writes a file into its home and gives its path. */
  file(name: string, content: string): string;
  /** Runs a command, which has to succeed, and gives its output. */
  must(...args: string[]): Promise<string>;
  /** Runs a command until its output is enough, ends it, and gives the output; what it printed counts, not how it ended. */
  until(isEnough: (out: string) => boolean, ...args: string[]): Promise<string>;
}

/** Creates a kubectl. */
export function createKubectl(kubeconfig: string): Kubectl {
  const home = mkdtempSync(join(tmpdir(), 'gantry-kubectl-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, KUBECONFIG: kubeconfig };
  function run(
    args: readonly string[],
    isEnough: (out: string) => boolean,
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
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
