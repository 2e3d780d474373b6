import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ForgeRepo, Forges } from '../../src/ports/index.ts';

/** A host with one repository, whose branches the suite may move. */
export interface ForgeFixture extends AsyncDisposable {
  readonly forges: Forges;
  readonly repo: ForgeRepo;
  /** The same repository with a credential that the host does not accept. */
  readonly repoWithWrongToken: ForgeRepo;
  /** A repository that the host does not have. */
  readonly missingRepo: ForgeRepo;
  /** Makes a branch from main with one commit more that writes this file. Gives the commit. */
  makeBranch(branch: string, file: string): Promise<string>;
  /** Merges as a person would at the host. */
  merge(number: number): Promise<void>;
  /** Closes without merging as a person would. */
  close(number: number): Promise<void>;
}

/** What every adapter of the port `Forges` must do. */
export function testForges(name: string, start: () => Promise<ForgeFixture>): void {
  describe(`forges: ${name}`, () => {
    const never = new AbortController().signal;
    let fixture: ForgeFixture;
    beforeEach(async () => {
      fixture = await start();
    });
    afterEach(() => fixture[Symbol.asyncDispose]());

    const open = (headBranch: string, labels: string[] = []) => {
      const draft = { headBranch, baseBranch: 'main', title: `Add ${headBranch}`, body: 'words', labels };
      return fixture.forges.openPullRequest(fixture.repo, draft, never);
    };

    test('opens a pull request and reads it again', async () => {
      const commit = await fixture.makeBranch('a', 'a.txt');
      const opened = await open('a', ['release']);
      expect(opened).toMatchObject({
        isOpen: true,
        isMerged: false,
        headBranch: 'a',
        baseBranch: 'main',
        headCommit: commit,
      });
      expect(opened.number).toBeGreaterThan(0);
      expect(URL.canParse(opened.url)).toBe(true);
      const read = await fixture.forges.getPullRequest(fixture.repo, opened.number, never);
      const { mergeCommit: _, ...rest } = opened;
      expect(read).toMatchObject(rest);
    });

    test('finds pull requests by head branch, newest first', async () => {
      await fixture.makeBranch('a', 'a.txt');
      await fixture.makeBranch('b', 'b.txt');
      const first = await open('a');
      await open('b');
      await fixture.close(first.number);
      const second = await open('a');
      const list = async (state: 'open' | 'all', baseBranch?: string) => {
        const filter = { headBranch: 'a', state, ...(baseBranch === undefined ? {} : { baseBranch }) };
        const found = await fixture.forges.listPullRequests(fixture.repo, filter, never);
        return found.map(({ number }) => number);
      };
      expect(await list('open')).toEqual([second.number]);
      expect(await list('all')).toEqual([second.number, first.number]);
      expect(await list('all', 'main')).toEqual([second.number, first.number]);
      expect(await list('all', 'elsewhere')).toEqual([]);
    });

    test('tells merged from closed', async () => {
      await fixture.makeBranch('a', 'a.txt');
      await fixture.makeBranch('b', 'b.txt');
      const merged = await open('a');
      const closed = await open('b');
      await fixture.merge(merged.number);
      await fixture.close(closed.number);
      const read = (number: number) => fixture.forges.getPullRequest(fixture.repo, number, never);
      const after = await read(merged.number);
      expect(after).toMatchObject({ isOpen: false, isMerged: true });
      expect(after.mergeCommit).toMatch(/^[0-9a-f]{40}$/);
      expect(await read(closed.number)).toMatchObject({ isOpen: false, isMerged: false });
      const listed = await fixture.forges.listPullRequests(
        fixture.repo,
        { headBranch: 'a', state: 'all' },
        never,
      );
      expect(listed).toMatchObject([{ number: merged.number, isMerged: true }]);
    });

    test('a second pull request for the same branch is rejected with the host’s reason', async () => {
      await fixture.makeBranch('a', 'a.txt');
      await open('a');
      await expect(open('a')).rejects.toMatchObject({ code: 'forge.rejected' });
    });

    test('a missing branch is rejected', async () => {
      await expect(open('nowhere')).rejects.toMatchObject({ code: 'forge.rejected' });
    });

    test('a missing pull request or repository is not found', async () => {
      const { forges, repo, missingRepo } = fixture;
      await expect(forges.getPullRequest(repo, 999, never)).rejects.toMatchObject({
        code: 'forge.not-found',
      });
      await expect(forges.getPullRequest(missingRepo, 1, never)).rejects.toMatchObject({
        code: 'forge.not-found',
      });
    });

    test('a wrong token fails without being repeated', async () => {
      const { forges, repoWithWrongToken: repo } = fixture;
      const asked = forges.getPullRequest(repo, 1, never);
      await expect(asked).rejects.toMatchObject({
        code: 'forge.auth-failed',
        message: expect.not.stringContaining(repo.remote.credential?.password ?? 'no token'),
      });
    });

    test('an aborted signal ends a call', async () => {
      const reason = new Error('stop');
      const asked = fixture.forges.getPullRequest(fixture.repo, 1, AbortSignal.abort(reason));
      await expect(asked).rejects.toBe(reason);
    });

    test('knows the page of a commit', () => {
      const url = fixture.forges.commitUrl(fixture.repo, 'abc');
      expect(url).toMatch(/\/commit\/abc$/);
    });
  });
}
