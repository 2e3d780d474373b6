import { type Warehouse, warehouses } from '../../src/api/v1alpha1/index.ts';
import { imageUrl, imageWarehouse } from './manifests.ts';
import { forEachOf, pause, waitFor } from './wait.ts';
import type { Controller, World } from './world.ts';

/** Namespace of the Warehouses that are measured. */
export const namespace = 'bench';

/** What a round of discoveries took and used. */
export interface Round {
  readonly tookMs: number;
  readonly cpuSeconds: number;
  readonly requests: number;
  readonly peakMb: number;
}

/** Pushes tags "main-0000" and following into each repository, each image a minute younger than the one before. */
export async function pushTags(
  world: World,
  names: readonly string[],
  tags: number,
  signal: AbortSignal,
): Promise<void> {
  const { username, password } = world.ready;
  const credential = { identity: 'bench', username, password };
  await forEachOf(names, 16, async (name) => {
    for (let tag = 0; tag < tags; tag += 1) {
      const created = new Date(Date.UTC(2026, 0, 1, 0, tag)).toISOString();
      const draft = { created, content: `${name} ${tag}` };
      const source = { repoURL: imageUrl(name), credential };
      await world.images.pushImage(source, `main-${String(tag).padStart(4, '0')}`, draft, signal);
    }
  });
}

/** A Warehouse to be measured. */
export interface Subject {
  readonly name: string;
  readonly repository: string;
  /** How many images a look finds. */
  readonly finds: number;
  readonly image?: Readonly<Record<string, string | number | boolean>>;
}

/** Lets Warehouses look for artifacts, by creating them or by asking for a refresh, and waits until all have. */
export async function discover(
  world: World,
  controller: Controller,
  subjects: readonly Subject[],
  how: 'create' | 'refresh',
  signal: AbortSignal,
): Promise<Round> {
  const { writer, changes } = world.client;
  const requestsBefore = await countRequests(world);
  const usage = controller.usage();
  const startMs = performance.now();
  const token = `${how} ${startMs}`;
  const annotations = { 'kargo.akuity.io/refresh': token };
  await forEachOf(subjects, 16, ({ name, repository, finds, image }) => {
    if (how === 'refresh') {
      return writer.mergePatch(warehouses, { namespace, name }, { metadata: { annotations } }, {}, signal);
    }
    const rule = { imageSelectionStrategy: 'NewestBuild', discoveryLimit: finds, ...image };
    const object = imageWarehouse(namespace, name, { repoURL: imageUrl(repository), ...rule }, 'Manual');
    const metadata = { ...object.metadata, annotations };
    return writer.create<Warehouse>(warehouses, { ...object, metadata }, signal);
  });
  let endMs = startMs;
  for (const { name, finds } of subjects) {
    const { atMs } = await waitFor(changes, warehouses, `discovery of ${name}`, ({ metadata, status }) => {
      const found = status?.discoveredArtifacts?.images?.[0]?.references?.length;
      return metadata.name === name && status?.lastHandledRefresh === token && found === finds;
    });
    endMs = Math.max(endMs, atMs);
  }
  // The last answers are counted a moment after they are given.
  await pause(300);
  const after = controller.usage();
  return {
    tookMs: endMs - startMs,
    cpuSeconds: after.cpuSeconds - usage.cpuSeconds,
    requests: (await countRequests(world)) - requestsBefore,
    peakMb: after.peakMb,
  };
}

/** Requests that the registry has answered so far. */
export async function countRequests(world: World): Promise<number> {
  return (await world.scrape()).sum('gantry_embedded_registry_requests_total');
}
