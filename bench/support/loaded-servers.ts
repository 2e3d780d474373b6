import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { startGenuineKube } from '../../test/support/genuine-kube.ts';
import { readUsage, startNode, type Usage } from './child.ts';

/** Where an API server is reached. */
export interface ServerAddress {
  readonly url: string;
  readonly token: string;
  /** PEM. */
  readonly ca: string;
}

/** An API server on a disk that is measured from outside. */
export interface MeasuredServer extends AsyncDisposable {
  readonly name: string;
  readonly address: ServerAddress;
  /** Of all processes that make up the server, with the store. */
  usage(): Usage;
  /** Ends the server and starts it again on what it has stored. */
  restart(): Promise<ServerAddress>;
}

const Ready = z.object({ url: z.string(), token: z.string(), ca: z.string() });

/** The embedded server, in a process of its own, with a data folder. */
export async function startEmbedded(): Promise<MeasuredServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-'));
  const start = async () => {
    const child = startNode(['tools/run.mjs', 'bench/support/api-server.ts', join(folder, 'data')]);
    const address = Ready.parse(JSON.parse(await child.line((line) => line.startsWith('{"url"'))));
    return { child, address };
  };
  let running = await start();
  return {
    name: 'embedded',
    address: running.address,
    usage: () => running.child.usage(),
    async restart() {
      await running.child.stop();
      running = await start();
      return running.address;
    },
    async [Symbol.asyncDispose]() {
      await running.child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** kube-apiserver and etcd, every write synced; what the controllers beside them use is not counted. */
export async function startGenuine(programs: string): Promise<MeasuredServer> {
  const kube = await startGenuineKube(programs, { syncs: true });
  const address = { url: kube.url, token: kube.token, ca: readFileSync(kube.caFile, 'utf8') };
  let { pids } = kube;
  return {
    name: 'genuine',
    address,
    usage() {
      const [server, store] = [readUsage(pids.apiServer), readUsage(pids.etcd)];
      return {
        cpuSeconds: server.cpuSeconds + store.cpuSeconds,
        residentMb: server.residentMb + store.residentMb,
        peakMb: server.peakMb + store.peakMb,
      };
    },
    async restart() {
      pids = await kube.restart();
      return address;
    },
    [Symbol.asyncDispose]: () => kube[Symbol.asyncDispose](),
  };
}
