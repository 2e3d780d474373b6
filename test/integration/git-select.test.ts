import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GitSubscription } from '../../src/api/v1alpha1/index.ts';
import { createCommitDiscovery } from '../../src/discovery/index.ts';
import { createGitServer } from '../../src/embedded/git-server/index.ts';
import { createGitRepos } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { deliberateDifferences } from '../../tools/tables/differences.ts';
import { pushHistory, readGitFixtures } from '../support/git-import.ts';
import { startTestServer, type TestServer } from '../support/http-server.ts';
import { hasNativeGit } from '../support/native-git.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { readTable } from '../support/tables.ts';
import { knownFailures } from '../tables/known-failures.ts';

interface Input {
  readonly history: string;
  readonly subscription: Partial<GitSubscription>;
}

const signal = AbortSignal.timeout(120_000);
const rows = readTable<Input, readonly object[]>('git-select.jsonl')?.filter(
  ({ id, group }) =>
    group !== 'path' &&
    group !== 'pathset' &&
    !deliberateDifferences.has(id) &&
    knownFailures['git-select']?.[id] === undefined,
);

describe.skipIf(rows === undefined || !hasNativeGit)('reference table git-select over the network', () => {
  const clock = createSystemClock();
  const http = createHttpClient();
  const names = new Map<string, string>();
  let server: TestServer;
  beforeAll(async () => {
    const host = createGitServer({ clock }, {});
    server = await startTestServer((request, response) => {
      host.handle(request, response);
    });
    for (const [name, history] of Object.entries(readGitFixtures())) {
      host.createRepository(`fixtures/${name}`).head = `refs/heads/${history.head}`;
      const pushed = await pushHistory(`${server.url}/fixtures/${name}.git`, history);
      for (const [id, commit] of pushed) names.set(id, commit);
    }
  });
  afterAll(async () => {
    await http[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test.each(['Lexical', 'NewestTag', 'SemVer', 'NewestFromBranch', 'default', 'Bogus'])(
    'strategy %s',
    async (group) => {
      const { history } = createGitRepos({ http, clock, random: createSeededRandom() });
      const credentials = { find: async () => undefined };
      const discovery = createCommitDiscovery({ history, credentials, clock });
      const mine = (rows ?? []).filter((row) => row.group === group);
      expect(mine.length).toBeGreaterThan(0);
      for (const { id, input, error, expect: want } of mine) {
        const repoURL = `${server.url}/fixtures/${input.history}.git`;
        const subscription = { repoURL, ...input.subscription } as GitSubscription;
        const looked = discovery.discover({ project: 'demo', subscription, notBeforeMs: 0 }, signal);
        if (error === true) await expect(looked, id).rejects.toThrow();
        else {
          const { commits } = await looked;
          const got = commits.map(({ id: commit = '', ...rest }) => ({ commit: names.get(commit), ...rest }));
          expect(got, id).toEqual(want);
        }
      }
    },
  );
});
