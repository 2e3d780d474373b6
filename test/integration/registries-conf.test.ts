import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageSubscription } from '../../src/api/v1alpha1/index.ts';
import { createImageDiscovery } from '../../src/discovery/index.ts';
import { createEmbeddedRegistry } from '../../src/embedded/registry/index.ts';
import { createHostBudgets, createHttpClient } from '../../src/http/index.ts';
import { createImagePusher, createRegistryClient } from '../../src/oci/index.ts';
import { settingsOf } from '../../src/secrets/index.ts';
import { createTestCredentials } from '../support/credentials.ts';
import { startTestServer, type TestServer } from '../support/http-server.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

// A registry that is reached as `registries.conf` says, with what a program gives, by a client that scans for a Warehouse.

const { signal } = new AbortController();
const clock = createManualClock();
const auth = { kind: 'bearer' as const, username: 'robot', password: 'first' };
const http = createHttpClient();
const random = createSeededRandom(1);
let server: TestServer;

beforeAll(async () => {
  const registry = createEmbeddedRegistry({ clock }, { auth });
  server = await startTestServer((request, response) => registry.handle(request, response));
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('a mirror with short-lived passwords of a program is read on, whatever becomes of the passwords', async () => {
  const conf = `registries:
- name: mirror
  prefix: ghcr.io/team
  api_url: http://${server.address}
  credentials: ext:/scripts/login.sh
`;
  let runs = 0;
  const { desk, registries } = createTestCredentials(
    {
      clock,
      readFile: () => conf,
      programs: {
        run: async () => {
          runs += 1;
          return { exitCode: 0, output: `robot:${auth.password}\n`, errorOutput: '' };
        },
      },
    },
    { registries: { file: '/conf' }, allowed: { variables: [], programs: ['/scripts'] } },
  );
  const hosts = (host: string, repository: string | undefined) =>
    settingsOf(registries.peek().conf, host, repository);
  const deps = {
    http,
    clock,
    random,
    budgets: createHostBudgets({ clock, random }, { requestsPerSecond: 1e6 }),
  };
  const credential = { identity: 'pusher', username: 'robot', password: 'first' };
  const draft = { created: '2026-01-01T00:00:00Z', content: 'x' };
  const at = { repoURL: `${server.address}/team/app`, credential };
  const digest = await createImagePusher(deps).pushImage(at, '1.0.0', draft, signal);

  const images = createImageDiscovery({
    registry: createRegistryClient(deps, { hosts }),
    credentials: desk,
    clock,
  });
  const look = () =>
    images.discover(
      {
        project: 'demo',
        subscription: imageSubscription.parse({ repoURL: 'ghcr.io/team/app' }),
        notBeforeMs: Number.POSITIVE_INFINITY,
      },
      signal,
    );
  expect((await look()).images).toMatchObject([{ tag: '1.0.0', digest }]);
  expect(runs).toBe(1);

  auth.password = 'second';
  await clock.advance(3_600_000);
  expect((await look()).images).toMatchObject([{ tag: '1.0.0', digest }]);
  expect(runs).toBe(2);
});
