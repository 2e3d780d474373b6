import { beforeEach, describe, expect, test } from 'vitest';
import type { ForgeRepo, Forges, MergeOrder, PullRequest, PullRequestDraft } from '../../src/ports/index.ts';

/** What hosts do differently, and rightly so. */
export interface ForgeTraits {
  readonly hasLabels: boolean;
  readonly hasAssignees: boolean;
  /** What the host takes only after a pull request is opened. */
  readonly isFurnishedLater: readonly ('labels' | 'reviewers' | 'assignees')[];
  /** Whoever may read may open pull requests too. */
  readonly readersPropose?: boolean;
  /** The host has no limit of its own that a test could reach. */
  readonly isUnlimited?: boolean;
  /** A second pull request for the same branches is refused, or is the first one again. */
  readonly duplicates: 'rejected' | 'adopted';
  /** What is said of a pull request with conflicts, and of one that lacks a check. */
  readonly conflict: 'refused' | 'not-ready';
  readonly blocked: 'refused' | 'not-ready';
  /** The methods, each with the number of parents of the commit that the base has after it. */
  readonly methods: readonly { readonly method: string; readonly parents: number }[];
  /** Can the host be told to merge by itself? */
  readonly hasAutoMerge: boolean;
  /** A method that merges only where the base has not moved. */
  readonly fastForward?: string;
}

/** A host with one repository, whose branches the suite may move. */
export interface ForgeFixture {
  readonly forges: Forges;
  readonly repo: ForgeRepo;
  /** The same repository with a credential that the host does not accept. */
  readonly repoWithWrongToken: ForgeRepo;
  /** The same repository with a credential that may only read. */
  readonly repoOfReader: ForgeRepo;
  /** Login names: of the credential of `repo`, and of that which may only read. */
  readonly writer: string;
  readonly reader: string;
  /** A repository that the host does not have. */
  readonly missingRepo: ForgeRepo;
  /** Makes a branch from main with one commit more that writes this file. Gives the commit. */
  makeBranch(branch: string, file: string): Promise<string>;
  /** Commits a file to a branch that exists. Gives the commit. */
  commit(branch: string, file: string, text: string): Promise<string>;
  removeBranch(branch: string): Promise<void>;
  /** The commit of a branch and how many parents it has. */
  tip(branch: string): Promise<{ readonly commit: string; readonly parents: number }>;
  /** Merges as a person would at the host. */
  merge(number: number): Promise<void>;
  /** Closes without merging as a person would. */
  close(number: number): Promise<void>;
  /** Has a check missing that the host demands, or no longer. */
  block(number: number, isBlocked: boolean): Promise<void>;
  /** Empties the merge queue; hosts without queues have nothing to do. */
  runQueue(end: 'merged' | 'failed'): Promise<void>;
  /** Waits until the host knows whether a pull request can be merged. */
  settle(number: number, state?: 'clean' | 'conflict'): Promise<void>;
  /** What a person sees. */
  read(number: number): Promise<
    Pick<PullRequestDraft, 'title' | 'body' | 'labels' | 'reviewers' | 'assignees'> & {
      /** Oldest first. */
      readonly comments: readonly string[];
    }
  >;
  /** Lets the host do what it does by itself. */
  pause(): Promise<void>;
  /** Makes the host refuse all further requests for a while. */
  exhaust(): Promise<void>;
}

const maxTries = 200;

/** What every adapter of the port `Forges` must do. */
export function testForges(name: string, traits: ForgeTraits, start: () => Promise<ForgeFixture>): void {
  describe(`forges: ${name}`, () => {
    const never = new AbortController().signal;
    let fixture: ForgeFixture;
    beforeEach(async () => {
      fixture = await start();
    });

    const open = (headBranch: string, more: Partial<PullRequestDraft> = {}): Promise<PullRequest> => {
      const draft = { headBranch, baseBranch: 'main', title: `Add ${headBranch}`, body: 'words', labels: [] };
      return fixture.forges.openPullRequest(fixture.repo, { ...draft, ...more }, never);
    };
    const openNew = async (headBranch: string, more: Partial<PullRequestDraft> = {}) => {
      await fixture.makeBranch(headBranch, 'a.txt');
      return open(headBranch, more);
    };
    const get = (number: number) => fixture.forges.getPullRequest(fixture.repo, number, never);
    const merge = async (number: number, order: MergeOrder = {}) => {
      await fixture.settle(number);
      return fixture.forges.mergePullRequest(fixture.repo, number, order, never);
    };
    /** A busy host may still be finding out whether it can merge. */
    const mergeOnceReady = async (number: number, order: MergeOrder = {}, mostTries = maxTries) => {
      let outcome = await merge(number, order);
      for (let tries = 0; tries < mostTries && outcome.kind === 'not-ready'; tries++) {
        await fixture.pause();
        outcome = await merge(number, order);
      }
      return outcome;
    };
    const waitUntilClosed = async (number: number) => {
      for (let tries = 0; tries < maxTries && (await get(number)).isOpen; tries++) await fixture.pause();
    };
    const list = async (headBranch: string, state: 'open' | 'all', baseBranch?: string) => {
      const filter = { headBranch, state, ...(baseBranch === undefined ? {} : { baseBranch }) };
      return fixture.forges.listPullRequests(fixture.repo, filter, never);
    };
    const numbers = (pulls: readonly PullRequest[]) => pulls.map(({ number }) => number);

    describe('opening and finding', () => {
      test('opens a pull request and reads it again', async () => {
        const headCommit = await fixture.makeBranch('a', 'a.txt');
        const opened = await open('a');
        expect(opened).toMatchObject({
          isOpen: true,
          isMerged: false,
          headBranch: 'a',
          baseBranch: 'main',
          headCommit,
        });
        expect(opened.number).toBeGreaterThan(0);
        expect(URL.canParse(opened.url)).toBe(true);
        const { mergeCommit: _, ...rest } = opened;
        expect(await get(opened.number)).toMatchObject(rest);
        expect(await list('a', 'open')).toMatchObject([rest]);
      });

      test('finds pull requests by head branch, newest first', async () => {
        await fixture.makeBranch('a', 'a.txt');
        await fixture.makeBranch('b', 'b.txt');
        const first = await open('a');
        await open('b');
        await fixture.close(first.number);
        const second = await open('a');
        expect(numbers(await list('a', 'open'))).toEqual([second.number]);
        expect(numbers(await list('a', 'all'))).toEqual([second.number, first.number]);
        expect(numbers(await list('a', 'all', 'main'))).toEqual([second.number, first.number]);
        expect(numbers(await list('a', 'all', 'elsewhere'))).toEqual([]);
      });

      test.each(['feature/deep/er', 'fix#42', 'promote/prod#1/größer_100%', 'a+b&c=d', 'say"so"'])(
        'branch %s',
        async (branch) => {
          const headCommit = await fixture.makeBranch(branch, 'a.txt');
          const opened = await open(branch);
          expect(await get(opened.number)).toMatchObject({ headBranch: branch, headCommit });
          expect(numbers(await list(branch, 'all', 'main'))).toEqual([opened.number]);
          expect(await mergeOnceReady(opened.number)).toMatchObject({ kind: 'merged' });
        },
      );

      test('a long title leaves room for the mark of a draft', async () => {
        const { number } = await openNew('a', { title: 'long '.repeat(200), isDraft: true });
        expect((await fixture.read(number)).title).toMatch(/long long .*…$/);
        expect(await merge(number)).toEqual({ kind: 'not-ready', reason: 'it is a draft' });
      });

      test('keeps a title and a body in any script', async () => {
        const title = 'Größer, 更大, больше 🚀 "quoted" <b>';
        const body = 'zwei\n\n- Zeilen 🚢\n- `code`\r\n';
        const { number } = await openNew('a', { title, body });
        expect(await fixture.read(number)).toMatchObject({ title, body });
      });

      test('gives the host no more text than it takes', async () => {
        const body = '🚀 long\n'.repeat(20_000);
        const { number } = await openNew('a', { title: 'long '.repeat(200), body });
        const read = await fixture.read(number);
        expect(body.startsWith(read.body.replace(/…$/, ''))).toBe(true);
        expect(read.body.length).toBeGreaterThan(3900);
        expect(read.title).toMatch(/^long long .*…$/);
      });

      test('a second pull request for the same branches is never made', async () => {
        const first = await openNew('a');
        const second = await open('a').catch((error: unknown) => error);
        if (traits.duplicates === 'rejected') expect(second).toMatchObject({ code: 'forge.rejected' });
        else expect(second).toMatchObject({ number: first.number });
        expect(numbers(await list('a', 'all'))).toEqual([first.number]);
      });

      test('a missing branch is refused by name', async () => {
        const refusal = await open('nowhere').catch((error: unknown) => error);
        expect(refusal).toMatchObject({
          code: expect.stringMatching(/^forge\.(?:rejected|not-found)$/),
          message: expect.stringContaining('"nowhere"'),
        });
      });
    });

    describe('people and labels', () => {
      test('puts labels on, also such as the host has never seen', async () => {
        await fixture.makeBranch('b', 'b.txt');
        const first = await openNew('a', { labels: ['release', 'größe/xl'] });
        const second = await open('b', { labels: ['release'] });
        const labelsOf = async ({ number }: PullRequest) => [...(await fixture.read(number)).labels].sort();
        expect(await labelsOf(first)).toEqual(traits.hasLabels ? ['größe/xl', 'release'] : []);
        expect(await labelsOf(second)).toEqual(traits.hasLabels ? ['release'] : []);
      });

      test('asks reviewers', async () => {
        const { number } = await openNew('a', { reviewers: [fixture.reader] });
        expect((await fixture.read(number)).reviewers).toEqual([fixture.reader]);
      });

      test('assigns people, or says that the host cannot', async () => {
        const opened = await openNew('a', { assignees: [fixture.writer] }).catch((error: unknown) => error);
        if (!traits.hasAssignees) {
          expect(opened).toMatchObject({ code: 'forge.unsupported' });
          expect(await list('a', 'all')).toEqual([]);
        } else {
          const [pull] = await list('a', 'all');
          expect((await fixture.read(pull?.number ?? 0)).assignees).toEqual([fixture.writer]);
        }
      });
    });

    test('finds pull requests by base branch alone', async () => {
      await fixture.makeBranch('b', 'b.txt');
      await fixture.makeBranch('other', 'c.txt');
      const first = await openNew('a');
      const second = await open('b');
      const elsewhere = await open('b', { baseBranch: 'other' });
      const find = async (baseBranch: string) =>
        numbers(await fixture.forges.listPullRequests(fixture.repo, { baseBranch, state: 'open' }, never));
      expect(await find('main')).toEqual([second.number, first.number]);
      expect(await find('other')).toEqual([elsewhere.number]);
    });

    describe('taking over what is open', () => {
      const update = async (number: number, draft: Partial<PullRequestDraft>) => {
        const usual = { headBranch: 'a', baseBranch: 'main', title: 'Two', body: 'second', labels: [] };
        // What was cut off is done again.
        for (let time = 0; time < 2; time++) {
          await fixture.forges.updatePullRequest(fixture.repo, number, { ...usual, ...draft }, never);
        }
      };

      test('completes what was cut off after the opening, twice without harm', async () => {
        const { number } = await openNew('a');
        const isLater = (name: 'labels' | 'reviewers' | 'assignees') =>
          traits.isFurnishedLater.includes(name);
        const labels = isLater('labels') ? ['release'] : [];
        const reviewers = isLater('reviewers') ? [fixture.reader] : [];
        const assignees = isLater('assignees') ? [fixture.writer] : [];
        await update(number, {
          labels,
          reviewers,
          ...(assignees.length > 0 ? { assignees } : {}),
        });
        expect(await fixture.read(number)).toMatchObject({ labels, reviewers, assignees });
      });

      test('gives it the text of now, adds labels and keeps people', async () => {
        const more = { title: 'One', body: 'first', labels: ['one'], reviewers: [fixture.reader] };
        const { number } = await openNew('a', more);
        const headCommit = await fixture.commit('a', 'a.txt', 'more\n');
        const text = { title: 'Größer "two" 🚀', body: 'second\n\n- `line`\n' };
        await update(number, { ...text, labels: ['one', 'größe/xl'] });
        const { labels, ...read } = await fixture.read(number);
        expect(read).toMatchObject({ ...text, reviewers: [fixture.reader] });
        expect([...labels].sort()).toEqual(traits.hasLabels ? ['größe/xl', 'one'] : []);
        expect(await list('a', 'all')).toMatchObject([{ number, isOpen: true, headCommit }]);
      });

      test('gives the host no more text than it takes', async () => {
        const { number } = await openNew('a', { isDraft: true });
        const long = { title: 'long '.repeat(200), body: '🚀 long\n'.repeat(20_000) };
        await update(number, long);
        const read = await fixture.read(number);
        expect(long.body.startsWith(read.body.replace(/…$/, ''))).toBe(true);
        expect(read.title).toMatch(/long long .*…$/);
      });

      test.each([{ isDraft: true }, { isDraft: false }])(
        'leaves open whether it is a draft: $isDraft',
        async (was) => {
          const { number } = await openNew('a', was);
          await update(number, { isDraft: !was.isDraft });
          const outcome = await mergeOnceReady(number, {}, was.isDraft ? 1 : maxTries);
          expect(outcome).toMatchObject({ kind: was.isDraft ? 'not-ready' : 'merged' });
        },
      );
    });

    describe('the end of a pull request', () => {
      test('is closed with a reason, once', async () => {
        const { number } = await openNew('a');
        const close = () =>
          fixture.forges.closePullRequest(fixture.repo, number, 'Superseded by **another**', never);
        await close();
        await close();
        expect(await get(number)).toMatchObject({ isOpen: false, isMerged: false });
        expect((await fixture.read(number)).comments).toEqual(['Superseded by **another**']);
        const { number: next } = await open('a');
        expect(next).not.toBe(number);
      });

      test('is not closed any more when it is merged', async () => {
        const { number } = await openNew('a');
        await fixture.merge(number);
        await fixture.forges.closePullRequest(fixture.repo, number, 'too late', never);
        expect(await get(number)).toMatchObject({ isOpen: false, isMerged: true });
        expect((await fixture.read(number)).comments).toEqual([]);
      });

      test('tells merged from closed', async () => {
        await fixture.makeBranch('b', 'b.txt');
        const merged = await openNew('a');
        const closed = await open('b');
        await fixture.merge(merged.number);
        await fixture.close(closed.number);
        const { commit } = await fixture.tip('main');
        expect(await get(merged.number)).toMatchObject({
          isOpen: false,
          isMerged: true,
          mergeCommit: commit,
        });
        expect(await get(closed.number)).toMatchObject({ isOpen: false, isMerged: false });
        expect(await list('a', 'all')).toMatchObject([{ number: merged.number, isMerged: true }]);
        expect(await list('a', 'open')).toEqual([]);
      });

      test('knows the head of a merged pull request whose branch is gone', async () => {
        const { number, headCommit } = await openNew('a');
        await fixture.merge(number);
        await fixture.removeBranch('a');
        expect(await get(number)).toMatchObject({ headBranch: 'a', headCommit, isMerged: true });
        expect(await list('a', 'all')).toMatchObject([{ number, headCommit }]);
      });

      test('sees a head that has moved', async () => {
        const { number } = await openNew('a');
        const headCommit = await fixture.commit('a', 'a.txt', 'more\n');
        expect(await get(number)).toMatchObject({ headCommit, isOpen: true });
      });
    });

    describe('merging', () => {
      test('merges by default and says which commit it made', async () => {
        const { number, headCommit } = await openNew('a');
        const outcome = await mergeOnceReady(number, { headCommit });
        const { commit, parents } = await fixture.tip('main');
        expect(outcome).toMatchObject({
          kind: 'merged',
          pullRequest: { number, isOpen: false, isMerged: true, mergeCommit: commit },
        });
        expect(parents).toBe(2);
      });

      test.each([...traits.methods])('method $method', async ({ method, parents }) => {
        const { number } = await openNew('a');
        if (method !== traits.fastForward) await fixture.commit('main', 'other.txt', 'meanwhile\n');
        const before = await fixture.tip('main');
        const outcome = await mergeOnceReady(number, { method });
        const after = await fixture.tip('main');
        expect(outcome).toMatchObject({ kind: 'merged', pullRequest: { mergeCommit: after.commit } });
        expect(after.commit).not.toBe(before.commit);
        expect(after.parents).toBe(parents);
      });

      test('a method that the host does not have is refused by name', async () => {
        const { number } = await openNew('a');
        expect(await merge(number, { method: 'octopus' })).toMatchObject({
          kind: 'refused',
          reason: expect.stringContaining('"octopus"'),
        });
        expect(await get(number)).toMatchObject({ isOpen: true });
      });

      test('what is merged already is the same success', async () => {
        const { number } = await openNew('a');
        await fixture.merge(number);
        const { commit } = await fixture.tip('main');
        const want = { kind: 'merged', pullRequest: { number, mergeCommit: commit } };
        expect(await merge(number)).toMatchObject(want);
        expect(await merge(number)).toMatchObject(want);
        expect(await fixture.tip('main')).toMatchObject({ commit });
      });

      test('what was closed is refused', async () => {
        const { number } = await openNew('a');
        await fixture.close(number);
        expect(await merge(number)).toMatchObject({ kind: 'refused' });
      });

      test('a draft is not ready', async () => {
        const { number } = await openNew('a', { isDraft: true });
        expect(await merge(number)).toEqual({ kind: 'not-ready', reason: 'it is a draft' });
        expect(await get(number)).toMatchObject({ isOpen: true });
      });

      test('a conflict is not merged', async () => {
        const { number } = await openNew('a');
        const commit = await fixture.commit('main', 'a.txt', 'something else\n');
        await fixture.settle(number, 'conflict');
        const outcome = await fixture.forges.mergePullRequest(fixture.repo, number, {}, never);
        expect(outcome).toMatchObject({ kind: traits.conflict });
        expect(await get(number)).toMatchObject({ isOpen: true, isMerged: false });
        expect(await fixture.tip('main')).toMatchObject({ commit });
      });

      test('a missing check is not passed by', async () => {
        const { number } = await openNew('a');
        await fixture.block(number, true);
        expect(await merge(number)).toMatchObject({
          kind: traits.blocked,
          reason: expect.stringMatching(/\w/),
        });
        expect(await get(number)).toMatchObject({ isOpen: true });
        await fixture.block(number, false);
        expect(await mergeOnceReady(number)).toMatchObject({ kind: 'merged' });
      });

      test('another head than the one that was ordered is not merged', async () => {
        const { number, headCommit } = await openNew('a');
        const moved = await fixture.commit('a', 'a.txt', 'more\n');
        expect(await merge(number, { headCommit })).toMatchObject({
          kind: 'not-ready',
          reason: expect.stringContaining(moved),
        });
        expect(await get(number)).toMatchObject({ isOpen: true });
        const order = { headCommit: moved };
        expect(await mergeOnceReady(number, order)).toMatchObject({ kind: 'merged' });
      });
    });

    describe.runIf(traits.hasAutoMerge)('merging by itself', () => {
      /** Looks, as a waiting step does, until it is merged. */
      const mergeInTheEnd = async (number: number) => {
        for (let wasQueued = false, tries = 0; tries < maxTries; tries++) {
          const outcome = await merge(number, { auto: true, wasQueued });
          if (outcome.kind === 'merged') return outcome.pullRequest;
          expect(outcome).toMatchObject({ kind: expect.stringMatching(/^(?:queued|not-ready)$/) });
          wasQueued ||= outcome.kind === 'queued';
          await fixture.pause();
        }
        throw new Error(`pull request ${number} is not merged by itself`);
      };

      test('merges what is ready', async () => {
        const { number } = await openNew('a');
        const { mergeCommit } = await mergeInTheEnd(number);
        expect(await fixture.tip('main')).toEqual({ commit: mergeCommit, parents: 2 });
      });

      test('merges as soon as nothing is missing any more', async () => {
        const { number } = await openNew('a');
        await fixture.block(number, true);
        expect(await mergeOnceReady(number, { auto: true })).toMatchObject({
          kind: 'queued',
          pullRequest: { number, isOpen: true },
        });
        expect(await merge(number, { auto: true, wasQueued: true })).toMatchObject({ kind: 'queued' });
        await fixture.block(number, false);
        await waitUntilClosed(number);
        const { commit } = await fixture.tip('main');
        const want = { kind: 'merged', pullRequest: { number, isMerged: true, mergeCommit: commit } };
        expect(await merge(number, { auto: true, wasQueued: true })).toMatchObject(want);
      });

      test('does so in the way that is ordered', async () => {
        const { number } = await openNew('a');
        const squash = traits.methods.find(({ method }) => method === 'squash');
        await fixture.block(number, true);
        await mergeOnceReady(number, { auto: true, method: 'squash' });
        await fixture.block(number, false);
        await waitUntilClosed(number);
        expect(await fixture.tip('main')).toMatchObject({ parents: squash?.parents });
      });

      test('is not ordered for a draft', async () => {
        const { number } = await openNew('a', { isDraft: true });
        expect(await merge(number, { auto: true })).toMatchObject({ kind: 'not-ready' });
      });

      test('is refused when it was closed meanwhile', async () => {
        const { number } = await openNew('a');
        await fixture.block(number, true);
        await mergeOnceReady(number, { auto: true });
        await fixture.close(number);
        expect(await merge(number, { auto: true, wasQueued: true })).toMatchObject({ kind: 'refused' });
      });
    });

    test.skipIf(traits.hasAutoMerge)('says when the host cannot merge by itself', async () => {
      const { number } = await openNew('a');
      await expect(merge(number, { auto: true })).rejects.toMatchObject({ code: 'forge.unsupported' });
      expect(await get(number)).toMatchObject({ isOpen: true });
    });

    describe('refusals', () => {
      const calls = [
        { call: 'get', act: (repo: ForgeRepo) => fixture.forges.getPullRequest(repo, 1, never) },
        {
          call: 'list',
          act: (repo: ForgeRepo) =>
            fixture.forges.listPullRequests(repo, { headBranch: 'a', state: 'open' }, never),
        },
        { call: 'merge', act: (repo: ForgeRepo) => fixture.forges.mergePullRequest(repo, 1, {}, never) },
      ];

      test.each(calls)('a wrong token ends $call and is never told', async ({ act }) => {
        const { repoWithWrongToken: repo } = fixture;
        const token = repo.remote.credential?.password ?? 'no token';
        const error = await act(repo).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'forge.auth-failed', disposition: 'stop' });
        expect(JSON.stringify([String(error), error])).not.toContain(token);
      });

      test.each(calls)('a missing repository ends $call', async ({ act }) => {
        await expect(act(fixture.missingRepo)).rejects.toMatchObject({ code: 'forge.not-found' });
      });

      test('a missing pull request is not found', async () => {
        await expect(get(999)).rejects.toMatchObject({ code: 'forge.not-found' });
        await expect(merge(999)).rejects.toMatchObject({ code: 'forge.not-found' });
      });

      test('who may only read can look, but not merge', async () => {
        const { forges, repoOfReader: repo } = fixture;
        const { number } = await openNew('a');
        expect(await forges.getPullRequest(repo, number, never)).toMatchObject({ number });
        const draft = { headBranch: 'a', baseBranch: 'main', title: 't', body: '', labels: [] };
        const denied = { code: 'forge.auth-failed', disposition: 'stop' };
        if (traits.readersPropose !== true) {
          await expect(forges.openPullRequest(repo, draft, never)).rejects.toMatchObject(denied);
        }
        await fixture.settle(number);
        await expect(forges.mergePullRequest(repo, number, {}, never)).rejects.toMatchObject(denied);
      });

      test.skipIf(traits.isUnlimited)('a host that wants fewer requests says how long to wait', async () => {
        await openNew('a');
        await fixture.exhaust();
        const error = await get(1).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'forge.rate-limited', disposition: 'wait' });
        const { retryAfterMs } = error as { readonly retryAfterMs: number };
        expect(retryAfterMs).toBeGreaterThan(0);
        expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
      });

      test('an aborted signal ends a call', async () => {
        const reason = new Error('stop');
        const signal = AbortSignal.abort(reason);
        const { forges, repo } = fixture;
        await expect(forges.getPullRequest(repo, 1, signal)).rejects.toBe(reason);
        await expect(forges.mergePullRequest(repo, 1, {}, signal)).rejects.toBe(reason);
      });
    });

    test('knows the page of a commit', () => {
      const url = fixture.forges.commitUrl(fixture.repo, 'abc');
      expect(url).toMatch(/\/commits?\/abc$/);
    });
  });
}
