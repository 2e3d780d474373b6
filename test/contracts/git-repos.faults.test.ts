import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { createGitServer, type GitServer } from '../../src/embedded/git-server/index.ts';
import { createGitRepos } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { GitRemote, GitRepos } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import {
  encodePacket,
  encodePushReport,
  encodeSideBand,
  encodeV2Advertisement,
  flushPacket,
} from '../../src/wire/git/index.ts';
import { startTestServer } from '../support/http-server.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const signal = AbortSignal.timeout(60_000);
const person = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_700_000_000 };
const gitType = { 'content-type': 'application/x-git-upload-pack-advertisement' };

interface Fault {
  readonly name: string;
  readonly answer: RequestListener;
  /** The host never goes on, so that the limit must be met. */
  readonly isSilent?: true;
  readonly want: { readonly code: string; readonly disposition: string; readonly retryAfterMs?: number };
}

function status(code: number, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => {
    response.writeHead(code, headers).end('<html>secret stack trace</html>');
  };
}

const faults: Fault[] = [
  { name: '401', answer: status(401), want: { code: 'git.auth-failed', disposition: 'stop' } },
  { name: '403', answer: status(403), want: { code: 'git.auth-failed', disposition: 'stop' } },
  { name: '404', answer: status(404), want: { code: 'git.not-found', disposition: 'stop' } },
  {
    name: '429 with a time to wait',
    answer: status(429, { 'retry-after': '7' }),
    want: { code: 'git.rate-limited', disposition: 'wait', retryAfterMs: 7000 },
  },
  {
    name: '403 at the end of a budget',
    answer: status(403, { 'x-ratelimit-remaining': '0' }),
    want: { code: 'git.rate-limited', disposition: 'wait', retryAfterMs: 60_000 },
  },
  { name: '500', answer: status(500), want: { code: 'git.unreachable', disposition: 'retry' } },
  {
    name: 'a login page',
    answer: status(200, { 'content-type': 'text/html' }),
    want: { code: 'git.protocol', disposition: 'retry' },
  },
  { name: 'garbage', answer: status(200, gitType), want: { code: 'git.protocol', disposition: 'retry' } },
  {
    name: 'an answer that is cut off',
    answer: (_, response) => {
      response.writeHead(200, gitType).end(encodePacket('# service=git-upload-pack\n'));
    },
    want: { code: 'git.protocol', disposition: 'retry' },
  },
  {
    name: 'a connection that breaks',
    answer: (_, response) => {
      response.destroy();
    },
    want: { code: 'git.unreachable', disposition: 'retry' },
  },
  {
    name: 'silence',
    isSilent: true,
    answer: () => undefined,
    want: { code: 'git.unreachable', disposition: 'retry' },
  },
  {
    name: 'silence in the middle',
    isSilent: true,
    answer: (_, response) => {
      response.writeHead(200, gitType).write('00');
    },
    want: { code: 'git.unreachable', disposition: 'retry' },
  },
  {
    name: 'the names of SHA-256',
    answer: (_, response) => {
      const capabilities = ['agent=git/2.43.0', 'ls-refs', 'fetch=shallow', 'object-format=sha256'];
      response.writeHead(200, gitType).end(encodeV2Advertisement('git-upload-pack', capabilities));
    },
    want: { code: 'git.unsupported', disposition: 'stop' },
  },
  {
    name: 'an error in git’s words',
    answer: (_, response) => {
      response.writeHead(200, gitType).end(Buffer.concat([encodePacket('ERR access denied'), flushPacket]));
    },
    want: { code: 'git.auth-failed', disposition: 'stop' },
  },
];
test.each(faults)('a host that answers with $name', async ({ answer, isSilent, want }) => {
  await using http = createHttpClient();
  await using server = await startTestServer(answer);
  const repos = createRepos(http, isSilent === true ? 300 : patienceMs);
  const remote: GitRemote = {
    url: `${server.url}/a/b.git`,
    credential: { identity: 'secret demo/git', username: 'me', password: 'hunter2' },
  };
  const error = await repos.resolve(remote, { kind: 'default' }, signal).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject(want);
  expect((error as Error).message).toContain(server.url);
  expect((error as Error).message).not.toMatch(/hunter2|stack trace/);
});

test('a host that is not there', async () => {
  await using http = createHttpClient();
  const server = await startTestServer(() => undefined);
  await server[Symbol.asyncDispose]();
  const call = createRepos(http).resolve({ url: `${server.url}/a.git` }, { kind: 'default' }, signal);
  await expect(call).rejects.toMatchObject({ code: 'git.unreachable', disposition: 'retry' });
});

test('a URL of another kind is refused, without its password in the message', async () => {
  await using http = createHttpClient();
  const call = createRepos(http).resolve(
    { url: 'ftp://me:hunter2@git.example/a.git' },
    { kind: 'default' },
    signal,
  );
  await expect(call).rejects.toMatchObject({ code: 'git.unsupported' });
  await expect(call).rejects.not.toThrow(/hunter2/);
});

test('a protected branch is told with the host’s reason, after one try', async () => {
  await using http = createHttpClient();
  await using world = await startWorld();
  world.git.protectBranch('demo/app', 'main');
  const failed = change(createRepos(http), world.remote);
  await expect(failed).rejects.toMatchObject({
    code: 'git.branch-protected',
    disposition: 'stop',
    message: expect.stringMatching(/protected/i),
  });
  expect(world.pushes()).toBe(1);
});

const refusals = [
  { name: 'a lock', words: 'failed to update ref', tries: 3, code: 'git.push-raced' },
  {
    name: 'GitHub’s lock',
    words: "cannot lock ref 'refs/heads/main': is at 1 but expected 2",
    tries: 3,
    code: 'git.push-raced',
  },
  {
    name: 'Azure’s race',
    words: 'TF401028: The reference has already been updated by another client',
    tries: 3,
    code: 'git.push-raced',
  },
  { name: 'non-fast-forward', words: 'non-fast-forward', tries: 3, code: 'git.push-raced' },
  { name: 'a hook', words: 'pre-receive hook declined', tries: 1, code: 'git.hook-declined' },
  {
    name: 'Azure’s policy',
    words: 'TF402455: Pushes to this branch are not permitted',
    tries: 1,
    code: 'git.branch-protected',
  },
];
test.each(refusals)('a push refused for $name is tried $tries times', async ({ words, tries, code }) => {
  await using http = createHttpClient();
  await using world = await startWorld(words);
  await expect(change(createRepos(http), world.remote)).rejects.toMatchObject({ code });
  expect(world.pushes()).toBe(tries);
});

/** Long enough for a busy machine. */
const patienceMs = 30_000;

function createRepos(http: ReturnType<typeof createHttpClient>, stallTimeoutMs = patienceMs): GitRepos {
  const deps = { http, clock: createSystemClock(), random: createSeededRandom() };
  return createGitRepos(deps, { stallTimeoutMs, requestTimeoutMs: 2 * patienceMs });
}

async function change(repos: GitRepos, remote: GitRemote): Promise<void> {
  const worktree = await repos.checkout(
    remote,
    await repos.resolve(remote, { kind: 'default' }, signal),
    signal,
  );
  await worktree.write('a', Buffer.from('changed'), 'file', signal);
  await worktree.commit({ message: 'Change', author: person, committer: person, headers: [] }, signal);
  await repos.push({ worktree, branch: 'main', force: false, maxAttempts: 3 }, signal);
}

interface World extends AsyncDisposable {
  readonly git: GitServer;
  readonly remote: GitRemote;
  pushes(): number;
}

/** A host with one repository; with `refusal` it answers every push with these words. */
async function startWorld(refusal?: string): Promise<World> {
  const git = createGitServer({ clock: createSystemClock() });
  git.commitFiles('demo/app', 'main', { files: { a: 'a' }, message: 'One' });
  let pushes = 0;
  const server = await startTestServer((request, response) => {
    const isPush = request.url?.endsWith('/git-receive-pack') === true;
    if (isPush) pushes++;
    if (!isPush || refusal === undefined) {
      git.handle(request, response);
      return;
    }
    request.resume().on('end', () => {
      const report = encodePushReport({
        unpackError: undefined,
        refs: [{ ref: 'refs/heads/main', error: refusal }],
      });
      response.writeHead(200, { 'content-type': 'application/x-git-receive-pack-result' });
      response.end(Buffer.concat([encodeSideBand(1, report), flushPacket]));
    });
  });
  return {
    git,
    remote: { url: `${server.url}/demo/app.git` },
    pushes: () => pushes,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
