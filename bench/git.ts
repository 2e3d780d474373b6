import { type Warehouse, warehouses } from '../src/api/v1alpha1/index.ts';
import type { Bench, BenchContext, Figure } from './support/bench.ts';
import { runGitEngine } from './support/git-task.ts';
import { gitUrl } from './support/manifests.ts';
import { measureNativeGit } from './support/native.ts';
import { medianOf } from './support/numbers.ts';
import { watchKinds } from './support/promotions.ts';
import { createFiles, fileOf, seedRepository } from './support/repositories.ts';
import { forEachOf, pause, waitFor } from './support/wait.ts';

const atOnce = 50;
const houses = 200;
const intervalMs = 5000;
const watchedMs = 30_000;
const namespace = 'bench';

/** The git engine alone against native git doing clone, edit, commit and push on the same server. */
export const gitBench: Bench = {
  name: 'git',
  about: 'the git engine alone beside native git (clone --depth=1, edit, commit, push), same server, one run',
  async run(context) {
    return [
      ...(await compare(context, { files: 300, commits: 10, goals: {} })),
      ...(await compare(context, {
        files: 20_000,
        commits: 5000,
        goals: { warm: '≥ 100', cold: '≥ 20', memory: '< 100' },
      })),
    ];
  },
};

/** Many Warehouses on one repository in which nothing happens. */
export const monorepoBench: Bench = {
  name: 'monorepo',
  about: `${houses} Warehouses poll one repository every ${intervalMs / 1000} s in which nothing happens`,
  async run(context) {
    const { signal } = context;
    const world = await context.openWorld();
    await seedRepository(world.ready, 'monorepo', createFiles(2000, ['dev']), 50);
    await watchKinds(world, signal);
    const controller = await world.startController();
    await world.createProject(namespace, signal);
    const names = Array.from({ length: houses }, (_, index) => `house-${index}`);
    await forEachOf(names, 16, (name, index) =>
      world.client.writer.create(warehouses, toWarehouse(name, `apps/app-${index % 100}`), signal),
    );
    for (const name of names) {
      await waitFor(world.client.changes, warehouses, `discovery of ${name}`, ({ metadata, status }) => {
        return metadata.name === name && (status?.discoveredArtifacts?.git?.[0]?.commits?.length ?? 0) > 0;
      });
    }
    await pause(2 * intervalMs);
    const before = await controller.scrape();
    await pause(watchedMs);
    const after = await controller.scrape();
    const requests = after.sum('git_requests_total') - before.sum('git_requests_total');
    return [
      { name: 'requests per interval', value: (requests * intervalMs) / watchedMs, unit: '', goal: '≤ 1' },
    ];
  },
};

interface Comparison {
  readonly files: number;
  readonly commits: number;
  readonly goals: { readonly warm?: string; readonly cold?: string; readonly memory?: string };
}

async function compare(
  context: BenchContext,
  { files, commits, goals }: Comparison,
): Promise<readonly Figure[]> {
  const world = await context.openWorld();
  const repository = `gitops-${files}`;
  const stages = Array.from({ length: atOnce }, (_, index) => `s${index}`);
  const paths = stages.map(fileOf);
  await seedRepository(world.ready, repository, createFiles(files, stages), commits);
  const native = await measureNativeGit(world.ready, repository, paths.slice(0, 1));
  const nativeTogether = await measureNativeGit(world.ready, repository, paths);
  const times = await runGitEngine(world.ready, repository, paths);
  const warm = medianOf(times.warm);
  const figure = (name: string, value: number, unit: string, goal?: string): Figure => ({
    name: `${files} files, ${commits} commits: ${name}`,
    value,
    unit,
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    figure('native git', native, 'ms'),
    figure('cold', times.cold, 'ms'),
    figure('warm', warm, 'ms'),
    figure('native git over cold', native / times.cold, '×', goals.cold),
    figure('native git over warm', native / warm, '×', goals.warm),
    figure(`${atOnce} files in one commit`, times.together, 'ms'),
    figure(`native git over that, ${atOnce} files`, nativeTogether / times.together, '×'),
    figure(`${atOnce} pushes to one branch at once`, times.atOnce, 'ms'),
    figure('pushes made for them', times.pushes, '', '≤ 5'),
    figure('resident after changes of one file', times.residentMb, 'MB', goals.memory),
    figure('peak memory', times.peakMb, 'MB', goals.memory),
  ];
}

function toWarehouse(name: string, path: string): Warehouse {
  const git = { repoURL: gitUrl('monorepo'), branch: 'main', includePaths: [path] };
  return {
    apiVersion: 'kargo.akuity.io/v1alpha1',
    kind: 'Warehouse',
    metadata: { namespace, name },
    spec: {
      interval: `${intervalMs / 1000}s`,
      freightCreationPolicy: 'Manual',
      subscriptions: [{ git }],
    },
  } as unknown as Warehouse;
}
