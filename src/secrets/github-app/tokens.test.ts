import { generateKeyPairSync } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GitHubAppHost, makeAppKey, startGitHubAppHost } from '../../../test/support/github-app.ts';
import { createGitHubAppTokens, type GitHubApp, type GitHubAppTokens, readGitHubApp } from './index.ts';

const { signal } = new AbortController();
setMaxListeners(0, signal);
let host: GitHubAppHost;
let tokens: GitHubAppTokens;
let app: GitHubApp;
beforeAll(async () => {
  host = await startGitHubAppHost('public');
});
beforeEach(() => {
  tokens = createGitHubAppTokens(host);
  host.interfere = () => undefined;
  app = appOf(host.secret);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

const appOf = (values: Readonly<Record<string, string | undefined>>): GitHubApp => {
  const found = readGitHubApp((key) => values[key]);
  if (found === undefined) throw new Error('no keys of an App');
  return found;
};
const find = (name: string, more: Partial<Parameters<GitHubAppTokens['find']>[0]> = {}) =>
  tokens.find({ app, project: 'demo', repoURL: host.url(name), ...more }, signal);
const countAsked = (path: string): number => host.asked.filter(({ url }) => url.includes(path)).length;

describe('a token', () => {
  test.each([
    { name: 'by client ID', more: {} },
    { name: 'by App ID', more: { githubAppClientID: '', githubAppID: '4711' } },
    { name: 'by client ID when both are there', more: { githubAppID: 'wrong' } },
  ])('is given $name', async ({ more }) => {
    const given = await find('example/gitops', { app: appOf({ ...host.secret, ...more }) });
    expect(given).toMatch(/^ghs_/);
  });

  test('is given for a key in base64 of PEM, too', async () => {
    const githubAppPrivateKey = Buffer.from(app.privateKey).toString('base64');
    expect(await find('example/gitops', { app: appOf({ ...host.secret, githubAppPrivateKey }) })).toMatch(
      /^ghs_/,
    );
  });

  test('is good for its repository and no other', async () => {
    const given = await find('example/gitops');
    const account = host.git.accounts.find(({ token }) => token === given);
    expect(account).toMatchObject({ login: 'gantry[bot]', repositories: ['example/gitops'] });
  });

  test('is kept until five minutes before it ends', async () => {
    const first = await find('example/gitops');
    await host.clock.advance(54 * 60_000);
    expect(await find('example/gitops')).toBe(first);
    await host.clock.advance(61_000);
    const second = await find('example/gitops');
    expect(second).toMatch(/^ghs_/);
    expect(second).not.toBe(first);
  });

  test('that the host refuses is not given again', async () => {
    const first = await find('example/gitops');
    const second = await find('example/gitops', { refused: first });
    expect(second).not.toBe(first);
    expect(await find('example/gitops', { refused: first })).toBe(second);
  });

  test('is asked for once, however many want it at the same time', async () => {
    const before = countAsked('/access_tokens');
    const wanted = Array.from({ length: 20 }, () => find('example/gitops'));
    expect(new Set(await Promise.all(wanted)).size).toBe(1);
    expect(countAsked('/access_tokens') - before).toBe(1);
  });

  test('still comes for the others when one of those who wait gives up', async () => {
    const quitter = new AbortController();
    const reason = new Error('enough');
    const repoURL = host.url('example/gitops');
    const first = tokens.find({ app, project: 'demo', repoURL }, quitter.signal);
    const second = find('example/gitops');
    quitter.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect(await second).toMatch(/^ghs_/);
  });

  test('is asked for again after a failure', async () => {
    host.interfere = ({ url }) => (url.includes('/access_tokens') ? { status: 502 } : undefined);
    await expect(find('example/gitops')).rejects.toMatchObject({ code: 'github-app.unreachable' });
    host.interfere = () => undefined;
    expect(await find('example/gitops')).toMatch(/^ghs_/);
  });

  test('is given out only when GitHub accepts it everywhere', async () => {
    let refusals = 2;
    const made = { token: 'ghs_new', expires_at: new Date(host.clock.nowMs() + 3_600_000).toISOString() };
    host.interfere = ({ method }) => {
      if (method === 'POST') return { status: 201, body: Buffer.from(JSON.stringify(made)) };
      return { status: refusals-- > 0 ? 401 : 200 };
    };
    let isGiven = false;
    const given = find('example/gitops').finally(() => {
      isGiven = true;
    });
    await host.clock.advance(12_999);
    expect(isGiven).toBe(false);
    await host.clock.advance(1);
    expect(await given).toBe('ghs_new');
  });

  test('that GitHub never accepts is not given out', async () => {
    const made = { token: 'ghs_new', expires_at: new Date(host.clock.nowMs() + 3_600_000).toISOString() };
    host.interfere = ({ method }) =>
      method === 'POST' ? { status: 201, body: Buffer.from(JSON.stringify(made)) } : { status: 401 };
    const given = find('example/gitops').catch((thrown: unknown) => thrown);
    await host.clock.advance(43_000);
    expect(await given).toMatchObject({ code: 'github-app.refused' });
  });
});

describe('the annotation with scopes', () => {
  test('widens a token to the repositories of the Project', async () => {
    const given = await find('example/gitops', { scopes: '{"demo": ["other", "GitOps"]}' });
    const account = host.git.accounts.find(({ token }) => token === given);
    expect(account?.repositories?.toSorted()).toEqual(['example/gitops', 'example/other']);
  });

  test.each([
    { name: 'that does not name the Project', scopes: '{"else": ["gitops"]}' },
    { name: 'that does not name the repository', scopes: '{"demo": ["other"]}' },
    { name: 'that is no JSON', scopes: 'demo: gitops' },
    { name: 'of another shape', scopes: '{"demo": [1]}' },
    { name: 'with a list in the place of Projects', scopes: '["gitops"]' },
    { name: 'for a Project with an odd name', scopes: '{}', project: '__proto__' },
  ])('$name gives nobody a token', async ({ scopes, project = 'demo' }) => {
    const before = countAsked('/access_tokens');
    const given = find('example/gitops', { scopes, project });
    await expect(given).rejects.toMatchObject({ code: 'github-app.not-in-scope' });
    expect(countAsked('/access_tokens')).toBe(before);
  });
});

test.each([
  'git@github.com:example/gitops.git',
  'ssh://git@github.com/example/gitops',
  'https://github.com/example',
])('an App has no token for %s', async (repoURL) => {
  expect(await tokens.find({ app, project: 'demo', repoURL }, signal)).toBeUndefined();
});

describe('refusals', () => {
  const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  test.each([
    {
      name: 'a missing value',
      more: { githubAppInstallationID: '' },
      says: 'githubAppInstallationID missing',
    },
    { name: 'no number', more: { githubAppInstallationID: '8/../1' }, says: 'is not a number' },
    { name: 'no key', more: { githubAppPrivateKey: 'c2VjcmV0LXRleHQ=' }, says: 'not an RSA key' },
    { name: 'a key of another kind', more: { githubAppPrivateKey: ecKey }, says: 'not an RSA key' },
  ])('$name in the Secret', async ({ more, says }) => {
    const tried = Promise.resolve().then(() =>
      find('example/gitops', { app: appOf({ ...host.secret, ...more }) }),
    );
    const error = await tried.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'github-app.incomplete', message: expect.stringContaining(says) });
    expect(String(error)).not.toContain('secret-text');
  });

  test('a Secret without any of the keys is none of an App', () => {
    expect(readGitHubApp(() => undefined)).toBeUndefined();
  });

  test.each([
    {
      name: 'another key',
      more: () => ({ githubAppPrivateKey: makeAppKey().privateKeyPem }),
      says: 'status 401',
    },
    { name: 'another App', more: () => ({ githubAppClientID: 'Iv99' }), says: 'Integration not found' },
    { name: 'another installation', more: () => ({ githubAppInstallationID: '1' }), says: 'status 404' },
  ])('$name', async ({ more, says }) => {
    const tried = find('example/gitops', { app: appOf({ ...host.secret, ...more() }) });
    await expect(tried).rejects.toMatchObject({
      code: 'github-app.refused',
      disposition: 'stop',
      message: expect.stringContaining(says),
    });
  });

  test('a repository that the installation does not cover', async () => {
    await expect(find('example/secret')).rejects.toMatchObject({
      code: 'github-app.refused',
      message: expect.stringContaining('not accessible to the parent installation'),
    });
  });

  test.each([
    { name: 'Retry-After', answer: { status: 429, headers: { 'retry-after': '7' } }, wantMs: 7000 },
    { name: 'a secondary limit', answer: { status: 403, headers: { 'retry-after': '90' } }, wantMs: 90_000 },
    {
      name: 'a secondary limit that names no time',
      answer: { status: 403, body: Buffer.from('{"message":"You have exceeded a secondary rate limit"}') },
      wantMs: 60_000,
    },
    { name: 'a day', answer: { status: 429, headers: { 'retry-after': '86400' } }, wantMs: 3_600_000 },
  ])('a limit with $name', async ({ answer, wantMs }) => {
    host.interfere = () => answer;
    await expect(find('example/gitops')).rejects.toMatchObject({
      code: 'github-app.rate-limited',
      disposition: 'wait',
      retryAfterMs: wantMs,
    });
  });

  test('an answer of another shape, without the token in the message', async () => {
    host.interfere = () => ({ status: 201, body: Buffer.from('{"token":"ghs_leak"}') });
    const error = await find('example/gitops').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'github-app.refused' });
    expect(String(error)).not.toContain('ghs_leak');
  });
});
