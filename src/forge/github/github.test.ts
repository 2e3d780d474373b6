import { expect, test } from 'vitest';
import { AppError } from '../../base/index.ts';
import type { HttpRequest, HttpResponse } from '../../ports/index.ts';
import { createForges } from '../forges.ts';

const nowMs = 1_700_000_000_000;
const clock = { nowMs: () => nowMs, schedule: () => () => undefined };
const never = new AbortController().signal;

/** A host that answers everything in one way, and what it was asked. */
function host(answer: Partial<HttpResponse> | Error, text = '{}') {
  const asked: HttpRequest[] = [];
  const http = {
    async request(request: HttpRequest): Promise<HttpResponse> {
      asked.push(request);
      if (answer instanceof Error) throw answer;
      return { status: 200, url: request.url, headers: {}, body: Buffer.from(text), ...answer };
    },
    stream: () => Promise.reject(new Error('not asked for')),
  };
  return { asked, forges: createForges({ http, clock }) };
}

const repo = {
  remote: {
    url: 'https://github.com/example/gitops.git',
    credential: { identity: 'x', username: 'u', password: 'tok' },
  },
};
const pull = {
  number: 7,
  html_url: 'https://github.com/example/gitops/pull/7',
  state: 'closed',
  merged_at: '2024-01-01T00:00:00Z',
  merge_commit_sha: 'm',
  head: { ref: 'h', sha: 's' },
  base: { ref: 'main' },
};

const addresses = [
  { url: 'https://github.com/a/b.git', want: 'https://api.github.com/repos/a/b/pulls/1' },
  { url: 'git@github.com:a/b.git', want: 'https://api.github.com/repos/a/b/pulls/1' },
  { url: 'ssh://git@github.com:22/a/b', want: 'https://api.github.com/repos/a/b/pulls/1' },
  {
    url: 'https://github.corp.example:8443/a/b/',
    want: 'https://github.corp.example:8443/api/v3/repos/a/b/pulls/1',
  },
  { url: 'https://corp.ghe.com/a/b', want: 'https://api.corp.ghe.com/repos/a/b/pulls/1' },
  {
    url: 'http://git.example/a/b',
    provider: 'github' as const,
    want: 'http://git.example/api/v3/repos/a/b/pulls/1',
  },
];
test.each(addresses)('the API of $url', async ({ url, provider, want }) => {
  const { forges, asked } = host({}, JSON.stringify(pull));
  await forges.getPullRequest({ remote: { url }, ...(provider ? { provider } : {}) }, 1, never);
  expect(asked[0]?.url).toBe(want);
});

test('lists with the owner in the filter and the token in its header', async () => {
  const { forges, asked } = host({}, JSON.stringify([pull]));
  const listed = await forges.listPullRequests(
    repo,
    { headBranch: 'x/y', baseBranch: 'main', state: 'all' },
    never,
  );
  expect(listed).toEqual([
    {
      number: 7,
      url: 'https://github.com/example/gitops/pull/7',
      isOpen: false,
      isMerged: true,
      headBranch: 'h',
      baseBranch: 'main',
      headCommit: 's',
      mergeCommit: 'm',
    },
  ]);
  expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer tok' });
  const { searchParams } = new URL(asked[0]?.url ?? '');
  expect(Object.fromEntries(searchParams)).toMatchObject({ head: 'example:x/y', base: 'main', state: 'all' });
});

const refusals: {
  name: string;
  answer: Partial<HttpResponse> | Error;
  text?: string;
  want: Partial<AppError>;
}[] = [
  {
    name: 'a wrong token',
    answer: { status: 401 },
    want: { code: 'forge.auth-failed', disposition: 'stop' },
  },
  { name: 'a missing permission', answer: { status: 403 }, want: { code: 'forge.auth-failed' } },
  {
    name: 'the hourly limit',
    answer: {
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(nowMs / 1000 + 90) },
    },
    want: { code: 'forge.rate-limited', disposition: 'wait', retryAfterMs: 90_000 },
  },
  {
    name: 'a secondary limit with a time',
    answer: { status: 403, headers: { 'retry-after': '30' } },
    want: { code: 'forge.rate-limited', retryAfterMs: 30_000 },
  },
  {
    name: 'a secondary limit without a time',
    answer: { status: 403 },
    text: '{"message":"You have exceeded a secondary rate limit."}',
    want: { code: 'forge.rate-limited', retryAfterMs: 60_000 },
  },
  {
    name: 'too many requests for a day',
    answer: { status: 429, headers: { 'retry-after': '86400' } },
    want: { code: 'forge.rate-limited', retryAfterMs: 3_600_000 },
  },
  { name: 'a missing repository', answer: { status: 404 }, want: { code: 'forge.not-found' } },
  {
    name: 'a refusal with reasons',
    answer: { status: 422 },
    text: '{"message":"Validation Failed","errors":[{"field":"head","code":"invalid"},{"message":"No commits"}]}',
    want: {
      code: 'forge.rejected',
      message:
        'GitHub answers the request for pull request 1 of "example/gitops" with status 422, "Validation Failed: head invalid: No commits"',
    },
  },
  {
    name: 'an outage',
    answer: { status: 502 },
    text: '<html>',
    want: { code: 'forge.unreachable', disposition: 'retry' },
  },
  { name: 'a page instead of JSON', answer: {}, text: '<html>', want: { code: 'forge.protocol' } },
  { name: 'JSON of another shape', answer: {}, text: '{"number":1}', want: { code: 'forge.protocol' } },
  {
    name: 'a certificate that is not trusted',
    answer: new AppError('http.tls-failed', 'no', { disposition: 'stop' }),
    want: { code: 'forge.unreachable', disposition: 'stop' },
  },
  {
    name: 'a timeout',
    answer: new AppError('http.timeout', 'no', { disposition: 'retry' }),
    want: { code: 'forge.unreachable', disposition: 'retry' },
  },
];
test.each(refusals)('$name', async ({ answer, text, want }) => {
  const asked = host(answer, text).forges.getPullRequest(repo, 1, never);
  await expect(asked).rejects.toMatchObject(want);
});
