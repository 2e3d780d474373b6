import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import type { HttpRequest } from '../ports/index.ts';
import { createForges } from './forges.ts';

const never = new AbortController().signal;
const pull = {
  number: 1,
  html_url: 'u',
  state: 'open',
  head: { ref: 'h', sha: 's' },
  base: { ref: 'main' },
  iid: 1,
  web_url: 'u',
  source_branch: 'h',
  target_branch: 'main',
  id: 1,
  source: { branch: { name: 'h' }, commit: { hash: 'a'.repeat(40) } },
  destination: { branch: { name: 'main' } },
  links: { html: { href: 'u' }, self: [{ href: 'u' }] },
  fromRef: { id: 'refs/heads/h' },
  toRef: { id: 'refs/heads/main' },
  pullRequestId: 1,
  status: 'active',
  sourceRefName: 'refs/heads/h',
  targetRefName: 'refs/heads/main',
  lastMergeSourceCommit: { commitId: 's' },
};
const homes = {
  github: 'https://github.com/a/b',
  gitlab: 'https://gitlab.com/a/b',
  gitea: 'https://gitea.com/a/b',
  cloud: 'https://bitbucket.org/a/b',
  server: 'https://bitbucket.corp.example/scm/a/b',
  azure: 'https://dev.azure.com/o/p/_git/b',
} as const;

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** Hosts that answer as told, one answer after the other and then well, and how often they were asked. */
function startHost(...answers: readonly Answer[]) {
  const clock = createManualClock();
  const asked: HttpRequest[] = [];
  const http = {
    async request(request: HttpRequest) {
      const { status = 200, headers = {}, json = pull } = answers[asked.length] ?? {};
      asked.push(request);
      return { status, url: request.url, headers, body: Buffer.from(JSON.stringify(json)) };
    },
    stream: () => Promise.reject(new Error('not asked for')),
  };
  const forges = createForges({ http, clock });
  const look = (url: string, identity = 'one') =>
    forges.getPullRequest({ remote: { url, credential: { identity, password: 'x' } } }, 1, never);
  return { asked, clock, look };
}

const inSec = (seconds: number): string => String(createManualClock().nowMs() / 1000 + seconds);
const secondary = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' };
const rows: readonly {
  readonly name: string;
  readonly url: string;
  readonly answer: Answer;
  readonly wantMs: number;
}[] = [
  {
    name: 'GitHub, its primary limit',
    url: homes.github,
    answer: { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSec(90) } },
    wantMs: 90_000,
  },
  {
    name: 'GitHub, a secondary limit with a time',
    url: homes.github,
    answer: { status: 403, headers: { 'retry-after': '30' }, json: secondary },
    wantMs: 30_000,
  },
  {
    name: 'GitHub, a secondary limit without a time',
    url: homes.github,
    answer: { status: 403, json: secondary },
    wantMs: 60_000,
  },
  {
    name: 'GitHub, a secondary limit while the primary one has requests left',
    url: homes.github,
    answer: {
      status: 429,
      headers: { 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': inSec(3000) },
      json: secondary,
    },
    wantMs: 60_000,
  },
  {
    name: 'GitHub, its last request of the hour',
    url: homes.github,
    answer: { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSec(600) } },
    wantMs: 600_000,
  },
  {
    name: 'GitLab, its limit',
    url: homes.gitlab,
    answer: { status: 429, headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': inSec(45) } },
    wantMs: 45_000,
  },
  {
    name: 'GitLab, its last request of the minute',
    url: homes.gitlab,
    answer: { headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': inSec(20) } },
    wantMs: 20_000,
  },
  {
    name: 'Gitea behind a proxy with limits',
    url: homes.gitea,
    answer: { status: 429, headers: { 'retry-after': '5' } },
    wantMs: 5000,
  },
  {
    name: 'Bitbucket Cloud, which names no time',
    url: homes.cloud,
    answer: { status: 429, headers: { 'x-ratelimit-limit': '1000', 'x-ratelimit-resource': 'api' } },
    wantMs: 60_000,
  },
  {
    name: 'Bitbucket Data Center, an empty bucket',
    url: homes.server,
    answer: { status: 429, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-interval-seconds': '3' } },
    wantMs: 3000,
  },
  {
    name: 'Azure DevOps, its limit',
    url: homes.azure,
    answer: { status: 429, headers: { 'retry-after': '40', 'x-ratelimit-remaining': '0' } },
    wantMs: 40_000,
  },
  {
    name: 'Azure DevOps, an answer that it has held back and a time',
    url: homes.azure,
    answer: { headers: { 'retry-after': '15', 'x-ratelimit-delay': '2.5' } },
    wantMs: 15_000,
  },
  {
    name: 'Azure DevOps, an answer that it has held back',
    url: homes.azure,
    answer: { headers: { 'x-ratelimit-delay': '2.5' } },
    wantMs: 2500,
  },
];

describe.each(rows)('$name', ({ url, answer, wantMs }) => {
  test('is left alone for as long as it wants', async () => {
    const { look, asked, clock } = startHost(answer);
    await look(url).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'forge.rate-limited', disposition: 'wait', retryAfterMs: wantMs });
    });
    await clock.advance(wantMs - 1);
    await expect(look(url)).rejects.toMatchObject({ code: 'forge.rate-limited', retryAfterMs: 1 });
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(await look(url)).toMatchObject({ number: 1 });
  });

  test('answers others, and is asked by others', async () => {
    const { look } = startHost(answer);
    await look(url).catch(() => undefined);
    expect(await look(url, 'two')).toMatchObject({ number: 1 });
    const other = url === homes.github ? homes.gitlab : homes.github;
    expect(await look(other)).toMatchObject({ number: 1 });
  });
});

test('a host that names no time is left alone twice as long each time, until it answers', async () => {
  const limit = { status: 403, json: secondary };
  const { look, clock } = startHost(limit, limit, limit, {}, limit);
  const waits: unknown[] = [];
  for (let round = 0; round < 5; round++) {
    await look(homes.github).catch(({ retryAfterMs }: { readonly retryAfterMs: number }) => {
      waits.push(retryAfterMs);
    });
    await clock.advance(3_600_000);
  }
  expect(waits).toEqual([60_000, 120_000, 240_000, 60_000]);
});

const harmless: readonly { readonly name: string; readonly headers: Readonly<Record<string, string>> }[] = [
  {
    name: 'a budget that is not spent',
    headers: { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': inSec(60) },
  },
  { name: 'a spent budget without a time', headers: { 'x-ratelimit-remaining': '0' } },
  { name: 'no delay', headers: { 'x-ratelimit-delay': '0' } },
];
test.each(harmless)('goes on after an answer with $name', async ({ headers }) => {
  const { look, asked } = startHost({ headers });
  await look(homes.github);
  await look(homes.github);
  expect(asked).toHaveLength(2);
});
