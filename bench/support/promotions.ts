import { freights, type Promotion, promotions, stages, warehouses } from '../../src/api/v1alpha1/index.ts';
import { isTerminalPhase } from '../../src/domain/index.ts';
import { createPromotion, imageUrl } from './manifests.ts';
import { waitFor } from './wait.ts';
import type { World } from './world.ts';

/** Watches what the benches wait for. */
export async function watchKinds(world: World, signal: AbortSignal): Promise<void> {
  await world.client.start(
    [{ type: freights }, { type: promotions }, { type: stages }, { type: warehouses }],
    signal,
  );
}

/** Pushes a tag, asks the Warehouse to look, and gives the name of the Freight with that tag. */
export async function mintFreight(
  world: World,
  place: { readonly namespace: string; readonly warehouse: string; readonly image: string },
  tag: string,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly digest: string; readonly tookMs: number }> {
  const { namespace, warehouse, image } = place;
  const { username, password } = world.ready;
  const source = { repoURL: imageUrl(image), credential: { identity: 'bench', username, password } };
  const draft = { created: new Date().toISOString(), content: `${image}:${tag}` };
  const digest = await world.images.pushImage(source, tag, draft, signal);
  const found = waitFor(world.client.changes, freights, `Freight of ${tag}`, (freight) =>
    (freight.images ?? []).some((one) => one.tag === tag && one.repoURL === imageUrl(image)),
  );
  const startMs = performance.now();
  const patch = { metadata: { annotations: { 'kargo.akuity.io/refresh': `${tag} ${Date.now()}` } } };
  await world.client.writer.mergePatch(warehouses, { namespace, name: warehouse }, patch, {}, signal);
  const { object, atMs } = await found;
  return { name: object.metadata.name, digest, tookMs: atMs - startMs };
}

/** Creates a Promotion and waits for its end. Errors: it ended otherwise than Succeeded. */
export async function promote(
  world: World,
  place: { readonly namespace: string; readonly stage: string },
  freight: string,
  signal: AbortSignal,
): Promise<{ readonly promotion: Promotion; readonly tookMs: number }> {
  const startMs = performance.now();
  const draft = createPromotion(place.namespace, place.stage, freight);
  const created = await world.client.writer.create(promotions, draft, signal);
  const { name } = created.metadata;
  const { object, atMs } = await waitFor(
    world.client.changes,
    promotions,
    `the end of Promotion ${name}`,
    (one) => one.metadata.name === name && isTerminalPhase(one.status?.phase),
  );
  if (object.status?.phase !== 'Succeeded')
    throw new Error(`Promotion ${name} ${object.status?.phase}: ${object.status?.message}`);
  return { promotion: object, tookMs: atMs - startMs };
}

/** Waits until a Stage has taken note of a Promotion's end and has verified what it brought. */
export async function waitForStage(world: World, stage: string, promotion: string): Promise<void> {
  await waitFor(
    world.client.changes,
    stages,
    `Stage ${stage} after ${promotion}`,
    ({ metadata, status }) =>
      metadata.name === stage &&
      status?.lastPromotion?.name === promotion &&
      status.currentPromotion === undefined &&
      (status.conditions ?? []).some(({ type, status: is }) => type === 'Verified' && is === 'True'),
  );
}
