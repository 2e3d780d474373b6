import { expect, test } from 'vitest';
import { type AnsweringHost, createAnsweringHost } from '../../test/support/answering-host.ts';
import { AppError } from '../base/index.ts';
import type { Credential, ForgeProvider } from '../ports/index.ts';

const never = new AbortController().signal;
const anywhere = { remote: { url: 'https://github.com/a/b' } };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

const requests: {
  readonly name: string;
  readonly url: string;
  readonly provider?: ForgeProvider;
  readonly credential?: Partial<Credential>;
  readonly want: { readonly url: string; readonly authorization?: string };
}[] = [
  {
    name: 'GitHub',
    url: 'git@github.com:a/b.git',
    credential: { password: 'tok' },
    want: { url: 'https://api.github.com/repos/a/b/pulls/1', authorization: 'Bearer tok' },
  },
  {
    name: 'GitLab, groups within groups',
    url: 'https://gitlab.com/a/b/c.git',
    credential: { username: 'oauth2', password: 'tok' },
    want: {
      url: 'https://gitlab.com/api/v4/projects/a%2Fb%2Fc/merge_requests/1',
      authorization: 'Bearer tok',
    },
  },
  {
    name: 'GitLab at an own port over SSH',
    url: 'ssh://git@gitlab.corp.example:2222/a/b.git',
    want: { url: 'https://gitlab.corp.example/api/v4/projects/a%2Fb/merge_requests/1' },
  },
  {
    name: 'Gitea',
    url: 'http://gitea.local:3000/a/b',
    credential: { password: 'tok' },
    want: { url: 'http://gitea.local:3000/api/v1/repos/a/b/pulls/1', authorization: 'token tok' },
  },
  {
    name: 'Forgejo by its name',
    url: 'https://forgejo.example/a/b',
    want: { url: 'https://forgejo.example/api/v1/repos/a/b/pulls/1' },
  },
  {
    name: 'a host that is told',
    url: 'https://git.example/a/b',
    provider: 'gitea',
    want: { url: 'https://git.example/api/v1/repos/a/b/pulls/1' },
  },
  {
    name: 'Bitbucket Cloud with an access token',
    url: 'https://me@bitbucket.org/a/b.git',
    credential: { username: 'anything', password: 'ATCTT3xyz' },
    want: {
      url: 'https://api.bitbucket.org/2.0/repositories/a/b/pullrequests/1',
      authorization: 'Bearer ATCTT3xyz',
    },
  },
  {
    name: 'Bitbucket Cloud with an app password',
    url: 'https://bitbucket.org/a/b.git',
    credential: { username: 'me', password: 'ATBBxyz' },
    want: {
      url: 'https://api.bitbucket.org/2.0/repositories/a/b/pullrequests/1',
      authorization: basic('me:ATBBxyz'),
    },
  },
  {
    name: 'Bitbucket Cloud with a person’s API token',
    url: 'https://bitbucket.org/a/b.git',
    credential: { username: 'me@example.com', password: 'xyz' },
    want: {
      url: 'https://api.bitbucket.org/2.0/repositories/a/b/pullrequests/1',
      authorization: basic('me@example.com:xyz'),
    },
  },
  {
    name: 'Bitbucket Data Center below a context path',
    url: 'https://bitbucket.corp.example/git/scm/ops/b.git',
    credential: { username: 'me', password: 'secret' },
    want: {
      url: 'https://bitbucket.corp.example/git/rest/api/1.0/projects/ops/repos/b/pull-requests/1',
      authorization: basic('me:secret'),
    },
  },
  {
    name: 'Bitbucket Data Center over SSH, with a token',
    url: 'ssh://git@bitbucket.corp.example:7999/ops/b.git',
    credential: { username: 'me', password: 'BBDC-abc' },
    want: {
      url: 'https://bitbucket.corp.example/rest/api/1.0/projects/ops/repos/b/pull-requests/1',
      authorization: 'Bearer BBDC-abc',
    },
  },
  {
    name: 'Azure DevOps',
    url: 'https://org@dev.azure.com/org/My%20Project/_git/b',
    credential: { username: 'org', password: 'pat' },
    want: {
      url: 'https://dev.azure.com/org/My%20Project/_apis/git/repositories/b/pullrequests/1?api-version=7.1',
      authorization: basic(':pat'),
    },
  },
  {
    name: 'Azure DevOps, the project left out',
    url: 'https://dev.azure.com/org/_git/b',
    credential: { password: 'eyJhbGciOi.x.y' },
    want: {
      url: 'https://dev.azure.com/org/b/_apis/git/repositories/b/pullrequests/1?api-version=7.1',
      authorization: 'Bearer eyJhbGciOi.x.y',
    },
  },
  {
    name: 'Azure DevOps by its old name',
    url: 'https://org.visualstudio.com/DefaultCollection/p/_git/b',
    want: { url: 'https://dev.azure.com/org/p/_apis/git/repositories/b/pullrequests/1?api-version=7.1' },
  },
  {
    name: 'Azure DevOps over SSH',
    url: 'git@ssh.dev.azure.com:v3/org/p/b',
    want: { url: 'https://dev.azure.com/org/p/_apis/git/repositories/b/pullrequests/1?api-version=7.1' },
  },
  {
    name: 'an own Azure DevOps server',
    url: 'https://tfs.corp.example/tfs/Main/p/_git/b',
    provider: 'azure',
    want: {
      url: 'https://tfs.corp.example/tfs/Main/p/_apis/git/repositories/b/pullrequests/1?api-version=7.1',
    },
  },
];
test.each(requests)('$name is asked at its address', async ({ url, provider, credential, want }) => {
  const host = createAnsweringHost({ status: 404 });
  const remote = {
    url,
    ...(credential === undefined ? {} : { credential: { identity: 'x', ...credential } }),
  };
  const repo = provider === undefined ? { remote } : { remote, provider };
  const asked = host.forges.getPullRequest(repo, 1, never);
  await expect(asked).rejects.toMatchObject({ code: 'forge.not-found' });
  expect(host.asked[0]?.url).toBe(want.url);
  expect(host.asked[0]?.headers?.['authorization']).toBe(want.authorization);
});

const unknown: readonly {
  readonly url: string;
  readonly provider?: ForgeProvider;
  readonly code: string;
  readonly says: string;
}[] = [
  { url: 'https://git.example/a/b', code: 'forge.unknown-provider', says: 'cannot be told from its name' },
  {
    url: 'https://gitlab.github.example/a/b',
    code: 'forge.unknown-provider',
    says: 'it could be github or gitlab',
  },
  { url: 'not a url', code: 'forge.not-found', says: 'cannot be read' },
  { url: 'https://dev.azure.com/org/p/b', code: 'forge.not-found', says: 'Azure DevOps' },
  { url: 'https://bitbucket.corp.example/b', code: 'forge.not-found', says: 'Bitbucket Data Center' },
];
test.each(unknown)('$url is refused: $says', async ({ url, code, says }) => {
  const asked = createAnsweringHost({}).forges.getPullRequest({ remote: { url } }, 1, never);
  await expect(asked).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
});

const homes = {
  github: 'https://github.com/a/b',
  gitlab: 'https://gitlab.com/a/b',
  gitea: 'https://gitea.com/a/b',
  cloud: 'https://bitbucket.org/a/b',
  server: 'https://bitbucket.corp.example/scm/a/b',
  azure: 'https://dev.azure.com/o/p/_git/b',
} as const;
test.each(Object.entries(homes))('a token that is sent as it is, at %s', async (_, url) => {
  const host = createAnsweringHost({ status: 404 });
  const credential = { identity: 'x', bearerToken: 'tok' };
  await host.forges.getPullRequest({ remote: { url, credential } }, 1, never).catch(() => undefined);
  expect(host.asked[0]?.headers?.['authorization']).toBe('Bearer tok');
});

const reset = String(1_700_000_000 + 90);
const refusals: {
  readonly name: string;
  readonly url: string;
  readonly answer: object;
  readonly want: object;
}[] = [
  {
    name: 'GitLab’s words by field',
    url: homes.gitlab,
    answer: { status: 400, json: { message: { title: ['is too long', 'is odd'] } } },
    want: { code: 'forge.rejected', message: expect.stringContaining('"title is too long, is odd"') },
  },
  {
    name: 'GitLab’s words in a list',
    url: homes.gitlab,
    answer: { status: 409, json: { message: ['Another open merge request already exists'] } },
    want: { code: 'forge.rejected', message: expect.stringContaining('"Another open merge request') },
  },
  {
    name: 'GitLab’s token without scope',
    url: homes.gitlab,
    answer: { status: 403, json: { error: 'insufficient_scope', error_description: 'needs api' } },
    want: { code: 'forge.auth-failed', message: expect.stringContaining('"insufficient_scope: needs api"') },
  },
  {
    name: 'GitLab’s limit',
    url: homes.gitlab,
    answer: { status: 429, headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': reset } },
    want: { code: 'forge.rate-limited', retryAfterMs: 90_000 },
  },
  {
    name: 'Bitbucket’s words, with fields',
    url: homes.cloud,
    answer: {
      status: 400,
      json: { error: { message: 'Bad request', fields: { source: ['branch not found'] } } },
    },
    want: {
      code: 'forge.rejected',
      message: expect.stringContaining('"Bad request: source branch not found"'),
    },
  },
  {
    name: 'Bitbucket’s limit, which names no time',
    url: homes.cloud,
    answer: { status: 429 },
    want: { code: 'forge.rate-limited', retryAfterMs: 60_000 },
  },
  {
    name: 'Data Center’s words, with what vetoes',
    url: homes.server,
    answer: {
      status: 409,
      json: { errors: [{ message: 'Vetoed', vetoes: [{ detailedMessage: 'no build' }] }] },
    },
    want: { code: 'forge.rejected', message: expect.stringContaining('"Vetoed: no build"') },
  },
  {
    name: 'Data Center’s limit',
    url: homes.server,
    answer: { status: 429, headers: { 'x-ratelimit-interval-seconds': '5' } },
    want: { code: 'forge.rate-limited', retryAfterMs: 5000 },
  },
  {
    name: 'Azure DevOps’ sign-in page',
    url: homes.azure,
    answer: { status: 203, text: '<html>' },
    want: { code: 'forge.auth-failed' },
  },
  {
    name: 'Azure DevOps’ way to its sign-in page',
    url: homes.azure,
    answer: { status: 302, text: '' },
    want: { code: 'forge.auth-failed' },
  },
  {
    name: 'Azure DevOps’ limit, with a date',
    url: homes.azure,
    answer: { status: 429, headers: { 'retry-after': new Date(1_700_000_030_000).toUTCString() } },
    want: { code: 'forge.rate-limited', retryAfterMs: 30_000 },
  },
  ...Object.entries(homes).flatMap(([name, url]) => [
    {
      name: `an outage of ${name}`,
      url,
      answer: { status: 502, text: '<html>' },
      want: { code: 'forge.unreachable', disposition: 'retry' },
    },
    { name: `a page in place of ${name}`, url, answer: { text: '<html>' }, want: { code: 'forge.protocol' } },
    {
      name: `another shape from ${name}`,
      url,
      answer: { json: { id: 1 } },
      want: { code: 'forge.protocol' },
    },
    { name: `nothing from ${name}`, url, answer: { text: '' }, want: { code: 'forge.protocol' } },
    { name: `a missing thing at ${name}`, url, answer: { status: 404 }, want: { code: 'forge.not-found' } },
    {
      name: `a budget of ${name} that is spent`,
      url,
      answer: { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } },
      want: { code: 'forge.rate-limited', retryAfterMs: 90_000 },
    },
    {
      name: `no way to ${name}`,
      url,
      answer: new AppError('http.tls-failed', 'no', { disposition: 'stop' }),
      want: { code: 'forge.unreachable', disposition: 'stop' },
    },
  ]),
];
test.each(refusals)('$name', async ({ url, answer, want }) => {
  const remote = { url, credential: { identity: 'x', password: 'tok-secret' } };
  const asked = createAnsweringHost(answer).forges.getPullRequest({ remote }, 1, never);
  const error = await asked.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject(want);
  expect(String(error)).not.toContain('tok-secret');
});

test('asks with a time limit, and without looking at the certificate where that is wished', async () => {
  const host = createAnsweringHost({ status: 404 });
  const remote = { url: homes.gitlab, insecureSkipTLSVerify: true };
  await host.forges.getPullRequest({ remote }, 1, never).catch(() => undefined);
  expect(host.asked).toMatchObject([{ tls: { insecureSkipVerify: true }, timeoutMs: expect.any(Number) }]);
});

const commitUrls = [
  { url: 'git@github.com:A/B.git', want: 'https://github.com/a/b/commit/c0ffee' },
  { url: 'https://gitlab.com/a/b.git', want: 'https://gitlab.com/a/b/-/commit/c0ffee' },
  { url: 'https://gitea.com/a/b.git', want: 'https://gitea.com/a/b/commit/c0ffee' },
  { url: 'https://bitbucket.org/a/b', want: 'https://bitbucket.org/a/b/commits/c0ffee' },
  { url: homes.server, want: 'https://bitbucket.corp.example/projects/a/repos/b/commits/c0ffee' },
  { url: 'git@ssh.dev.azure.com:v3/Org/p/b', want: 'https://dev.azure.com/org/p/_git/b/commit/c0ffee' },
  { url: 'https://git.example/a/b', want: undefined },
  { url: 'https://dev.azure.com/not/a/repository', want: undefined },
  { url: 'not a url', want: undefined },
];
test.each(commitUrls)('the page of a commit of $url', ({ url, want }) => {
  expect(createAnsweringHost({}).forges.commitUrl({ remote: { url } }, 'c0ffee')).toBe(want);
});

test('labels are left out where there are none, and the log says so', async () => {
  const pull = {
    id: 1,
    state: 'OPEN',
    source: { branch: { name: 'a' }, commit: { hash: 'f'.repeat(40) } },
    destination: { branch: { name: 'main' } },
    links: { html: { href: 'https://bitbucket.org/a/b/pull-requests/1' } },
  };
  const host = createAnsweringHost({ status: 201, json: pull });
  const draft = { headBranch: 'a', baseBranch: 'main', title: 't', body: '', labels: ['x'] };
  await host.forges.openPullRequest({ remote: { url: homes.cloud } }, draft, never);
  expect(host.logged).toEqual(['labels are left out, the git host has none: {"host":"Bitbucket Cloud"}']);
});

test.each([
  { name: 'looked at', act: (host: AnsweringHost) => host.forges.getPullRequest(anywhere, 1, never) },
  {
    name: 'to be merged',
    act: (host: AnsweringHost) => host.forges.mergePullRequest(anywhere, 1, {}, never),
  },
])('a host with many pull requests $name is not asked for all of them at once', async ({ act }) => {
  const host = createAnsweringHost({ status: 404 });
  const codes: unknown[] = [];
  for (let asked = 0; asked < 70; asked++) {
    await act(host).catch((error: unknown) => codes.push(error instanceof AppError ? error.code : error));
  }
  expect(new Set(codes)).toEqual(new Set(['forge.not-found', 'forge.rate-limited']));
  expect(host.asked.length).toBeLessThan(70);
});

const draftOf = (title: string) => ({ headBranch: 'h', baseBranch: 'main', title, body: 'b', labels: [] });

test('a pull request that says what it should is left alone', async () => {
  const [head, base] = [{ ref: 'h', sha: 'a'.repeat(40) }, { ref: 'main' }];
  const json = { number: 1, html_url: 'u', state: 'open', title: 'T', body: 'b', head, base };
  const host = createAnsweringHost({ json });
  await host.forges.updatePullRequest(anywhere, 1, draftOf('T'), never);
  expect(host.asked.map(({ method }) => method)).toEqual(['GET']);
});

test('Bitbucket Data Center is told its reviewers again, and of a version that is out of date once more', async () => {
  const pull = (version: number) => ({
    json: {
      ...{ id: 1, version, state: 'OPEN', title: 'T', description: 'b' },
      fromRef: { id: 'refs/heads/h' },
      toRef: { id: 'refs/heads/main' },
      reviewers: [{ user: { name: 'ann', id: 7 }, role: 'REVIEWER', approved: true }],
      links: { self: [{ href: 'u' }] },
    },
  });
  const outdated = { status: 409, json: { errors: [{ message: 'out-of-date' }] } };
  const repo = { remote: { url: homes.server } };
  const host = createAnsweringHost(pull(3), outdated, pull(4), {});
  await host.forges.updatePullRequest(repo, 1, draftOf('New'), never);
  const sent = host.asked
    .filter(({ method }) => method === 'PUT')
    .map(({ body }) => JSON.parse(String(body)));
  const change = { title: 'New', description: 'b', reviewers: [{ user: { name: 'ann' } }] };
  expect(sent).toEqual([
    { ...change, version: 3 },
    { ...change, version: 4 },
  ]);
  const busy = createAnsweringHost(pull(3), outdated, pull(4), outdated, pull(5), outdated);
  const given = busy.forges.updatePullRequest(repo, 1, draftOf('New'), never);
  await expect(given).rejects.toMatchObject({ code: 'forge.rejected' });
  expect(busy.asked).toHaveLength(6);
});
