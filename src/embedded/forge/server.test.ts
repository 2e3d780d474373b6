import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../base/index.ts';
import { createGitServer, type GitServer } from '../git-server/index.ts';
import { type Listening, listen } from '../http/index.ts';
import { createForge, type EmbeddedForge, type ForgeOptions, type PullChange } from './server.ts';

const name = 'example/repo';
let nowMs = 0;
let git: GitServer;
let forge: EmbeddedForge;
let listening: Listening;
let changes: PullChange[];

async function start(options: ForgeOptions = {}): Promise<void> {
  nowMs = 1_700_000_000_000;
  const clock = { nowMs: () => (nowMs += 1000), schedule: () => () => undefined };
  git = createGitServer({ clock }, { accounts: [{ login: 'ann', token: 'good' }] });
  forge = createForge({ clock, git }, options);
  changes = [];
  forge.onChanged((change) => changes.push(change));
  git.commitFiles(name, 'main', { files: { 'a.txt': lines(), 'b.txt': 'b\n' }, message: 'start' });
  listening = await listen(forge.handleApi);
}
beforeEach(() => start());
afterEach(async () => {
  forge[Symbol.dispose]();
  await listening[Symbol.asyncDispose]();
});

function lines(changed: Record<number, string> = {}): string {
  return Array.from({ length: 12 }, (_, index) => `${changed[index] ?? index}\n`).join('');
}

function branch(head: string, files: Record<string, string>): string {
  git.setBranch(name, head, git.repository(name).refs.get('refs/heads/main'));
  return git.commitFiles(name, head, { files, message: `change on ${head}` });
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

async function call(method: string, path: string, body?: unknown, token = 'good'): Promise<Answer> {
  const init = { method, headers: { authorization: `Bearer ${token}` } };
  const url = `${listening.url}/repos/${name}${path}`;
  const response = await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

const open = (head: string, more: object = {}) =>
  call('POST', '/pulls', { title: `From ${head}`, head, base: 'main', ...more });

test('a pull request has the fields that clients read', async () => {
  const head = branch('feature', { 'c.txt': 'c\n' });
  const { status, body, headers } = await open('feature', { body: 'words' });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    number: 1,
    state: 'open',
    merged: false,
    mergeable: true,
    mergeable_state: 'clean',
    merge_commit_sha: expect.stringMatching(/^[0-9a-f]{40}$/),
    merged_by: null,
    html_url: 'https://github.com/example/repo/pull/1',
    user: { login: 'ann' },
    head: { ref: 'feature', sha: head, label: 'example:feature' },
    base: { ref: 'main', repo: { full_name: name, default_branch: 'main' } },
  });
  expect(headers.get('x-ratelimit-remaining')).toBe('4999');
  expect(changes).toMatchObject([{ repository: name, number: 1, change: 'opened' }]);
});

const invalid = [
  {
    name: 'no title',
    body: { head: 'feature', base: 'main' },
    want: { field: 'title', code: 'missing_field' },
  },
  { name: 'an unknown head', body: { title: 't', head: 'nope', base: 'main' }, want: { field: 'head' } },
  { name: 'an unknown base', body: { title: 't', head: 'feature', base: 'nope' }, want: { field: 'base' } },
  {
    name: 'nothing new',
    body: { title: 't', head: 'same', base: 'main' },
    want: { message: 'No commits between main and same' },
  },
  {
    name: 'an open one',
    body: { title: 't', head: 'taken', base: 'main' },
    want: { message: 'A pull request already exists for example:taken.' },
  },
];
test.each(invalid)('opening with $name is refused with 422', async ({ body, want }) => {
  branch('feature', { 'c.txt': 'c\n' });
  branch('taken', { 'c.txt': 'c\n' });
  git.setBranch(name, 'same', git.repository(name).refs.get('refs/heads/main'));
  await open('taken');
  const answer = await call('POST', '/pulls', body);
  expect(answer).toMatchObject({ status: 422, body: { message: 'Validation Failed', errors: [want] } });
});

const methods = [
  { method: 'merge', subjects: ['Merge pull request #1 from example/feature', 'meanwhile', 'start'] },
  { method: 'squash', subjects: ['From feature (#1)', 'meanwhile', 'start'] },
  { method: 'rebase', subjects: ['second', 'change on feature', 'meanwhile', 'start'] },
];
test.each(methods)('$method joins both sides of a file', async ({ method, subjects }) => {
  branch('feature', { 'a.txt': lines({ 1: 'feature' }) });
  git.commitFiles(name, 'feature', { files: { 'c.txt': 'c\n' }, message: 'second' });
  git.commitFiles(name, 'main', { files: { 'a.txt': lines({ 10: 'main' }) }, message: 'meanwhile' });
  await open('feature');
  const { status, body } = await call('PUT', '/pulls/1/merge', { merge_method: method });
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { merged: true, message: 'Pull Request successfully merged' },
  });
  expect(git.readFile(name, 'main', 'a.txt')?.toString()).toBe(lines({ 1: 'feature', 10: 'main' }));
  expect(git.readFile(name, 'main', 'c.txt')?.toString()).toBe('c\n');
  expect(git.log(name, 'main').map(({ message }) => message.split('\n')[0])).toEqual(subjects);
  expect((await call('GET', '/pulls/1')).body).toMatchObject({
    state: 'closed',
    merged: true,
    merge_commit_sha: body['sha'],
    merged_by: { login: 'ann' },
  });
  expect(changes.map(({ change }) => change)).toEqual(['opened', 'merged']);
});

test('a conflict is told and not merged', async () => {
  branch('feature', { 'a.txt': lines({ 1: 'feature' }) });
  git.commitFiles(name, 'main', { files: { 'a.txt': lines({ 1: 'main' }) }, message: 'meanwhile' });
  await open('feature');
  expect((await call('GET', '/pulls/1')).body).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
  const { status, body } = await call('PUT', '/pulls/1/merge', {});
  expect({ status, message: body['message'] }).toEqual({
    status: 405,
    message: 'Pull Request is not mergeable',
  });
});

test('a moved head is told apart', async () => {
  branch('feature', { 'c.txt': 'c\n' });
  await open('feature');
  const { status, body } = await call('PUT', '/pulls/1/merge', { sha: '0'.repeat(40) });
  expect(status).toBe(409);
  expect(body['message']).toBe('Head branch was modified. Review and try the merge again.');
});

test('a pushed head shows, a deleted one closes, one that arrived is merged', async () => {
  branch('moved', { 'c.txt': 'c\n' });
  branch('gone', { 'd.txt': 'd\n' });
  const arrived = branch('arrived', { 'e.txt': 'e\n' });
  for (const head of ['moved', 'gone', 'arrived']) await open(head);
  const moved = git.commitFiles(name, 'moved', { files: { 'c.txt': 'C\n' }, message: 'more' });
  git.setBranch(name, 'gone', undefined);
  git.setBranch(name, 'main', git.repository(name).refs.get('refs/heads/arrived'));
  expect((await call('GET', '/pulls/1')).body).toMatchObject({ state: 'open', head: { sha: moved } });
  expect((await call('GET', '/pulls/2')).body).toMatchObject({ state: 'closed', merged: false });
  expect((await call('GET', '/pulls/3')).body).toMatchObject({ merged: true, merge_commit_sha: arrived });
});

test('closing, reopening, labels', async () => {
  branch('feature', { 'c.txt': 'c\n' });
  await open('feature');
  expect((await call('PATCH', '/pulls/1', { state: 'closed', title: 'new' })).body).toMatchObject({
    state: 'closed',
    title: 'new',
  });
  expect((await call('PUT', '/pulls/1/merge', {})).status).toBe(405);
  expect((await call('PATCH', '/pulls/1', { state: 'open' })).body).toMatchObject({ state: 'open' });
  await call('POST', '/issues/1/labels', { labels: ['a', 'b'] });
  await call('POST', '/issues/1/labels', ['b', 'c']);
  const { body } = await call('GET', '/pulls/1');
  expect(body['labels']).toMatchObject([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
});

test('lists page by page, filtered and sorted', async () => {
  for (let index = 0; index < 5; index++) {
    branch(`b${index}`, { [`f${index}`]: 'x' });
    await open(`b${index}`);
  }
  await call('PATCH', '/pulls/2', { state: 'closed' });
  const numbers = async (query: string) => {
    const { body, headers } = await call('GET', `/pulls?${query}`);
    return {
      numbers: (body as unknown as JsonObject[]).map((pull) => pull['number']),
      link: headers.get('link'),
    };
  };
  expect(await numbers('')).toEqual({ numbers: [5, 4, 3, 1], link: null });
  expect((await numbers('state=all&sort=created&direction=asc')).numbers).toEqual([1, 2, 3, 4, 5]);
  expect((await numbers('state=all&head=example:b1')).numbers).toEqual([2]);
  expect((await numbers('head=b3')).numbers, 'without the owner the filter is ignored').toHaveLength(4);
  const second = await numbers('state=all&per_page=2&page=2');
  expect(second.numbers).toEqual([3, 2]);
  expect(second.link).toContain('page=3>; rel="next"');
  expect(second.link).toContain('page=1>; rel="prev"');
});

const refusals = [
  { name: 'a wrong token', method: 'GET', path: '', token: 'bad', want: 401, message: 'Bad credentials' },
  { name: 'a missing pull request', method: 'GET', path: '/pulls/9', want: 404, message: 'Not Found' },
  {
    name: 'a missing commit',
    method: 'GET',
    path: '/commits/nope',
    want: 422,
    message: 'No commit found for SHA: nope',
  },
  { name: 'an unknown path', method: 'GET', path: '/wiki', want: 404, message: 'Not Found' },
];
test.each(refusals)('$name is answered in GitHub’s words', async ({ method, path, token, want, message }) => {
  const { status, body } = await call(method, path, undefined, token);
  expect({ status, message: body['message'] }).toEqual({ status: want, message });
});

test('a commit is found by id, prefix and branch', async () => {
  const id = git.commitFiles(name, 'main', { files: { 'b.txt': 'B\n' }, message: 'told\n\nmore' });
  for (const revision of [id, id.slice(0, 7), 'main']) {
    const { body } = await call('GET', `/commits/${revision}`);
    expect(body).toMatchObject({ sha: id, commit: { message: 'told\n\nmore' } });
  }
});

test('options: one method only, branches that go, a limit', async () => {
  forge[Symbol.dispose]();
  await listening[Symbol.asyncDispose]();
  await start({ mergeMethods: ['squash'], deleteBranchOnMerge: true, rateLimit: 3 });
  branch('feature', { 'c.txt': 'c\n' });
  await open('feature');
  expect((await call('PUT', '/pulls/1/merge', {})).body['message']).toBe(
    'Merge commits are not allowed on this repository.',
  );
  await call('PUT', '/pulls/1/merge', { merge_method: 'squash' });
  expect(git.repository(name).refs.get('refs/heads/feature')).toBeUndefined();
  const limited = await call('GET', '');
  expect(limited.status).toBe(403);
  expect(limited.headers.get('x-ratelimit-remaining')).toBe('0');
});
