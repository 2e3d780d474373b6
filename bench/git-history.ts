import { gitSubscription } from '../src/api/v1alpha1/index.ts';
import { createCommitDiscovery } from '../src/discovery/index.ts';
import { createGitRepos } from '../src/git/index.ts';
import { createHttpClient } from '../src/http/index.ts';
import { createPromMetrics, createSystemClock, createSystemRandom } from '../src/telemetry/index.ts';
import { startGitHttpBackend } from '../test/support/git-http-backend.ts';
import { git } from '../test/support/native-git.ts';
import type { Bench, Figure } from './support/bench.ts';
import { parseSamples } from './support/scrape.ts';

const commits = 100_000;
const tags = 10_000;
const repository = 'long';

const looks: readonly { readonly name: string; readonly subscription: Readonly<Record<string, unknown>> }[] =
  [
    { name: 'newest commits of a branch', subscription: { branch: 'main' } },
    {
      name: 'newest commits below a path that every 100th changes',
      subscription: { branch: 'main', includePaths: ['apps/app-7'], discoveryLimit: 5 },
    },
    { name: 'newest tags', subscription: { commitSelectionStrategy: 'NewestTag' } },
    {
      name: 'tags by SemVer',
      subscription: { commitSelectionStrategy: 'SemVer', semverConstraint: '^1.0.0' },
    },
    { name: 'tags by name', subscription: { commitSelectionStrategy: 'Lexical' } },
  ];

/** Discovery in a long history with many tags, on native git's own server, by one process that knows nothing yet. */
export const gitHistoryBench: Bench = {
  name: 'git-history',
  about: `discovery among ${commits} commits and ${tags} tags on native git's own server`,
  async run({ signal }) {
    await using host = await startGitHttpBackend();
    const url = await host.createRepository(repository);
    await git(host.folderOf(repository), ['fast-import', '--quiet'], { input: toImport() });
    await git(host.folderOf(repository), ['repack', '-adbq']);
    await git(host.folderOf(repository), ['pack-refs', '--all']);
    const figures: Figure[] = [];
    for (const { name, subscription } of looks) {
      const http = createHttpClient();
      const { metrics, render } = createPromMetrics();
      const clock = createSystemClock();
      const repos = createGitRepos({ http, metrics, clock, random: createSystemRandom() });
      const { username, password } = host;
      const credentials = { find: async () => ({ identity: 'bench', username, password }) };
      const discovery = createCommitDiscovery({ history: repos.history, credentials, clock });
      const parsed = gitSubscription.parse({ repoURL: url, ...subscription });
      const ask = async (previous?: Awaited<ReturnType<typeof discovery.discover>>) => {
        const startMs = performance.now();
        const earlier = previous && {
          repoURL: url,
          commits: previous.commits,
          observedRefs: previous.observedRefs,
        };
        const look = { project: 'bench', subscription: parsed, notBeforeMs: Number.POSITIVE_INFINITY };
        const found = await discovery.discover({ ...look, previous: earlier }, signal);
        const { text } = await render();
        return { found, tookMs: performance.now() - startMs, counted: count(text) };
      };
      const first = await ask();
      const again = await ask(first.found);
      await http[Symbol.asyncDispose]();
      figures.push(
        { name: `${name}, first`, value: first.tookMs, unit: 'ms' },
        { name: `${name}, requests, first`, value: first.counted.requests, unit: '' },
        { name: `${name}, received, first`, value: first.counted.kib, unit: 'KiB' },
        {
          name: `${name}, requests, again`,
          value: again.counted.requests - first.counted.requests,
          unit: '',
        },
      );
    }
    return figures;
  },
};

function count(text: string): { readonly requests: number; readonly kib: number } {
  const samples = parseSamples(text);
  const sum = (name: string): number =>
    samples.filter((sample) => sample.name === name).reduce((total, { value }) => total + value, 0);
  return { requests: sum('git_requests_total'), kib: sum('git_received_bytes_total') / 1024 };
}

/** What `git fast-import` reads: a straight history, each commit changes a file of its own of a hundred; tags on every tenth. */
function toImport(): Buffer {
  const parts: string[] = [];
  for (let index = 0; index < commits; index += 1) {
    const message = `commit ${index}`;
    const text = `value: ${index}\n`;
    parts.push(
      `commit refs/heads/main\nmark :${index + 1}\ncommitter Bench <bench@example.com> ${1_600_000_000 + index * 60} +0000\n`,
      `data ${message.length}\n${message}\n`,
      `M 100644 inline apps/app-${index % 100}/values.yaml\ndata ${text.length}\n${text}\n`,
    );
  }
  for (let tag = 0; tag < tags; tag += 1) {
    const version = `v1.${Math.floor(tag / 100)}.${tag % 100}`;
    parts.push(`reset refs/tags/${version}\nfrom :${(tag + 1) * (commits / tags)}\n`);
  }
  return Buffer.from(parts.join(''));
}
