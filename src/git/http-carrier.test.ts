import { expect, test } from 'vitest';
import type { GitRemote, HttpClient, HttpRequest } from '../ports/index.ts';
import { encodeV2Advertisement } from '../wire/git/index.ts';
import { HttpCarrier } from './http-carrier.ts';
import { createGitMetrics } from './metrics.ts';

const { signal } = new AbortController();
const credential = { identity: 'secret demo/git', username: 'me', password: 'hunter2' };

/** Answers first requests as if they had been redirected; later ones are kept and not answered. */
function createRedirecting(redirect: (request: HttpRequest) => string): {
  readonly http: HttpClient;
  readonly later: HttpRequest[];
} {
  const later: HttpRequest[] = [];
  const http: HttpClient = {
    request: () => Promise.reject(new Error('not used')),
    async stream(request) {
      if (request.method === 'POST') {
        later.push(request);
        throw new Error('enough is seen');
      }
      const bytes = encodeV2Advertisement('git-upload-pack', ['ls-refs', 'fetch=shallow']);
      const headers = { 'content-type': 'application/x-git-upload-pack-advertisement' };
      const body = (async function* () {
        yield bytes;
      })();
      return { status: 200, url: redirect(request), headers, body };
    },
  };
  return { http, later };
}

async function ask(carrier: HttpCarrier, remote: GitRemote): Promise<void> {
  const call = { remote, service: 'git-upload-pack', operation: 'ls-refs' } as const;
  const next = async () =>
    ({ kind: 'ask', body: new Uint8Array(), read: () => Promise.resolve(undefined) }) as const;
  await carrier.exchange(call, next, signal).catch(() => undefined);
}

function createCarrier(http: HttpClient): HttpCarrier {
  const options = { requestTimeoutMs: 60_000, stallTimeoutMs: 60_000, maxPackBytes: 1_000_000 };
  return new HttpCarrier(http, createGitMetrics(undefined), options);
}

test('where a host sends those who do not check its certificate is not where others go', async () => {
  const { http, later } = createRedirecting(({ url, tls }) =>
    tls?.insecureSkipVerify === true ? url.replace('git.example', 'evil.example') : url,
  );
  const carrier = createCarrier(http);
  const url = 'https://git.example/demo/app.git';
  // What was learned is forgotten after a failure; so that the two learn together, the first answer is not asked on.
  const call = { service: 'git-upload-pack', operation: 'ls-refs' } as const;
  const remote = { url, insecureSkipTLSVerify: true };
  await carrier.exchange({ ...call, remote }, async () => ({ kind: 'answered', answer: 0 }), signal);
  await ask(carrier, { url });
  expect(later.map((request) => new URL(request.url).hostname)).toEqual(['git.example']);
});

const redirects = [
  { name: 'https', from: 'http://git.example', to: 'https://git.example', want: true },
  { name: 'https at another port', from: 'http://git.example', to: 'https://git.example:8443', want: false },
  { name: 'https from another port', from: 'http://git.example:81', to: 'https://git.example', want: false },
  { name: 'another host', from: 'https://git.example', to: 'https://git.example.evil', want: false },
  { name: 'another port', from: 'https://git.example', to: 'https://git.example:8443', want: false },
];
test.each(redirects)(
  'after a redirect to $name the credential goes along: $want',
  async ({ from, to, want }) => {
    const { http, later } = createRedirecting(({ url }) => url.replace(from, to));
    await ask(createCarrier(http), { url: `${from}/demo/app.git`, credential });
    expect(later.map(({ url }) => new URL(url).origin)).toEqual([to]);
    expect(later[0]?.headers?.['authorization'] !== undefined).toBe(want);
  },
);
