import { customResourceDefinitions, namespaces } from '../src/api/core/index.ts';
import { resourceTypeOf, toCustomResourceDefinition } from '../src/api/structural/index.ts';
import { freights, kargoKinds, stages, warehouses } from '../src/api/v1alpha1/index.ts';
import { createKubeClient, type KubeClient } from '../src/kube/index.ts';
import {
  createPinoLog,
  createPromMetrics,
  createSystemClock,
  createSystemRandom,
} from '../src/telemetry/index.ts';
import { type KubeApiUnderTest, send, type WatchStream, watch } from '../test/contracts/kube-api/client.ts';
import type { Bench, Figure } from './support/bench.ts';
import {
  type MeasuredServer,
  type ServerAddress,
  startEmbedded,
  startGenuine,
} from './support/loaded-servers.ts';
import { createStage, imageUrl, imageWarehouse, updateSteps } from './support/manifests.ts';
import { loadAverage, spreadOf } from './support/numbers.ts';
import { createFreight } from './support/scale.ts';
import { forEachOf, pause } from './support/wait.ts';

const counts = { namespaces: 20, warehouses: 10, stages: 50, freight: 250 };
const objects = counts.namespaces * (1 + counts.warehouses + counts.stages + counts.freight);
const watchers = 50;
const writes = 100;
const lists = 15;
const atOnce = 24;

/** The embedded server and a genuine one under the same load, one after the other in one run. */
export const apiServerLoadBench: Bench = {
  name: 'apiserver-load',
  about: `1,000 Stages, 5,000 Freight, 200 Warehouses in 20 namespaces, ${watchers} watchers; embedded and genuine`,
  async run({ signal, note }) {
    const programs = process.env['GANTRY_KUBE_PROGRAMS'];
    if (programs === undefined)
      note('GANTRY_KUBE_PROGRAMS names no folder with kube-apiserver: the embedded server alone is measured');
    const starts = [startEmbedded, ...(programs === undefined ? [] : [() => startGenuine(programs)])];
    const figures: Figure[] = [];
    for (const start of starts) {
      await using server = await start();
      note(`${server.name}: load ${loadAverage()}`);
      const measured = await measure(server, signal);
      figures.push(...measured.map((figure) => ({ ...figure, name: `${server.name}: ${figure.name}` })));
    }
    return figures;
  },
};

async function measure(server: MeasuredServer, signal: AbortSignal): Promise<readonly Figure[]> {
  const client = await connect(server.address);
  const target: KubeApiUnderTest = { ...server.address, [Symbol.asyncDispose]: async () => undefined };
  await install(client, target, signal);
  const empty = server.usage();
  const fill = await timed(server, () => seed(client, signal));
  // Garbage goes, caches are filled.
  await pause(3000);
  const full = server.usage();
  const listed = await timed(server, () => measureLists(client, signal));
  const watched = await timed(server, () => measureWatches(target));
  await client.close();
  const startedMs = await measureRestart(server, signal);
  return [
    { name: `create of ${objects} objects`, value: fill.tookMs / 1000, unit: 's' },
    { name: 'CPU for it', value: fill.cpuSeconds, unit: 's' },
    ...listed.result,
    { name: `CPU for ${lists} of each list`, value: listed.cpuSeconds, unit: 's' },
    ...watched.result,
    { name: `CPU for ${writes} writes to ${watchers} watchers`, value: watched.cpuSeconds, unit: 's' },
    { name: 'resident, empty', value: empty.residentMb, unit: 'MB' },
    { name: 'resident, full', value: full.residentMb, unit: 'MB' },
    { name: 'memory per object', value: ((full.residentMb - empty.residentMb) * 1024) / objects, unit: 'KB' },
    { name: 'start from disk → all Freight listed', value: startedMs, unit: 'ms' },
  ];
}

interface Timed<T> {
  readonly result: T;
  readonly tookMs: number;
  readonly cpuSeconds: number;
}

async function timed<T>(server: MeasuredServer, work: () => Promise<T>): Promise<Timed<T>> {
  const [startMs, before] = [performance.now(), server.usage().cpuSeconds];
  const result = await work();
  return { result, tookMs: performance.now() - startMs, cpuSeconds: server.usage().cpuSeconds - before };
}

function connect({ url, token, ca }: ServerAddress): Promise<KubeClient> {
  const deps = {
    clock: createSystemClock(),
    random: createSystemRandom(),
    log: createPinoLog({ level: 'warn', write: (line) => void process.stderr.write(line) }),
    metrics: createPromMetrics().metrics,
  };
  return createKubeClient(deps, { server: url, token, caData: ca });
}

async function install(client: KubeClient, target: KubeApiUnderTest, signal: AbortSignal): Promise<void> {
  for (const kind of kargoKinds) {
    await client.writer.create(customResourceDefinitions, toCustomResourceDefinition(kind), signal);
    const { group, version, plural } = resourceTypeOf(kind);
    while ((await send(target, { path: `/apis/${group}/${version}/${plural}` })).code !== 200)
      await pause(100);
  }
  // A genuine server has caches of its own to fill.
  await pause(2000);
}

async function seed({ writer }: KubeClient, signal: AbortSignal): Promise<void> {
  const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
  for (const project of range(counts.namespaces)) {
    const namespace = `load-${project}`;
    await writer.create(
      namespaces,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      signal,
    );
    const image = { repoURL: imageUrl('shared') };
    await forEachOf(range(counts.warehouses), atOnce, (index) =>
      writer.create(warehouses, imageWarehouse(namespace, `w${index}`, image, 'Manual'), signal),
    );
    const steps = updateSteps('gitops', 'sources/values/env/dev/web.yaml', imageUrl('shared'));
    await forEachOf(range(counts.stages), atOnce, (index) =>
      writer.create(
        stages,
        createStage(namespace, `s${index}`, { warehouse: `w${index % 10}` }, steps),
        signal,
      ),
    );
    await forEachOf(range(counts.freight), atOnce, (index) =>
      writer.create(freights, createFreight(namespace, index % 10, index), signal),
    );
  }
}

async function measureLists({ reader }: KubeClient, signal: AbortSignal): Promise<readonly Figure[]> {
  const all = [
    { name: 'list of 1,000 Stages', ask: () => reader.listLive(stages, {}, signal) },
    { name: 'list of 5,000 Freight', ask: () => reader.listLive(freights, {}, signal) },
    {
      name: 'list of 250 Freight of a namespace',
      ask: () => reader.listLive(freights, { namespace: 'load-7' }, signal),
    },
  ];
  const figures: Figure[] = [];
  for (const { name, ask } of all) {
    const took: number[] = [];
    for (let run = 0; run < lists; run += 1) {
      const startMs = performance.now();
      await ask();
      took.push(performance.now() - startMs);
    }
    figures.push(...spread(name, took));
  }
  return figures;
}

/** Every watcher sees all Stages; each write is heard by all before the next one. */
async function measureWatches(target: KubeApiUnderTest): Promise<readonly Figure[]> {
  const path = '/apis/kargo.akuity.io/v1alpha1/stages';
  const { metadata } = (await send(target, { path: `${path}?limit=1` })).body;
  const query = `watch=1&resourceVersion=${metadata.resourceVersion}`;
  const streams: WatchStream[] = [];
  for (let count = 0; count < watchers; count += 1)
    streams.push(await watch(target, { path: `${path}?${query}` }, 300_000));
  const took: number[] = [];
  const wrote: number[] = [];
  for (let write = 0; write < writes; write += 1) {
    const startMs = performance.now();
    const heard = streams.map(async (stream) => {
      await stream.take(1);
      took.push(performance.now() - startMs);
    });
    await send(target, {
      method: 'PATCH',
      path: `/apis/kargo.akuity.io/v1alpha1/namespaces/load-${write % 20}/stages/s${write % 50}`,
      type: 'application/merge-patch+json',
      body: { metadata: { annotations: { write: String(write) } } },
    });
    wrote.push(performance.now() - startMs);
    await Promise.all(heard);
  }
  for (const stream of streams) stream[Symbol.dispose]();
  return [...spread('patch', wrote), ...spread(`patch → each of ${watchers} watchers`, took)];
}

/** The fastest says most on a machine that is busy with other things. */
function spread(name: string, took: readonly number[]): readonly Figure[] {
  const { min, p50, p95 } = spreadOf(took);
  return [
    { name: `${name}, fastest`, value: min, unit: 'ms' },
    { name: `${name}, median`, value: p50, unit: 'ms' },
    { name: `${name}, p95`, value: p95, unit: 'ms' },
  ];
}

async function measureRestart(server: MeasuredServer, signal: AbortSignal): Promise<number> {
  const stoppedMs = performance.now();
  const client = await connect(await server.restart());
  for (;;) {
    const found = await client.reader.listLive(freights, {}, signal).catch(() => []);
    if (found.length === counts.namespaces * counts.freight) break;
    await pause(20);
  }
  const tookMs = performance.now() - stoppedMs;
  await client.close();
  return tookMs;
}
