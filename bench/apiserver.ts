import { configMaps } from '../src/api/core/index.ts';
import { stages } from '../src/api/v1alpha1/index.ts';
import type { Bench, Figure } from './support/bench.ts';
import { spreadOf } from './support/numbers.ts';
import { seedScale } from './support/scale.ts';
import { waitFor } from './support/wait.ts';

const runs = 30;

/** The embedded API server alone: lists, and how soon a watcher hears of a write. */
export const apiServerBench: Bench = {
  name: 'apiserver',
  about: 'embedded API server: list of 500 Stages, write → watch event, create',
  async run(context) {
    const { signal } = context;
    const world = await context.openWorld();
    await seedScale(world, { projects: 1, warehouses: 100, stages: 5, freight: 0 }, signal);
    const { client } = world;
    const listMs: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const startMs = performance.now();
      await client.reader.listLive(stages, { namespace: 'scale-0' }, signal);
      listMs.push(performance.now() - startMs);
    }
    await client.start([{ type: configMaps }], signal);
    const createMs: number[] = [];
    const watchMs: number[] = [];
    // A second client writes, because a client hears of its own writes at once.
    const other = await world.connect();
    for (let run = 0; run < runs; run += 1) {
      const name = `bench-${run}`;
      const seen = waitFor(client.changes, configMaps, name, (object) => object.metadata.name === name);
      const startMs = performance.now();
      const draft = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'scale-0', name },
        data: { run: `${run}` },
      };
      await other.writer.create(configMaps, draft, signal);
      createMs.push(performance.now() - startMs);
      watchMs.push((await seen).atMs - startMs);
    }
    await other.close();
    const figure = (name: string, values: readonly number[]): Figure => ({
      name,
      value: spreadOf(values).p50,
      unit: 'ms',
    });
    return [
      figure('list of 500 Stages, median', listMs),
      figure('create, median', createMs),
      figure('create → another client has it, median', watchMs),
    ];
  },
};
