import type { Bench } from './support/bench.ts';
import { seedScale } from './support/scale.ts';
import { countWrites, growth, writesByKind } from './support/scrape.ts';
import { pause } from './support/wait.ts';
import type { World } from './support/world.ts';

const seconds = 30;
/** Nothing was written for this long: everything that is to be written has been. */
const quietMs = 8_000;

async function untilQuiet(world: World): Promise<void> {
  for (let writes = -1; ; ) {
    const now = countWrites(await world.scrape());
    if (now === writes) return;
    writes = now;
    await pause(quietMs);
  }
}

/** The runtime takes back what the start needed within half a minute, and uses CPU for it. */
const tidyMs = 30_000;

/** What the controllers do while nothing happens. */
export const atRestBench: Bench = {
  name: 'at-rest',
  about: `1,000 Stages, 200 Warehouses, 5,000 Freight; ${seconds} s during which nothing happens`,
  async run(context) {
    const world = await context.openWorld();
    const startMs = performance.now();
    await seedScale(world, { projects: 20, warehouses: 10, stages: 5, freight: 25 }, context.signal);
    context.note(`seeded in ${Math.round((performance.now() - startMs) / 1000)} s`);
    const controller = await world.startController();
    await untilQuiet(world);
    await pause(tidyMs);
    const before = await world.scrape();
    const usage = controller.usage();
    await pause(seconds * 1000);
    const after = await world.scrape();
    const used = controller.usage();
    const writes = [...growth(writesByKind(before), writesByKind(after))];
    if (writes.length > 0) context.note(writes.map(([text, count]) => `${count}× ${text}`).join(', '));
    return [
      { name: 'writes', value: countWrites(after) - countWrites(before), unit: '', goal: '0' },
      {
        name: 'CPU',
        value: ((used.cpuSeconds - usage.cpuSeconds) / seconds) * 100,
        unit: '% of a core',
        goal: '≤ 0.3 %',
      },
      { name: 'resident', value: used.residentMb, unit: 'MB', goal: '≤ 150' },
      { name: 'peak', value: used.peakMb, unit: 'MB' },
    ];
  },
};
