import { warehouses } from '../src/api/v1alpha1/index.ts';
import type { Bench, BenchContext, Figure } from './support/bench.ts';
import { imageUrl, imageWarehouse } from './support/manifests.ts';
import { spreadOf } from './support/numbers.ts';
import { watchKinds } from './support/promotions.ts';
import { seedScale } from './support/scale.ts';
import { waitFor } from './support/wait.ts';
import type { World } from './support/world.ts';

const runs = 5;
const namespace = 'bench';

/** From the start of the controllers' process to the first object handled, on an empty control plane. */
export const startBench: Bench = {
  name: 'start',
  about: 'start of the process → a Warehouse is handled, empty control plane',
  async run(context) {
    const world = await prepare(context);
    return measure(world, context.signal, { label: 'empty', goal: '≤ 800' });
  },
};

/** The same with many objects. */
export const loadedStartBench: Bench = {
  name: 'start-loaded',
  about: 'the same with 2,000 Stages and 10,000 Freight',
  async run(context) {
    const world = await prepare(context);
    const startMs = performance.now();
    await seedScale(world, { projects: 20, warehouses: 20, stages: 5, freight: 25 }, context.signal);
    context.note(`seeded in ${Math.round((performance.now() - startMs) / 1000)} s`);
    // Once, so that what has to be written is written.
    await world.startController();
    return measure(world, context.signal, { label: '2,000 Stages, 10,000 Freight', goal: '≤ 2,500' });
  },
};

async function prepare(context: BenchContext): Promise<World> {
  const { signal } = context;
  const world = await context.openWorld();
  await watchKinds(world, signal);
  await world.createProject(namespace, signal);
  const { username, password } = world.ready;
  const source = { repoURL: imageUrl('web'), credential: { identity: 'bench', username, password } };
  await world.images.pushImage(source, '1.0.0', { created: '2026-01-01T00:00:00Z' }, signal);
  const warehouse = imageWarehouse(namespace, 'web', { repoURL: imageUrl('web') });
  await world.client.writer.create(warehouses, warehouse, signal);
  return world;
}

async function measure(
  world: World,
  signal: AbortSignal,
  { label, goal }: { readonly label: string; readonly goal: string },
): Promise<readonly Figure[]> {
  const tookMs: number[] = [];
  const cpuSeconds: number[] = [];
  const residentMb: number[] = [];
  await world.stopControllers();
  for (let run = 0; run < runs; run += 1) {
    const token = `${label} ${run}`;
    const patch = { metadata: { annotations: { 'kargo.akuity.io/refresh': token } } };
    await world.client.writer.mergePatch(warehouses, { namespace, name: 'web' }, patch, {}, signal);
    const startMs = performance.now();
    const handled = waitFor(
      world.client.changes,
      warehouses,
      'the first Warehouse',
      ({ metadata, status }) => metadata.namespace === namespace && status?.lastHandledRefresh === token,
    );
    const controller = await world.startController();
    tookMs.push((await handled).atMs - startMs);
    const { cpuSeconds: cpu, residentMb: resident } = controller.usage();
    cpuSeconds.push(cpu);
    residentMb.push(resident);
    await world.stopControllers();
  }
  return [
    { name: `${label}, start → first reconcile`, value: spreadOf(tookMs).p50, unit: 'ms', goal },
    { name: `${label}, fastest`, value: spreadOf(tookMs).min, unit: 'ms' },
    { name: `${label}, CPU until then`, value: spreadOf(cpuSeconds).p50, unit: 's' },
    { name: `${label}, resident`, value: spreadOf(residentMb).p50, unit: 'MB' },
  ];
}
