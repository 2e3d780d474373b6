import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGitServer } from '../git-server/index.ts';
import { type Listening, listen, routeByHost } from '../http/index.ts';
import type { ForgeFlavor } from './fronts.ts';
import { createForge, type EmbeddedForge } from './server.ts';

const flavors: readonly {
  readonly flavor: ForgeFlavor;
  readonly repo: string;
  readonly pulls: string;
  readonly query?: string;
  /** Where its own words stand in a refusal. */
  readonly words: RegExp;
  readonly unauthorized: number;
  readonly anonymous: number;
}[] = [
  {
    flavor: 'github',
    repo: 'a/b',
    pulls: '/repos/a/b/pulls',
    words: /"message":"/,
    unauthorized: 401,
    anonymous: 401,
  },
  {
    flavor: 'gitlab',
    repo: 'a/b',
    pulls: '/api/v4/projects/a%2Fb/merge_requests',
    words: /"(?:message|error)":/,
    unauthorized: 401,
    anonymous: 401,
  },
  {
    flavor: 'gitea',
    repo: 'a/b',
    pulls: '/api/v1/repos/a/b/pulls',
    words: /"message":"/,
    unauthorized: 401,
    anonymous: 401,
  },
  {
    flavor: 'bitbucket-cloud',
    repo: 'a/b',
    pulls: '/2.0/repositories/a/b/pullrequests',
    words: /"error":\{"message":"/,
    unauthorized: 401,
    anonymous: 401,
  },
  {
    flavor: 'bitbucket-server',
    repo: 'scm/a/b',
    pulls: '/rest/api/1.0/projects/a/repos/b/pull-requests',
    words: /"errors":\[\{"context":null,"message":"/,
    unauthorized: 401,
    anonymous: 401,
  },
  {
    flavor: 'azure',
    repo: 'o/p/_git/b',
    pulls: '/o/p/_apis/git/repositories/b/pullrequests',
    query: '?api-version=7.1',
    words: /"message":".*"typeKey":"/,
    unauthorized: 401,
    anonymous: 302,
  },
];

const clock = { nowMs: () => 1_700_000_000_000, schedule: () => () => undefined };
const forges: EmbeddedForge[] = [];
let listening: Listening;
beforeAll(async () => {
  const git = createGitServer({ clock }, { accounts: [{ login: 'ann', token: 'good' }] });
  for (const { repo } of flavors) {
    git.commitFiles(repo, 'main', { files: { 'a.txt': 'a\n' }, message: 'start' });
    git.setBranch(repo, 'same', git.repository(repo).refs.get('refs/heads/main'));
  }
  const handlers = flavors.map(({ flavor }) => {
    const forge = createForge({ clock, git }, { flavor });
    forges.push(forge);
    return [flavor, forge] as const;
  });
  const byFlavor = new Map<string, EmbeddedForge>(handlers);
  const pick = routeByHost({
    '127.0.0.1': (request, response) =>
      byFlavor.get(String(request.headers['x-flavor']))?.handleApi(request, response),
  });
  listening = await listen(pick);
});
afterAll(async () => {
  for (const forge of forges) forge[Symbol.dispose]();
  await listening[Symbol.asyncDispose]();
});

async function ask(
  flavor: ForgeFlavor,
  path: string,
  { method = 'GET', body, token = 'good' }: { method?: string; body?: string; token?: string } = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const headers = new Headers({ 'x-flavor': flavor });
  if (token !== '') headers.set('authorization', `Bearer ${token}`);
  const response = await fetch(`${listening.url}${path}`, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

test.each(flavors)('$flavor refuses in its own words', async (row) => {
  const { flavor, pulls, query = '', words } = row;
  expect((await ask(flavor, `${pulls}${query}`, { token: '' })).status).toBe(row.anonymous);
  expect((await ask(flavor, `${pulls}${query}`, { token: 'bad' })).status).toBe(row.unauthorized);
  expect((await ask(flavor, `${pulls}${query}`)).status).toBe(200);
  const missing = await ask(flavor, `${pulls}/9${query}`);
  expect(missing).toMatchObject({ status: 404, text: expect.stringMatching(words) });
  const unknown = await ask(flavor, `/nothing/like/that${query}`);
  expect(unknown).toMatchObject({ status: 404, text: expect.stringMatching(words) });
  const malformed = await ask(flavor, `${pulls}${query}`, { method: 'POST', body: '{' });
  expect(malformed).toMatchObject({ status: 400, text: expect.stringMatching(words) });
  const empty = await ask(flavor, `${pulls}${query}`, { method: 'POST', body: '{}' });
  expect(empty).toMatchObject({ text: expect.stringMatching(words) });
  expect([400, 404, 422]).toContain(empty.status);
});

test('Azure DevOps wants to know the version of its API', async () => {
  const { status, text } = await ask('azure', '/o/p/_apis/git/repositories/b/pullrequests');
  expect(status).toBe(400);
  expect(text).toContain('No api-version was supplied');
});

test('Bitbucket Cloud answers a query that it cannot read', async () => {
  const query = new URLSearchParams({ q: 'source.branch.name ~ "a"' });
  expect((await ask('bitbucket-cloud', `/2.0/repositories/a/b/pullrequests?${query}`)).status).toBe(400);
});
