import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const program = 'docker-registry';

/** Is the genuine registry (Debian's package docker-registry) on the PATH? */
export const hasDockerRegistry: boolean = spawnSync(program, ['--version'], { timeout: 10_000 }).status === 0;

/** A genuine registry that lets everybody in, over plain HTTP. */
export interface DockerRegistry extends AsyncDisposable {
  readonly url: string;
  /** Host and port. */
  readonly address: string;
}

/** Starts the genuine registry with its data in a temporary folder. */
export async function startDockerRegistry(): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-registry-'));
  const port = await freePort();
  const config = join(folder, 'config.yml');
  await writeFile(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${folder}/data } }\nhttp: { addr: 127.0.0.1:${port}, secret: test }\n`,
  );
  const child = spawn(program, ['serve', config], { stdio: 'ignore' });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const address = `127.0.0.1:${port}`;
  await waitUntilReady(`http://${address}`, child);
  return {
    url: `http://${address}`,
    address,
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      process.off('exit', kill);
      if (kill()) await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt++) {
    const answer = await fetch(`${url}/v2/`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (answer?.ok === true) return;
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error(`${program} did not become ready`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
