import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GitWorld, startGitWorld } from '../../test/support/git-world.ts';
import { attempt } from '../../test/support/step-attempt.ts';
import { createWorkdir } from '../../test/support/workdir.ts';
import { AppError, type JsonObject } from '../base/index.ts';
import type {
  Credential,
  CredentialRequest,
  Credentials,
  GitRepos,
  StepDefinition,
  Workdir,
} from '../ports/index.ts';
import { copy } from './copy/index.ts';
import { gitClear } from './git-clear/index.ts';
import { gitClone } from './git-clone/index.ts';
import { gitCommit } from './git-commit/index.ts';
import { gitMergePr } from './git-merge-pr/index.ts';
import { gitOpenPr } from './git-open-pr/index.ts';
import { gitPush } from './git-push/index.ts';
import { gitTag } from './git-tag/index.ts';
import { gitWaitForPr } from './git-wait-for-pr/index.ts';
import { yamlUpdate } from './yaml-update/index.ts';

const { signal } = new AbortController();
let world: GitWorld;
beforeAll(async () => {
  world = await startGitWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const good: Credential = { identity: 'secret demo/git', username: 'gantry-bot', password: 'good-token' };
const revoked: Credential = { ...good, password: 'revoked-token' };
const replaced: Credential = { ...good, revision: '2', username: 'ann', password: 'anns-token' };

/** Gives one credential until it is refused, and then the other. */
function credentialsOf(first: Credential | undefined, newer: Credential | undefined) {
  const asked: CredentialRequest[] = [];
  const credentials: Credentials = {
    async find(request) {
      asked.push(request);
      return request.refused === undefined ? first : newer;
    },
  };
  return { credentials, asked };
}

/** A checkout of "main" with one local commit, as a replay leaves it; the same every time. */
async function checkOut(url: string, commit: string): Promise<Workdir> {
  const worktree = await world.git.checkout({ url, credential: good }, { commit, branch: 'main' }, signal);
  const workdir = createWorkdir();
  workdir.mount('src', worktree);
  await workdir.write('src/new.yaml', new TextEncoder().encode('a: 1\n'), 'file', signal);
  const who = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_767_323_045 };
  const headers = [{ name: 'promotion', value: 'demo/prod.01.abc/commit' }];
  await worktree.commit({ message: 'Update\n', author: who, committer: who, headers }, signal);
  return workdir;
}

/** A repository with two branches one commit ahead of "main", one of them in a pull request, and a checkout of "main". */
async function stage() {
  const { url, name } = world.seed({ 'values.yaml': 'tag: 1\n' });
  const { server } = world;
  const base = server.repository(name).refs.get('refs/heads/main');
  for (const branch of ['feature', 'other']) {
    server.setBranch(name, branch, base);
    server.commitFiles(name, branch, { files: { 'values.yaml': `${branch}\n` }, message: 'Change\n' });
  }
  const open = { repoURL: url, sourceBranch: 'feature', targetBranch: 'main' };
  await attempt(gitOpenPr, open, { ports: world });
  return { url, name, base, workdir: await checkOut(url, base ?? '') };
}

interface Scene {
  readonly url: string;
  readonly workdir: Workdir;
}

const steps: {
  readonly step: StepDefinition;
  readonly config: (scene: Scene) => JsonObject;
  readonly want?: object;
}[] = [
  { step: gitClone, config: ({ url }) => ({ repoURL: url, checkout: [{ path: 'a' }] }) },
  {
    step: gitClone,
    config: ({ url }) => ({ repoURL: url, checkout: [{ path: 'a', branch: 'new', create: true }] }),
  },
  { step: gitPush, config: () => ({ path: 'src' }) },
  { step: gitPush, config: () => ({ path: 'src', generateTargetBranch: true }) },
  { step: gitTag, config: () => ({ path: 'src', tag: 'v1', message: 'One' }) },
  {
    step: gitOpenPr,
    config: ({ url }) => ({ repoURL: url, sourceBranch: 'other', targetBranch: 'main' }),
  },
  {
    step: gitWaitForPr,
    config: ({ url }) => ({ repoURL: url, prNumber: 1 }),
    want: { kind: 'waiting' },
  },
  { step: gitMergePr, config: ({ url }) => ({ repoURL: url, prNumber: 1 }) },
];

const answers = [
  { name: 'it was renewed', newer: good, isDone: true, because: 'tokens end early and are revoked' },
  {
    name: 'its Secret was replaced',
    newer: replaced,
    isDone: true,
    because: 'another identity is another one',
  },
  {
    name: 'it stays the same',
    newer: revoked,
    isDone: false,
    because: 'asking again would end the same way',
  },
  { name: 'it is gone', newer: undefined, isDone: false, because: 'the refusal says more than a second one' },
] as const;

const rows = steps.flatMap((step) => answers.map((answer) => ({ ...step, ...answer, kind: step.step.name })));

test.each(rows)('$kind, whose credential is refused, when $name', async (row) => {
  const { step, config, newer, isDone, want = { kind: 'done', status: 'Succeeded' }, because } = row;
  const scene = await stage();
  scene.workdir.worktreeAt('src').worktree.useCredential(revoked);
  const { credentials, asked } = credentialsOf(revoked, newer);
  const { workdir } = scene;
  const ended = attempt(step, config(scene), {
    ports: { ...world, ...world.restart(), workdir, credentials },
  });
  const outcome = await ended.then(
    (done) => done.outcome,
    (error: unknown) => (error instanceof AppError ? { kind: 'failed', code: error.code } : error),
  );
  const failed = { kind: 'failed', code: expect.stringMatching(/^(git|forge)\.auth-failed$/) };
  expect(outcome, because).toMatchObject(isDone ? want : failed);
  expect(
    asked.filter(({ refused }) => refused !== undefined),
    because,
  ).toEqual([{ project: 'demo', kind: 'git', repoURL: scene.url, refused: revoked }]);
});

/** `written` are files that an earlier step has written. */
const readers: {
  readonly step: StepDefinition;
  readonly config: JsonObject;
  readonly written?: readonly string[];
}[] = [
  { step: yamlUpdate, config: { path: 'src/values.yaml', updates: [{ key: 'tag', value: 2 }] } },
  { step: copy, config: { inPath: 'src/deep', outPath: 'out', ignore: '*.md' } },
  { step: gitClear, config: { path: 'src/deep' } },
  // What is written beside rules has to be compared with them.
  { step: gitCommit, config: { path: 'src', message: 'Change' }, written: ['src/new.txt'] },
];
const reading = readers.flatMap((reader) =>
  answers.map((answer) => ({ ...reader, ...answer, kind: reader.step.name })),
);

test.each(reading)(
  '$kind, which reads what was cloned with a credential refused now, when $name',
  async (row) => {
    const { step, config, written = [], newer, isDone, because } = row;
    const files = { 'values.yaml': 'tag: 1\n', 'deep/a/b.txt': 'b\n', '.gitattributes': '*.txt text\n' };
    const { url } = world.seed(files);
    const { git } = world.restart();
    const workdir = createWorkdir();
    const { credentials, asked } = credentialsOf(good, newer);
    const ports = { ...world, git, workdir, credentials };
    await attempt(gitClone, { repoURL: url, checkout: [{ path: 'src' }] }, { ports });
    for (const path of written) await workdir.write(path, new Uint8Array([10]), 'file', signal);
    workdir.worktreeAt('src').worktree.useCredential(revoked);
    const ended = attempt(step, config, { ports }).then(
      (done) => done.outcome,
      (error: unknown) => (error instanceof AppError ? { kind: 'failed', code: error.code } : error),
    );
    const done = { kind: 'done', status: 'Succeeded' };
    const failed = { kind: 'failed', code: 'git.auth-failed' };
    expect(await ended, because).toMatchObject(isDone ? done : failed);
    const refused = asked.filter((one) => one.refused !== undefined);
    expect(refused, because).toEqual([{ project: 'demo', kind: 'git', repoURL: url, refused: revoked }]);
  },
);

/** Acts at the first call, and then says that the credential was refused. */
function refusedAfterwards<Args extends unknown[], Result>(
  code: 'git.auth-failed' | 'forge.auth-failed',
  call: (...args: Args) => Promise<Result>,
  act: (...args: Args) => Promise<unknown> = call,
) {
  let isFirst = true;
  return async (...args: Args): Promise<Result> => {
    if (!isFirst) return call(...args);
    isFirst = false;
    await act(...args);
    throw new AppError(code, 'refused', { disposition: 'stop' });
  };
}

test.each([
  { name: 'the branch itself', config: {}, branch: 'main' },
  {
    name: 'a branch of its own',
    config: { generateTargetBranch: true },
    branch: 'kargo/promotion/prod.01.abc',
  },
])('a push to $name that acted before it was refused is found', async ({ config, branch }) => {
  const { name, workdir, url, base } = await stage();
  const { head } = workdir.worktreeAt('src').worktree;
  const twin = (await checkOut(url, base ?? '')).worktreeAt('src').worktree;
  let newest = '';
  const push = refusedAfterwards(
    'git.auth-failed',
    (...args: Parameters<GitRepos['push']>) => world.git.push(...args),
    async (request) => {
      await world.restart().git.push({ ...request, worktree: twin }, signal);
      newest = world.server.commitFiles(name, branch, { files: { 'b.txt': 'b\n' }, message: 'on top\n' });
    },
  );
  const git: GitRepos = { ...world.git, push };
  const { credentials } = credentialsOf(good, replaced);
  const pushed = attempt(
    gitPush,
    { path: 'src', ...config },
    { ports: { ...world, git, workdir, credentials } },
  );
  expect((await pushed).outcome).toMatchObject({
    output: { commit: head, branch },
    message: `found already pushed to ${branch}`,
  });
  expect(world.server.log(name, branch).map(({ id }) => id)).toEqual([newest, head, base]);
});

test('a pull request that was opened before the refusal is found by its claim', async () => {
  const { name, url } = await stage();
  const forges = {
    ...world.forges,
    openPullRequest: refusedAfterwards('forge.auth-failed', world.forges.openPullRequest),
  };
  const { credentials } = credentialsOf(good, replaced);
  const config = { repoURL: url, sourceBranch: 'other', targetBranch: 'main' };
  const { outcome, claims } = await attempt(gitOpenPr, config, { ports: { ...world, forges, credentials } });
  expect(outcome).toMatchObject({ kind: 'done', output: { pr: { id: 2 } } });
  expect(claims).toHaveLength(1);
  expect(world.forge.listPulls(name)).toHaveLength(2);
});
