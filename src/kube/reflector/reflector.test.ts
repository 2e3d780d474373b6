import { expect, onTestFinished, test, vi } from 'vitest';
import { createMemoryMetrics } from '../../../test/support/memory-metrics.ts';
import { fc } from '../../../test/support/properties.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { type Fault, startScriptedApiServer } from '../../../test/support/scripted-api-server.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { widgetType } from '../../../test/support/widget.ts';
import type { Clock } from '../../ports/index.ts';
import { createKubeClient, type KubeClientOptions } from '../client.ts';

/** Real time: these tests speak to a real server. */
const clock: Clock = {
  nowMs: () => Date.now(),
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
const fast: KubeClientOptions = {
  pageSize: 2,
  watchSeconds: { min: 0, max: 0 },
  graceMs: 200,
  backoff: { baseMs: 1, maxMs: 5 },
  timeoutMs: 5000,
};
const live = new AbortController().signal;

async function setUp(prepare: (server: Awaited<ReturnType<typeof startScriptedApiServer>>) => void) {
  const server = await startScriptedApiServer();
  onTestFinished(() => server.close());
  prepare(server);
  const log = createRecordingLog();
  let aheadMs = 0;
  const moved: Clock = { ...clock, nowMs: () => clock.nowMs() + aheadMs };
  const setTime = (ms: number): void => {
    aheadMs = ms;
  };
  const deps = { clock: moved, random: createSeededRandom(5), log, metrics: createMemoryMetrics() };
  const client = await createKubeClient(deps, { server: server.url, token: 'secret' }, fast);
  onTestFinished(() => client.close());
  await client.start([{ type: widgetType }], live);
  const held = (): string[] =>
    client.reader
      .list(widgetType)
      .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
      .sort();
  const converged = () =>
    vi.waitFor(() => expect(held()).toEqual(server.content()), { interval: 2, timeout: 10_000 });
  return { server, client, held, converged, log, setTime };
}

const anyFault: Fault[] = [
  'reset',
  'status-500',
  'status-429',
  'status-410',
  'status-404',
  'status-403',
  'login-page',
];
test.each(anyFault)('a list that fails with %s is repeated', async (fault) => {
  const { held } = await setUp((server) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) server.put(name);
    server.listFaults.push(fault, fault);
  });
  expect(held()).toHaveLength(5);
});

test('paging that outlives the memory of the server ends in one whole list', async () => {
  const { server, held } = await setUp((prepared) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) prepared.put(name);
  });
  server.watchFaults.push('gone-event');
  // The first page is answered, the second is not.
  const pages: Fault[] = ['end-at-once', 'status-410'];
  server.listFaults.push(...pages);
  await vi.waitFor(
    () =>
      expect(
        server.requests.some((query) => query.get('watch') === null && query.get('limit') === null),
      ).toBe(true),
    {
      interval: 2,
      timeout: 5000,
    },
  );
  expect(held()).toEqual(server.content());
});

const watchFaults: Fault[] = [
  ...anyFault,
  'half-open',
  'reset-later',
  'gone-event',
  'error-event',
  'garbage',
  'truncated',
  'unknown-event',
  'end-at-once',
];
test.each(watchFaults)('a watch that fails with %s loses nothing', async (fault) => {
  const { server, converged } = await setUp((prepared) => {
    prepared.put('a');
    prepared.put('b');
    prepared.watchFaults.push(fault, fault);
  });
  server.put('c');
  server.remove('a');
  server.put('b');
  await converged();
  server.put('d');
  await converged();
});

test('a deletion before a compaction is found by the list', async () => {
  const { server, converged } = await setUp((prepared) => {
    prepared.put('a');
    prepared.put('b');
    prepared.watchFaults.push('end-at-once', 'end-at-once');
  });
  server.remove('a');
  server.compact();
  await converged();
});

test('lists are paged, watches ask for bookmarks and an end', async () => {
  const { server } = await setUp((prepared) => {
    for (const name of ['a', 'b', 'c']) prepared.put(name);
  });
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThanOrEqual(3), { interval: 2 });
  const [first, second, watch] = server.requests;
  expect(first?.get('limit')).toBe('2');
  expect(second?.get('continue')).toBe('2:13');
  expect(watch?.get('allowWatchBookmarks')).toBe('true');
  expect(watch?.get('timeoutSeconds')).toBe('0');
  expect(watch?.get('resourceVersion')).toBe('13');
});

test('health names the watch that keeps failing, until it works again', async () => {
  const { server, client, setTime } = await setUp((prepared) => {
    prepared.watchFaults.push('status-500');
  });
  expect(client.health()).toEqual({ healthy: true });
  server.listFaults.push(...Array<Fault>(1000).fill('status-500'));
  server.watchFaults.push(...Array<Fault>(1000).fill('status-500'));
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(10), { interval: 2 });
  setTime(61_000);
  expect(client.health()).toMatchObject({
    healthy: false,
    sentence: expect.stringMatching(/^widgets cannot be/),
  });
  server.listFaults.length = 0;
  server.watchFaults.length = 0;
  await vi.waitFor(() => expect(client.health()).toEqual({ healthy: true }), { interval: 2, timeout: 5000 });
});

test('random trouble: the cache ends equal to the server', async () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('put' as const), name: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ do: fc.constant('remove' as const), name: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ do: fc.constant('compact' as const) }),
    fc.record({ do: fc.constant('settle' as const) }),
  );
  const usual = watchFaults.filter((fault) => fault !== 'half-open');
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 12 }),
      fc.array(fc.constantFrom(...usual), { maxLength: 5 }),
      fc.array(fc.constantFrom(...anyFault), { maxLength: 2 }),
      async (actions, watching, listing) => {
        const { server, converged, client } = await setUp((prepared) => {
          prepared.put('a');
          prepared.watchFaults.push(...watching);
          prepared.listFaults.push(...listing);
        });
        for (const item of actions) {
          if (item.do === 'put') server.put(item.name);
          else if (item.do === 'remove') server.remove(item.name);
          else if (item.do === 'compact') server.compact();
          else await new Promise<void>((resolve) => setImmediate(resolve));
        }
        await converged();
        await client.close();
        await server.close();
      },
    ),
    { numRuns: 25 },
  );
});
