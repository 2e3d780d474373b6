import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageSubscription } from '../../src/api/v1alpha1/index.ts';
import { createImageDiscovery, type ImageDiscovery } from '../../src/discovery/index.ts';
import { createEmbeddedRegistry } from '../../src/embedded/registry/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { createRegistryClient } from '../../src/oci/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { startTestServer } from '../support/http-server.ts';
import { pushImageFixtures, readImageFixtures } from '../support/image-fixtures.ts';
import { createOpenBudgets } from '../support/open-budgets.ts';
import { readTable } from '../support/tables.ts';

interface Input {
  readonly repository: string;
  readonly subscription: Readonly<Record<string, unknown>>;
}

interface Reference {
  readonly tag: string;
  readonly createdAt: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface World extends AsyncDisposable {
  readonly address: string;
  readonly images: ImageDiscovery;
  readonly digests: ReadonlyMap<string, string>;
}

const rows = readTable<Input, readonly Reference[]>('image-select.jsonl');
const { signal } = new AbortController();

describe.skipIf(rows === undefined)('reference table image-select, over the wire', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  test.each(['Digest', 'Lexical', 'NewestBuild', 'SemVer', 'default', 'Unknown'])(
    'strategy %s',
    async (group) => {
      const mine = (rows ?? []).filter((row) => row.group === group);
      expect(mine.length).toBeGreaterThan(0);
      for (const row of mine) {
        const got = await select(world, row.input);
        if (row.error === true) expect(got, row.id).toBe('error');
        else
          expect(got, row.id).toEqual(
            row.expect.map((item) => withDigest(world, row.input.repository, item)),
          );
      }
    },
  );
});

async function select({ images, address }: World, input: Input): Promise<unknown> {
  const repoURL = `${address}/${input.repository}`;
  const parsed = imageSubscription.safeParse({ ...input.subscription, repoURL });
  if (!parsed.success) return 'error';
  const found = await images
    .discover({ project: 'demo', subscription: parsed.data, notBeforeMs: 0 }, signal)
    .catch(() => 'error' as const);
  if (found === 'error') return found;
  return found.images.map(({ tag, digest, annotations, createdAtMs }) => ({
    tag,
    digest,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    createdAt: createdAtMs === undefined ? '0001-01-01T00:00:00Z' : formatMilliseconds(createdAtMs),
  }));
}

function withDigest(world: World, repository: string, reference: Reference): unknown {
  return {
    ...reference,
    digest: world.digests.get(`${repository}:${reference.tag}`),
    createdAt: reference.createdAt.replace(/(\.\d{3})\d+/, '$1'),
  };
}

function formatMilliseconds(timeMs: number): string {
  return new Date(Math.floor(timeMs)).toISOString().replace(/\.?0*Z$/, 'Z');
}

async function openWorld(): Promise<World> {
  const clock = createSystemClock();
  const registry = createEmbeddedRegistry({ clock });
  const server = await startTestServer((request, response) => {
    registry.handle(request, response);
  });
  const http = createHttpClient();
  const client = createRegistryClient({
    http,
    clock,
    random: createSystemRandom(),
    budgets: createOpenBudgets(),
  });
  return {
    address: server.address,
    digests: await pushImageFixtures(http, server.url, readImageFixtures()),
    images: createImageDiscovery({ registry: client, credentials: { find: async () => undefined }, clock }),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
