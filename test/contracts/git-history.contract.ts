import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilePathRule, type PathRule } from '../../src/domain/index.ts';
import { createGitRepos } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { GitHistory, GitRemote } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import type { TestGitHost } from '../support/git-hosts.ts';
import { longHistory, pushHistory, pushMore } from '../support/git-import.ts';
import type { FixtureCommit, FixtureHistory } from '../support/git-rows.ts';
import { createMemoryHostKeys } from '../support/memory-host-keys.ts';
import { createMemoryMetrics } from '../support/memory-metrics.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const signal = AbortSignal.timeout(600_000);

/** A process as far as git is concerned, with counted requests and bytes. */
interface Process {
  readonly history: GitHistory;
  /** Requests that carry objects, and bytes of all answers, since the last call. */
  cost(): { readonly fetches: number; readonly bytes: number };
}

/** A repository with a history, the names of its commits by id, and a URL with credentials for native git. */
interface Seeded {
  readonly remote: GitRemote;
  readonly url: string;
  readonly names: ReadonlyMap<string, string>;
}

/** What `GitHistory` promises, against a host. */
export function describeGitHistory(name: string, startHost: () => Promise<TestGitHost>): void {
  describe(`GitHistory against ${name}`, { timeout: 120_000 }, () => {
    let host: TestGitHost;
    let count = 0;
    /** A repository that the tests only read. */
    let shared: Seeded;
    const http = createHttpClient();
    const hostKeys = createMemoryHostKeys();
    beforeAll(async () => {
      host = await startHost();
      shared = await seed(merged);
    });
    afterAll(async () => {
      await http[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    });

    function startProcess(): Process {
      const metrics = createMemoryMetrics();
      const { history } = createGitRepos({
        http,
        clock: createSystemClock(),
        random: createSeededRandom(++count),
        metrics,
        hostKeys,
      });
      const { host: name } = new URL(shared.remote.url);
      const read = (): { bytes: number; fetches: number } => ({
        bytes: metrics.read('git_received_bytes_total', { host: name }),
        fetches: metrics.read('git_requests_total', { host: name, operation: 'fetch', result: 'ok' }),
      });
      let last = read();
      return {
        history,
        cost() {
          const now = read();
          const cost = { bytes: now.bytes - last.bytes, fetches: now.fetches - last.fetches };
          last = now;
          return cost;
        },
      };
    }

    async function seed(history: FixtureHistory): Promise<Seeded> {
      const address = await host.createRepository(`history-${++count}`);
      const url = host.nativeUrl(address);
      const names = await pushHistory(url, history);
      const credential = { identity: 'secret demo/git', ...host.credential };
      return { remote: { url: address, credential }, url, names };
    }

    test('references are listed by prefix, tags with what they lead to', async () => {
      const { remote, names } = shared;
      const { history } = startProcess();
      const refs = await history.listRefs(remote, ['HEAD', 'refs/heads/', 'refs/tags/v1'], signal);
      const shown = refs.map((ref) => [ref.name, names.get(ref.peeled ?? ref.id), ref.peeled !== undefined]);
      expect(shown.sort()).toEqual([
        ['HEAD', 'm4', false],
        ['refs/heads/main', 'm4', false],
        ['refs/heads/side', 's2', false],
        ['refs/tags/v1', 'm1', false],
        ['refs/tags/v1.1', 'm3', true],
      ]);
    });

    test('a walk follows first parents and knows when it is whole', async () => {
      const { remote, names } = shared;
      const { history } = startProcess();
      const head = await headOf(history, remote);
      const walk = async (most: number): Promise<unknown> => {
        const got = await history.walk(remote, { head, count: most }, signal);
        return [got.commits.map(({ id }) => names.get(id)), got.isWhole];
      };
      expect(await walk(2)).toEqual([['m4', 'm3'], false]);
      expect(await walk(4)).toEqual([['m4', 'm3', 'm2', 'm1'], true]);
      expect(await walk(40)).toEqual([['m4', 'm3', 'm2', 'm1'], true]);
      const { commits } = await history.walk(remote, { head, count: 1 }, signal);
      expect(commits[0]).toMatchObject({
        author: 'Ann <ann@example.com>',
        committer: 'Bob <bob@example.com>',
        committedAt: { timeSec: Date.UTC(2024, 0, 4) / 1000, offsetSec: 19_800 },
        message: 'last\n\nbody\n',
      });
    });

    test('a long history is fetched in pages, without trees and files, and only once', async () => {
      const { remote, url } = await seed(longHistory(1_500));
      const { history, cost } = startProcess();
      const head = await headOf(history, remote);
      cost();
      const first = await history.walk(remote, { head, count: 32 }, signal);
      expect(first.commits.map(({ message }) => message.trim()).slice(0, 2)).toEqual([
        'commit 1499',
        'commit 1498',
      ]);
      const spent = cost();
      expect(spent.fetches).toBe(1);
      expect(spent.bytes).toBeLessThan(20_000);
      expect((await history.walk(remote, { head, count: 64 }, signal)).commits).toHaveLength(64);
      expect(cost().fetches).toBe(1);
      await history.walk(remote, { head, count: 64 }, signal);
      expect(cost().fetches, 'what is known is not asked for').toBe(0);
      const moved = await pushMore(url, 'main', ['one more', 'and one']);
      expect(await headOf(history, remote)).toBe(moved);
      cost();
      const after = await history.walk(remote, { head: moved, count: 64 }, signal);
      expect(after.commits[2]?.id).toBe(head);
      const more = cost();
      expect(more.fetches).toBe(1);
      expect(more.bytes, 'only what is new is sent').toBeLessThan(2_000);
    });

    test('tags are read in one request, with their own words when they are annotated', async () => {
      const { remote, names } = shared;
      const { history, cost } = startProcess();
      const refs = await history.listRefs(remote, ['refs/tags/'], signal);
      cost();
      const tags = await history.readTags(remote, refs, signal);
      expect(cost().fetches).toBe(1);
      const byName = Object.fromEntries(tags.map((tag) => [tag?.name, tag]));
      expect(names.get(byName['v1']?.commit.id ?? '')).toBe('m1');
      expect(byName['v1']?.annotation).toBeUndefined();
      expect(byName['v1.1']).toMatchObject({
        commit: { message: 'merge\n' },
        annotation: {
          tagger: 'Bob <bob@example.com>',
          taggedAt: { timeSec: Date.UTC(2024, 0, 9) / 1000, offsetSec: 0 },
          message: 'Release\n',
        },
      });
      await history.readTags(remote, refs, signal);
      expect(cost().fetches).toBe(0);
    });

    const paths: { include: string[]; exclude?: string[]; want: string[]; because: string }[] = [
      { include: ['apps/a'], want: ['m2', 'm3', 'm4'], because: 'a merge brings what its branch changed' },
      { include: ['apps/b'], want: ['m1'], because: 'the first commit changes all that it has' },
      { include: ['glob:**/*.md'], want: ['m3'], because: 'names decide' },
      { include: ['apps'], exclude: ['apps/a'], want: ['m1'], because: 'the rest of a folder' },
      { include: ['regex:^grüße/'], want: ['m2'], because: 'names are what they are' },
      { include: ['nowhere'], want: [], because: 'nothing lies there' },
      { include: ['apps/a/new.yaml'], want: ['m4'], because: 'a renamed file is a new one' },
      { include: ['apps/a/old.yaml'], want: ['m2', 'm4'], because: 'and the end of an old one' },
    ];
    test.each(paths)('of the commits, $want touch $include', async ({ include, exclude, want, because }) => {
      const { remote, names } = shared;
      const { history } = startProcess();
      const { commits } = await history.walk(
        remote,
        { head: await headOf(history, remote), count: 10 },
        signal,
      );
      const rule = ruleOf(include, exclude);
      const found = await history.findTouching(
        remote,
        { commits: commits.map(({ id }) => id), rule },
        signal,
      );
      expect([...found].map((id) => names.get(id)).sort(), because).toEqual(want);
    });

    test('folders are read level by level for all commits together', async () => {
      const { remote } = await seed(longHistory(40));
      const { history, cost } = startProcess();
      const head = await headOf(history, remote);
      const { commits } = await history.walk(remote, { head, count: 32 }, signal);
      cost();
      const request = { commits: commits.map(({ id }) => id), rule: ruleOf(['apps/app-7']) };
      expect((await history.findTouching(remote, request, signal)).size).toBe(0);
      expect(cost().fetches, 'the roots, the apps').toBe(2);
    });

    test('what is cached is not shown to an identity that has no access', async () => {
      const { remote } = shared;
      const { history } = startProcess();
      const head = await headOf(history, remote);
      await history.walk(remote, { head, count: 4 }, signal);
      const stranger: GitRemote = {
        url: remote.url,
        credential: { identity: 'secret other/git', ...host.stranger },
      };
      const refs = await history.listRefs(remote, ['refs/tags/'], signal);
      await history.readTags(remote, refs, signal);
      const touching = { commits: [head], rule: ruleOf(['apps']) };
      await history.findTouching(remote, touching, signal);
      // Ids are no secret: logs, statuses and other repositories name them.
      const peeks = {
        walk: () => history.walk(stranger, { head, count: 4 }, signal),
        readTags: () => history.readTags(stranger, refs, signal),
        findTouching: () => history.findTouching(stranger, touching, signal),
        listRefs: () => history.listRefs(stranger, [], signal),
      };
      for (const [name, peek] of Object.entries(peeks)) {
        await expect(peek(), name).rejects.toMatchObject({ code: 'git.auth-failed' });
      }
    });
  });
}

async function headOf(history: GitHistory, remote: GitRemote): Promise<string> {
  const [head] = await history.listRefs(remote, ['HEAD'], signal);
  return head?.id ?? '';
}

function ruleOf(include: readonly string[], exclude: readonly string[] = []): PathRule {
  const compiled = compilePathRule(include, exclude);
  if (!compiled.ok || compiled.rule === undefined) throw new Error('no rule');
  return compiled.rule;
}

function commit(
  name: string,
  day: number,
  change: Pick<FixtureCommit, 'changes' | 'parents'> & Partial<FixtureCommit>,
): FixtureCommit {
  const date = new Date(Date.UTC(2024, 0, day)).toISOString();
  return {
    name,
    branch: 'main',
    message: name,
    author: 'Ann <ann@example.com>',
    authorDate: date,
    committer: 'Bob <bob@example.com>',
    committerDate: date,
    ...change,
  };
}

/** A branch that was merged, a rename, and tags of both kinds. */
const merged: FixtureHistory = {
  head: 'main',
  commits: [
    commit('m1', 1, { parents: null, changes: { 'apps/b/values.yaml': 'b', 'README.txt': 'r' } }),
    commit('s1', 2, { parents: ['m1'], branch: 'side', changes: { 'apps/a/side.yaml': '1' } }),
    commit('m2', 2, { parents: ['m1'], changes: { 'apps/a/old.yaml': 'x\ny\nz\n', 'grüße/ü': '1' } }),
    commit('s2', 3, { parents: ['s1'], branch: 'side', changes: { 'docs/a.md': '1' } }),
    commit('m3', 3, {
      parents: ['m2', 's2'],
      message: 'merge',
      changes: { 'apps/a/side.yaml': '1', 'docs/a.md': '1' },
    }),
    commit('m4', 4, {
      parents: ['m3'],
      message: 'last\n\nbody',
      committerDate: '2024-01-04T05:30:00+05:30',
      changes: { 'apps/a/old.yaml': null, 'apps/a/new.yaml': 'x\ny\nz\n' },
    }),
  ],
  tags: [
    { name: 'v1', target: 'm1' },
    {
      name: 'v1.1',
      target: 'm3',
      tagger: 'Bob <bob@example.com>',
      date: '2024-01-09T00:00:00Z',
      message: 'Release',
    },
    { name: 'x', target: 's2' },
  ],
};
