import { expect, onTestFinished, test, vi } from 'vitest';
import { createMemoryMetrics } from '../../../test/support/memory-metrics.ts';
import { fc } from '../../../test/support/properties.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import {
  type Fault,
  type ScriptedApiServer,
  startScriptedApiServer,
} from '../../../test/support/scripted-api-server.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { type Widget, widgetType } from '../../../test/support/widget.ts';
import type { Clock } from '../../ports/index.ts';
import { createKubeClient } from '../client.ts';

/** Real time: these tests speak to a real server. */
const clock: Clock = {
  nowMs: () => Date.now(),
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
const live = new AbortController().signal;

/** A client that follows a scripted server, and a model of what it tells its subscribers. */
async function follow(server: ScriptedApiServer) {
  const deps = {
    clock,
    random: createSeededRandom(5),
    log: createRecordingLog(),
    metrics: createMemoryMetrics(),
  };
  const options = {
    pageSize: 2,
    watchSeconds: { min: 60, max: 60 },
    quietMs: 60,
    backoff: { baseMs: 1, maxMs: 5 },
    timeoutMs: 150,
    maxBusyRetries: 0,
    freeze: true,
  };
  const client = await createKubeClient(deps, { server: server.url, token: 't' }, options);
  await client.start([{ type: widgetType }], live);
  const told = new Map<string, string>();
  const complaints: string[] = [];
  const place = ({ metadata }: Widget): string => `${metadata.name}@${metadata.resourceVersion}`;
  // Hears everything first, and stumbles each time.
  client.changes.subscribe(widgetType, () => {
    throw new Error('a bad handler');
  });
  client.changes.subscribe(widgetType, (change) => {
    const { name } = change.object.metadata;
    const known = told.get(name);
    if (change.kind === 'added' && known !== undefined) complaints.push(`${name} was added twice`);
    if (change.kind === 'updated' && known !== place(change.old))
      complaints.push(`${name} was not ${place(change.old)}`);
    if (change.kind === 'deleted' && known === undefined)
      complaints.push(`${name} was deleted without being there`);
    if (change.kind === 'deleted') {
      told.delete(name);
      return;
    }
    if (!server.everything.has(place(change.object))) complaints.push(`${place(change.object)} never was`);
    told.set(name, place(change.object));
  });
  return {
    /** The cache ends equal to the store; subscribers could follow every step, and have the same picture. */
    async converged(): Promise<void> {
      const held = (): string[] => client.reader.list(widgetType).map(place).sort();
      await vi.waitFor(() => expect(held()).toEqual(server.content()), { interval: 2, timeout: 10_000 });
      expect([...told.values()].sort()).toEqual(server.content());
      expect(complaints).toEqual([]);
    },
    close: () => client.close(),
  };
}

async function setUp(prepare: (server: ScriptedApiServer) => void) {
  const server = await startScriptedApiServer();
  onTestFinished(() => server.close());
  prepare(server);
  const follower = await follow(server);
  onTestFinished(() => follower.close());
  return { server, ...follower };
}

const anyFault: Fault[] = [
  'reset',
  'status-500',
  'status-503',
  'status-429',
  'status-410',
  'status-404',
  'status-403',
  'login-page',
  'half-open',
];
const listFaults: Fault[] = [...anyFault, 'half-list'];
const streamFaults: Fault[] = [
  'reset',
  'half-open',
  'gone-event',
  'error-event',
  'garbage',
  'truncated',
  'unknown-event',
  'end-at-once',
];

/** Runs one story for each position at once; most of the time is spent waiting. */
async function atEach(
  positions: readonly number[],
  story: (position: number) => Promise<void>,
): Promise<void> {
  const run = async (position: number): Promise<void> => {
    try {
      await story(position);
    } catch (error) {
      throw new Error(`at position ${position}`, { cause: error });
    }
  };
  await Promise.all(positions.map(run));
}

test.each(listFaults)('the first list fails with %s on any page', async (fault) => {
  await atEach([0, 1, 2], async (page) => {
    const { converged, server } = await setUp((prepared) => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) prepared.put(name);
      prepared.listFaults.push(...Array<Fault>(page).fill('none'), fault);
    });
    server.put('f');
    await converged();
  });
});

test.each(listFaults)('a later list fails with %s on any page, while the world goes on', async (fault) => {
  await atEach([0, 1, 2], async (page) => {
    const { converged, server } = await setUp((prepared) => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) prepared.put(name);
      prepared.watchFaults.push({ fault: 'gone-event', after: 0 });
    });
    server.listFaults.push(...Array<Fault>(page).fill('none'), fault);
    server.put('a');
    server.remove('b');
    server.put('f');
    await converged();
    server.remove('f');
    await converged();
  });
});

const manners = ['whole', 'with-bookmarks', 'in-bytes'] as const;
const streams = streamFaults.flatMap((fault) => manners.map((manner) => ({ fault, manner })));
test.each(streams)('a watch fails with $fault after any number of events, twice, $manner', async (stream) => {
  const { fault, manner } = stream;
  await atEach([0, 1, 2, 3, 4], async (after) => {
    const { converged, server } = await setUp((prepared) => {
      prepared.manner = manner;
      prepared.put('a');
      prepared.put('b');
      prepared.watchFaults.push({ fault, after }, { fault, after: 0 });
    });
    server.put('c');
    server.remove('a');
    server.put('b');
    server.put('a');
    server.remove('c');
    await converged();
  });
});

test.each(anyFault)('a watch cannot be opened: %s, again and again, and then once more', async (fault) => {
  const { converged, server } = await setUp((prepared) => {
    prepared.put('a');
    prepared.watchFaults.push(fault, fault, fault, fault, 'none');
  });
  server.put('b');
  server.remove('a');
  await converged();
});

test.each(['list', 'watch'] as const)(
  'a busy server is asked to %s again no sooner than it said',
  async (verb) => {
    const { converged, server } = await setUp((prepared) => {
      prepared.put('a');
      if (verb === 'list') prepared.listFaults.push('busy-for-a-second');
      else prepared.watchFaults.push('busy-for-a-second');
    });
    const refused = server.requests.findIndex(
      (query) => (query.get('watch') === 'true') === (verb === 'watch'),
    );
    await vi.waitFor(() => expect(server.timesMs.length).toBeGreaterThan(refused + 1), { timeout: 10_000 });
    server.put('b');
    await converged();
    // Clocks tick in milliseconds, and timers may be one early.
    expect((server.timesMs[refused + 1] ?? 0) - (server.timesMs[refused] ?? 0)).toBeGreaterThanOrEqual(990);
  },
);

test('a compaction between two pages ends in a whole list', async () => {
  const { converged, server } = await setUp((prepared) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) prepared.put(name);
    prepared.watchFaults.push({ fault: 'gone-event', after: 0 });
  });
  server.put('a');
  for (let round = 0; round < 5; round += 1) {
    server.compact();
    server.put('b');
    server.remove('c');
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await converged();
});

// One that takes two bytes, which may come one by one.
const names = fc.constantFrom('a', 'b', 'c', 'd', 'é');
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), name: names }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), name: names }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('settle' as const), ms: fc.integer({ min: 0, max: 8 }) }),
  },
);
const late = fc.record({ fault: fc.constantFrom(...streamFaults), after: fc.integer({ min: 0, max: 5 }) });

test('random trouble in random places: the cache ends equal to the store', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 25 }),
      fc.array(fc.oneof(late, fc.constantFrom<Fault>('none', ...anyFault)), { maxLength: 6 }),
      fc.array(fc.constantFrom<Fault>('none', ...listFaults), { maxLength: 5 }),
      fc.constantFrom(...manners),
      async (actions, watching, listing, manner) => {
        const server = await startScriptedApiServer();
        server.manner = manner;
        for (const name of ['a', 'b', 'c']) server.put(name);
        server.watchFaults.push(...watching);
        server.listFaults.push(...listing);
        const { converged, close } = await follow(server);
        try {
          for (const item of actions) {
            if (item.do === 'put') server.put(item.name);
            else if (item.do === 'remove') server.remove(item.name);
            else if (item.do === 'compact') server.compact();
            else await new Promise<void>((resolve) => setTimeout(resolve, item.ms));
          }
          await converged();
        } finally {
          await close();
          await server.close();
        }
      },
    ),
    // A failure prints its seed and path; both can be given here to see it again.
    { numRuns: 15 },
  );
});
