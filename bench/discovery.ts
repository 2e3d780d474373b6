import { type Warehouse, warehouses } from '../src/api/v1alpha1/index.ts';
import type { Bench, Figure } from './support/bench.ts';
import { imageUrl, imageWarehouse } from './support/manifests.ts';
import { watchKinds } from './support/promotions.ts';
import { forEachOf, pause, waitFor } from './support/wait.ts';
import type { Controller, World } from './support/world.ts';

const count = 100;
const tags = 20;
const namespace = 'bench';

/** Discovery of the newest builds among some tags, by many Warehouses with a repository each. */
export const discoveryBench: Bench = {
  name: 'discovery',
  about: `NewestBuild over ${tags} tags: one Warehouse, then ${count} more, first and again, limiter lifted`,
  async run(context) {
    const { signal } = context;
    const world = await context.openWorld();
    await pushImages(world, signal);
    await watchKinds(world, signal);
    const controller = await world.startController({ IMAGE_REGISTRY_RATE_LIMIT: '100000' });
    await world.createProject(namespace, signal);
    const names = Array.from({ length: count }, (_, index) => `app-${index}`);
    const one = ['single'];
    const firstOne = await discover(world, controller, one, 'create', signal);
    const againOne = await discover(world, controller, one, 'refresh', signal);
    const firstAll = await discover(world, controller, names, 'create', signal);
    const againAll = await discover(world, controller, names, 'refresh', signal);
    return [
      { name: 'one Warehouse, requests, first', value: firstOne.requests, unit: '', goal: '≤ 42' },
      { name: 'one Warehouse, requests, again', value: againOne.requests, unit: '', goal: '≤ 21' },
      ...toFigures(`${count} Warehouses, first`, firstAll, '≤ 15 s, 10 s CPU for 250'),
      ...toFigures(`${count} Warehouses, again`, againAll, '≤ 5 s, 3 s CPU for 250'),
    ];
  },
};

interface Round {
  readonly tookMs: number;
  readonly cpuSeconds: number;
  readonly requests: number;
}

function toFigures(label: string, round: Round, goal: string): readonly Figure[] {
  return [
    { name: `${label}, time`, value: round.tookMs / 1000, unit: 's', goal },
    { name: `${label}, controller CPU`, value: round.cpuSeconds, unit: 's' },
    { name: `${label}, requests per Warehouse`, value: round.requests / count, unit: '' },
  ];
}

async function pushImages(world: World, signal: AbortSignal): Promise<void> {
  const { username, password } = world.ready;
  const credential = { identity: 'bench', username, password };
  const names = ['single', ...Array.from({ length: count }, (_, index) => `app-${index}`)];
  await forEachOf(names, 16, async (name) => {
    for (let tag = 0; tag < tags; tag += 1) {
      const created = new Date(Date.UTC(2026, 0, 1, 0, tag)).toISOString();
      const draft = { created, content: `${name} ${tag}` };
      const source = { repoURL: imageUrl(name), credential };
      await world.images.pushImage(source, `main-${String(tag).padStart(4, '0')}`, draft, signal);
    }
  });
}

/** Lets Warehouses look for artifacts and waits until all have. */
async function discover(
  world: World,
  controller: Controller,
  names: readonly string[],
  how: 'create' | 'refresh',
  signal: AbortSignal,
): Promise<Round> {
  const { writer, changes } = world.client;
  const requestsBefore = (await world.scrape()).sum('gantry_embedded_registry_requests_total');
  const usage = controller.usage();
  const startMs = performance.now();
  const token = `${how} ${startMs}`;
  const annotation = { 'kargo.akuity.io/refresh': token };
  await forEachOf(names, 16, (name) => {
    if (how === 'refresh') {
      const patch = { metadata: { annotations: annotation } };
      return writer.mergePatch(warehouses, { namespace, name }, patch, {}, signal);
    }
    const image = { repoURL: imageUrl(name), imageSelectionStrategy: 'NewestBuild', discoveryLimit: tags };
    const object = imageWarehouse(namespace, name, image, 'Manual');
    const metadata = { ...object.metadata, annotations: annotation };
    return writer.create<Warehouse>(warehouses, { ...object, metadata }, signal);
  });
  let endMs = startMs;
  for (const name of names) {
    const { atMs } = await waitFor(changes, warehouses, `discovery of ${name}`, ({ metadata, status }) => {
      const found = status?.discoveredArtifacts?.images?.[0]?.references?.length;
      return metadata.name === name && status?.lastHandledRefresh === token && found === tags;
    });
    endMs = Math.max(endMs, atMs);
  }
  await pause(300);
  const requests = (await world.scrape()).sum('gantry_embedded_registry_requests_total') - requestsBefore;
  return {
    tookMs: endMs - startMs,
    cpuSeconds: controller.usage().cpuSeconds - usage.cpuSeconds,
    requests,
  };
}
