import type { Bench, Figure } from './support/bench.ts';
import { discover, namespace, pushTags, type Round, type Subject } from './support/discoveries.ts';
import { watchKinds } from './support/promotions.ts';

const count = 100;
const tags = 20;

/** Discovery of the newest builds among some tags, by many Warehouses with a repository each. */
export const discoveryBench: Bench = {
  name: 'discovery',
  about: `NewestBuild over ${tags} tags: one Warehouse, then ${count} more, first and again, limiter lifted`,
  async run(context) {
    const { signal } = context;
    const world = await context.openWorld();
    const names = Array.from({ length: count }, (_, index) => `app-${index}`);
    await pushTags(world, ['single', ...names], tags, signal);
    await watchKinds(world, signal);
    const controller = await world.startController({ IMAGE_REGISTRY_RATE_LIMIT: '100000' });
    await world.createProject(namespace, signal);
    const one = [toSubject('single')];
    const all = names.map(toSubject);
    const firstOne = await discover(world, controller, one, 'create', signal);
    const againOne = await discover(world, controller, one, 'refresh', signal);
    const firstAll = await discover(world, controller, all, 'create', signal);
    const againAll = await discover(world, controller, all, 'refresh', signal);
    return [
      { name: 'one Warehouse, requests, first', value: firstOne.requests, unit: '', goal: '≤ 42' },
      { name: 'one Warehouse, requests, again', value: againOne.requests, unit: '', goal: '≤ 21' },
      ...toFigures(`${count} Warehouses, first`, firstAll, '≤ 15 s, 10 s CPU for 250'),
      ...toFigures(`${count} Warehouses, again`, againAll, '≤ 5 s, 3 s CPU for 250'),
    ];
  },
};

function toSubject(name: string): Subject {
  return { name, repository: name, finds: tags };
}

function toFigures(label: string, round: Round, goal: string): readonly Figure[] {
  return [
    { name: `${label}, time`, value: round.tookMs / 1000, unit: 's', goal },
    { name: `${label}, controller CPU`, value: round.cpuSeconds, unit: 's' },
    { name: `${label}, requests per Warehouse`, value: round.requests / count, unit: '' },
  ];
}
