import { describe, expect, test } from 'vitest';
import { chartSubscription } from '../../src/api/v1alpha1/index.ts';
import { createChartDiscovery } from '../../src/discovery/index.ts';
import { createEmbeddedRegistry } from '../../src/embedded/registry/index.ts';
import { createHttpCharts } from '../../src/helm/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { createImagePusher, createRegistryClient } from '../../src/oci/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { startTestServer } from '../support/http-server.ts';
import { createOpenBudgets } from '../support/open-budgets.ts';
import { readTable } from '../support/tables.ts';

interface Input {
  readonly kind: 'http' | 'oci' | 'bad-url';
  readonly name?: string;
  readonly repoURL?: string;
  readonly repoURLTrailingSlash?: boolean;
  readonly semverConstraint?: string;
  readonly discoveryLimit?: number;
  readonly index?: string;
  readonly indexStatus?: number;
  readonly tags?: readonly string[];
}

const rows = readTable<Input, readonly string[]>('chart-select.jsonl') ?? [];
const signal = AbortSignal.timeout(60_000);

describe.skipIf(rows.length === 0)('reference table chart-select, over the wire', () => {
  test.each(['http', 'oci', 'bad-url'])('repositories of kind %s', { timeout: 60_000 }, async (group) => {
    await using world = await openWorld();
    const mine = rows.filter((row) => row.group === group);
    expect(mine.length).toBeGreaterThan(0);
    for (const row of mine) {
      const repoURL = await world.serve(row.input);
      const { name = '', semverConstraint, discoveryLimit } = row.input;
      const given = { repoURL, name, semverConstraint, discoveryLimit };
      const got = await world.select(given);
      expect(got, row.id).toEqual(row.error === true ? 'error' : row.expect);
    }
  });
});

/** A registry and a chart repository that serve what a row says, and the real clients. */
async function openWorld() {
  const clock = createSystemClock();
  const random = createSystemRandom();
  const registry = createEmbeddedRegistry({ clock });
  let page = { status: 404, text: '' };
  const server = await startTestServer((request, response) => {
    if (request.url?.endsWith('/index.yaml')) response.writeHead(page.status).end(page.text);
    else registry.handle(request, response);
  });
  const http = createHttpClient();
  const deps = { http, clock, random, budgets: createOpenBudgets() };
  const pusher = createImagePusher(deps);
  const discovery = createChartDiscovery({
    charts: createHttpCharts(deps),
    registry: createRegistryClient(deps),
    credentials: { find: async () => undefined },
    clock,
  });
  /** Repositories by the tags that they have. */
  const pushed = new Map<string, string>();
  let served = 0;

  async function pushTags(tags: readonly string[]): Promise<string> {
    const key = tags.join();
    const known = pushed.get(key);
    if (known !== undefined) return known;
    const repository = `${server.address}/charts/app-${pushed.size}`;
    pushed.set(key, repository);
    const draft = { created: '2026-01-01T00:00:00Z', content: key };
    for (const tag of tags) await pusher.pushImage({ repoURL: repository }, tag, draft, signal);
    return repository;
  }

  return {
    async serve(input: Input): Promise<string> {
      if (input.repoURL !== undefined) return input.repoURL;
      if (input.kind === 'oci') return `oci://${await pushTags(input.tags ?? [])}`;
      page = { status: input.indexStatus ?? 200, text: input.index ?? '' };
      return `${server.url}/repository-${++served}${input.repoURLTrailingSlash ? '/' : ''}`;
    },
    async select(given: object): Promise<readonly string[] | 'error'> {
      const parsed = chartSubscription.safeParse(given);
      if (!parsed.success) return 'error';
      const look = { project: 'demo', subscription: parsed.data, notBeforeMs: clock.nowMs() };
      const found = await discovery.discover(look, signal).catch(() => undefined);
      return found?.versions ?? 'error';
    },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
