import { applications } from '../../api/argocd/index.ts';
import { keyOf } from '../../api/meta/index.ts';
import {
  annotations,
  type Freight,
  freights,
  promotions,
  type Stage,
  stages,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import { type CommandDeps, mergePullRequest, type Output, promote, pushImage } from '../../cli/index.ts';
import {
  explainStage,
  formatPreciseTime,
  freightLabel,
  pullRequestOf,
  shortDigest,
} from '../../domain/index.ts';
import { createHostBudgets } from '../../http/index.ts';
import { createImagePusher, type ImagePusher } from '../../oci/index.ts';
import { readGitops, readManifests } from './example.ts';
import type { Story } from './story.ts';
import type { DemoOptions } from './types.ts';
import { untilObject } from './until.ts';

/** Where everything of the example is. */
export const place = {
  namespace: 'ameide',
  repository: 'ameideio/ameide-gitops',
  branch: 'main',
  owner: 'ghcr.io/ameideio',
  images: ['www-ameide-platform', 'platform-migrations', 'agents-runtime'],
  productionFile: 'sources/values/env/production/platform/www-ameide-platform.yaml',
} as const;

/** What the release came to. */
export interface Release {
  /** The Freight that was promoted through all Stages. */
  readonly freight: Freight;
  /** Digests that were pushed while staging waited; production must not have them. */
  readonly newer: readonly string[];
}

interface Scene {
  readonly options: DemoOptions;
  readonly story: Story;
  readonly pusher: ImagePusher;
  readonly signal: AbortSignal;
}

/** The embedded registry has no limits. */
const pushesPerSecond = 1000;

/**
 * Plays one release from the first push to the verification in production. Every act is one that a person could do with
 * the command line; everything in between is done by the controllers.
 *
 * Errors: whatever an act throws; a Promotion that ends badly; the reason of an aborted signal.
 */
export async function playRelease(options: DemoOptions, story: Story, signal: AbortSignal): Promise<Release> {
  const pusher = createImagePusher({
    http: options.sandbox.http,
    clock: options.clock,
    random: options.random,
    budgets: createHostBudgets(options, { requestsPerSecond: pushesPerSecond }),
  });
  const scene: Scene = { options, story, pusher, signal };
  await prepare(scene);

  story.chapter('Dev promotes by itself');
  const freight = await untilObject(options.sandbox.client.changes, freights, ownFreight, signal);
  await untilVerified(scene, freight, 'dev');

  story.chapter('Staging: somebody promotes, a pull request waits');
  const staged = await startPromotion(scene, 'staging', freight);
  tellWhy(scene, 'staging');

  story.chapter('While it waits, main moves on');
  const newer = await push(scene, place.images[0]);
  const next = await untilObject(
    options.sandbox.client.changes,
    freights,
    (item) => (digestsOf(item).includes(newer) ? item : undefined),
    signal,
  );
  await untilVerified(scene, next, 'dev');

  story.chapter('Somebody merges');
  await merge(scene, staged);
  await untilVerified(scene, freight, 'staging');

  story.chapter('Production gets what was verified in staging');
  const proposed = await startPromotion(scene, 'production', freight);
  await merge(scene, proposed);
  await untilVerified(scene, freight, 'production');
  await checkProduction(scene, { freight, newer: [newer] });
  return { freight, newer: [newer] };
}

async function prepare({ options, story, pusher, signal }: Scene): Promise<void> {
  const { sandbox } = options;
  story.chapter('A GitOps repository, three images, and the manifests of the pipeline');
  const files = await readGitops(options.readExample);
  sandbox.servers.git.commitFiles(place.repository, place.branch, {
    files,
    message: 'Add the environments',
  });
  story.line({
    who: 'GitOps',
    mark: 'did',
    text: `https://github.com/${place.repository}.git has ${Object.keys(files).length} files on ${place.branch}`,
  });
  for (const image of place.images) await push({ options, story, pusher, signal }, image);
  story.command('kubectl apply -f examples/ameide/applications.yaml -f examples/ameide/manifests/');
  await sandbox.apply(await readManifests(options.readExample, sandbox.info), signal);
  const [warehouse] = await sandbox.client.reader.listLive(
    warehouses,
    { namespace: place.namespace },
    signal,
  );
  if (warehouse === undefined) throw new Error('the example has no Warehouse');
  const token = formatPreciseTime(options.clock.nowMs());
  const patch = { metadata: { annotations: { [annotations.refresh]: token } } };
  await sandbox.client.writer.mergePatch(warehouses, keyOf(warehouse), patch, {}, signal);
}

/** Pushes a new image under the moving tag, as a build would; the Warehouses that follow it are told. */
async function push(scene: Scene, image: string): Promise<string> {
  const { options, story, pusher } = scene;
  story.command(`gantry push-image ${image}`);
  const digest = await pushImage(
    { name: `${place.owner}/${image}`, tag: 'main' },
    {
      ...commandDeps(scene),
      random: options.random,
      sandbox: { pushImage: (source, tag, draft, signal) => pusher.pushImage(source, tag, draft, signal) },
      account: options.sandbox.info,
    },
  );
  story.line({
    who: 'Registry',
    mark: 'did',
    text: `${place.owner}/${image}:main is ${shortDigest(digest)}`,
  });
  return digest;
}

/** Asks for a Promotion and waits for its pull request; gives the URL. */
async function startPromotion(scene: Scene, stage: string, freight: Freight): Promise<string> {
  const { options, story, signal } = scene;
  const label = freightLabel(freight.metadata.name, [freight]);
  story.command(`gantry promote ${stage} --freight ${label}`);
  const request = { stage, freight: freight.metadata.name, namespace: place.namespace };
  const created = await promote(request, commandDeps(scene));
  return untilObject(
    options.sandbox.client.changes,
    promotions,
    (promotion) => {
      if (promotion.metadata.name !== created.metadata.name) return undefined;
      const phase = promotion.status?.phase;
      if (phase === 'Failed' || phase === 'Errored' || phase === 'Aborted') {
        throw new Error(`the Promotion to ${stage} ended as ${phase}: ${promotion.status?.message ?? ''}`);
      }
      const current = promotion.spec.steps[promotion.status?.currentStep ?? 0];
      return current?.uses === 'git-wait-for-pr' ? pullRequestOf(promotion)?.url : undefined;
    },
    signal,
  );
}

async function merge(scene: Scene, url: string): Promise<void> {
  const { options, story } = scene;
  story.command(`gantry merge ${url}`);
  const { number } = await mergePullRequest(url, {
    ...commandDeps(scene),
    sandbox: options.sandbox,
    account: options.sandbox.info,
  });
  const who = options.sandbox.info.username;
  story.line({ who: 'Forge', mark: 'did', text: `pull request ${number} was merged by ${who}` });
}

/** Prints why a Stage waits, as the command "why" would. */
function tellWhy({ options, story }: Scene, name: string): void {
  const { reader } = options.sandbox.client;
  const { namespace } = place;
  const stage = reader.get(stages, { namespace, name });
  if (stage === undefined) return;
  const explanation = explainStage({
    stage,
    freight: reader.list(freights, { namespace }),
    promotions: reader.list(promotions, { namespace }),
    warehouses: reader.list(warehouses, { namespace }).map(({ metadata }) => metadata.name),
    nowMs: options.clock.nowMs(),
  });
  story.command(`gantry why ${name}`);
  story.line({ who: name, mark: 'waits', text: explanation.headline });
}

/** Waits until the Stage says that it runs the Freight, verified; a Promotion of it that ends badly is an error. */
async function untilVerified(scene: Scene, freight: Freight, stage: string): Promise<void> {
  const { changes } = scene.options.sandbox.client;
  const { name } = freight.metadata;
  const decided = new AbortController();
  const signal = AbortSignal.any([scene.signal, decided.signal]);
  const verified = untilObject(
    changes,
    stages,
    (item) => (item.metadata.name === stage && runsVerified(item, name) ? true : undefined),
    signal,
  );
  const failed = untilObject(
    changes,
    promotions,
    ({ spec, status }) => {
      const isBad = ['Failed', 'Errored', 'Aborted'].includes(status?.phase ?? '');
      if (spec.stage !== stage || spec.freight !== name || !isBad) return undefined;
      throw new Error(`the Promotion to ${stage} ended as ${status?.phase ?? ''}: ${status?.message ?? ''}`);
    },
    signal,
  );
  try {
    await Promise.race([verified, failed]);
  } finally {
    decided.abort();
    // The loser of the race ends with the reason of the abort, which says nothing.
    await Promise.allSettled([verified, failed]);
  }
}

/** Does the Stage run this Freight, at rest and verified? Freight is marked a moment before its Stage says so. */
function runsVerified({ status }: Stage, freight: string): boolean {
  const [deployed] = status?.freightHistory ?? [];
  const runs = Object.values(deployed?.items ?? {}).some(({ name }) => name === freight);
  const isVerified = (deployed?.verificationHistory ?? []).some(({ phase }) => phase === 'Successful');
  const isAtRest = status?.currentPromotion === undefined && status?.health?.status === 'Healthy';
  return runs && isVerified && isAtRest;
}

/** Production must run exactly the digests of the Freight, and none that was pushed since. */
async function checkProduction({ options, signal }: Scene, { freight, newer }: Release): Promise<void> {
  const key = { namespace: 'argocd', name: 'ameide-production' };
  const application = await options.sandbox.client.reader.getLive(applications, key, signal);
  const images = application?.status?.summary?.images ?? [];
  const problem = compareImages(images, freight, newer);
  if (problem !== undefined) throw new Error(`production does not run what was promoted: ${problem}`);
}

/** What is wrong with the images that run, compared with the Freight; `undefined` when nothing is. */
export function compareImages(
  running: readonly string[],
  freight: Pick<Freight, 'images'>,
  newer: readonly string[],
): string | undefined {
  const wanted = (freight.images ?? []).map(({ repoURL, digest }) => `${repoURL ?? ''}@${digest ?? ''}`);
  const own = running.filter((image) => image.startsWith(`${place.owner}/`));
  const missing = wanted.filter((image) => !own.includes(image));
  const foreign = own.filter((image) => !wanted.includes(image));
  const tooNew = own.filter((image) => newer.some((digest) => image.endsWith(digest)));
  if (tooNew.length > 0) return `it runs ${tooNew.join(', ')}, pushed after the Freight was minted`;
  if (missing.length > 0) return `${missing.join(', ')} is missing`;
  return foreign.length > 0 ? `${foreign.join(', ')} is not of the Freight` : undefined;
}

function ownFreight(freight: Freight): Freight | undefined {
  return freight.metadata.namespace === place.namespace ? freight : undefined;
}

function digestsOf(freight: Freight): readonly string[] {
  return (freight.images ?? []).map(({ digest }) => digest ?? '');
}

const silent: Output = { write: () => undefined, isTerminal: false, columns: 80 };

/** The commands of the command line, which say nothing here: the story tells what they did. */
function commandDeps({ options, signal }: Scene): CommandDeps {
  const { reader, writer } = options.sandbox.client;
  const cluster = { reader, writer, namespace: place.namespace, close: () => Promise.resolve() };
  return { cluster, clock: options.clock, output: silent, notes: silent, signal };
}
