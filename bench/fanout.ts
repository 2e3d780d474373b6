import { promotions, stages, warehouses } from '../src/api/v1alpha1/index.ts';
import { isTerminalPhase } from '../src/domain/index.ts';
import { createTemporaryFolder, git } from '../test/support/native-git.ts';
import type { Bench, Figure } from './support/bench.ts';
import { createPromotion, createStage, imageUrl, imageWarehouse, updateSteps } from './support/manifests.ts';
import { spreadOf } from './support/numbers.ts';
import { mintFreight, watchKinds } from './support/promotions.ts';
import { createFiles, fileOf, nativeEnvironment, nativeUrl, seedRepository } from './support/repositories.ts';
import { countWrites } from './support/scrape.ts';
import { forEachOf, pause, waitFor } from './support/wait.ts';
import type { World } from './support/world.ts';

const count = 50;
const namespace = 'bench';
const repository = 'gitops';
const settleMs = 1500;

/** Many promotions to one branch at the same time. */
export const fanoutBench: Bench = {
  name: 'fanout',
  about: `${count} Stages promote to one branch at once; the branch's content is checked`,
  async run(context) {
    const { signal } = context;
    const world = await context.openWorld();
    const names = Array.from({ length: count }, (_, index) => `s${index}`);
    await seedRepository(world.ready, repository, createFiles(300, names));
    await watchKinds(world, signal);
    const controller = await world.startController();
    await world.createProject(namespace, signal);
    const { writer, changes } = world.client;
    await writer.create(warehouses, imageWarehouse(namespace, 'web', { repoURL: imageUrl('web') }), signal);
    await forEachOf(names, 8, (name) => {
      const steps = updateSteps(repository, fileOf(name), imageUrl('web'));
      return writer.create(stages, createStage(namespace, name, { warehouse: 'web' }, steps), signal);
    });
    const place = { namespace, warehouse: 'web', image: 'web' };
    const freight = await mintFreight(world, place, '1.0.0', signal);
    await pause(settleMs);

    const [servers, own, usage] = [await world.scrape(), await controller.scrape(), controller.usage()];
    const startMs = performance.now();
    const tookMs: number[] = [];
    const created: string[] = [];
    await forEachOf(names, 16, async (name) => {
      const draft = createPromotion(namespace, name, freight.name);
      created.push((await writer.create(promotions, draft, signal)).metadata.name);
    });
    for (const name of created) {
      const { object, atMs } = await waitFor(changes, promotions, `the end of ${name}`, (one) => {
        return one.metadata.name === name && isTerminalPhase(one.status?.phase);
      });
      if (object.status?.phase !== 'Succeeded') throw new Error(`${name}: ${object.status?.message}`);
      tookMs.push(atMs - startMs);
    }
    await pause(settleMs);
    const used = controller.usage();
    const [serversAfter, ownAfter] = [await world.scrape(), await controller.scrape()];
    const pushes = (counters: typeof own): number =>
      counters.sum('git_requests_total', ({ operation }) => operation === 'push');
    const wrong = await checkBranch(world, { created, stages: names, digest: freight.digest });
    const figures: Figure[] = [
      { name: 'first create → last Succeeded', value: Math.max(...tookMs), unit: 'ms', goal: '≤ 1,500' },
      { name: 'median create → Succeeded', value: spreadOf(tookMs).p50, unit: 'ms' },
      { name: 'pushes', value: pushes(ownAfter) - pushes(own), unit: '', goal: '≤ 5' },
      {
        name: 'git requests',
        value: ownAfter.sum('git_requests_total') - own.sum('git_requests_total'),
        unit: '',
      },
      { name: 'promotions not in exactly one commit', value: wrong.commits, unit: '', goal: '0' },
      { name: 'files without the digest', value: wrong.files, unit: '', goal: '0' },
      { name: 'controller CPU', value: used.cpuSeconds - usage.cpuSeconds, unit: 's' },
      {
        name: 'Kubernetes writes per promotion',
        value: (countWrites(serversAfter) - countWrites(servers)) / count - 1,
        unit: '',
      },
    ];
    return figures;
  },
};

/** What the branch lacks: Promotions that are not in exactly one commit, files without the digest. */
async function checkBranch(
  world: World,
  want: {
    readonly created: readonly string[];
    readonly stages: readonly string[];
    readonly digest: string;
  },
): Promise<{ readonly commits: number; readonly files: number }> {
  using folder = createTemporaryFolder();
  const env = nativeEnvironment(world.ready);
  await git(folder.path, ['clone', '--quiet', '--bare', nativeUrl(world.ready, repository), '.'], { env });
  const subjects = (await git(folder.path, ['log', '--format=%s', 'main'])).split('\n');
  const commits = want.created.filter(
    (name) => subjects.filter((subject) => subject.startsWith(`${name} `)).length !== 1,
  );
  let files = 0;
  for (const stage of want.stages) {
    const text = await git(folder.path, ['show', `main:${fileOf(stage)}`]);
    if (!text.includes(want.digest)) files += 1;
  }
  return { commits: commits.length, files };
}
