import { describe, expect, test } from 'vitest';
import type { Log } from '../ports/index.ts';
import { createHttpServer, type HttpRoute } from './server.ts';

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

const routes: readonly HttpRoute[] = [
  { method: 'GET', path: '/healthz', answer: () => ({ status: 200, body: { ok: true } }) },
  {
    method: 'POST',
    path: '/echo/:name',
    answer: ({ params, body }) => ({ status: 200, body: { name: params['name'] ?? '', got: body === null } }),
  },
  {
    method: 'GET',
    path: '/broken',
    answer: () => {
      throw new Error('a secret detail');
    },
  },
];

const options = { host: '127.0.0.1', port: 0, maxBodyBytes: 1000, requestTimeoutMs: 5000 };

describe('createHttpServer', () => {
  test.each([
    { name: 'a route', path: '/healthz', init: {}, want: [200, '{"ok":true}'], because: 'it is mounted' },
    {
      name: 'an unknown path',
      path: '/nope',
      init: {},
      want: [404, '{"error":"not found"}'],
      because: 'nothing is mounted there',
    },
    {
      name: 'a parameter',
      path: '/echo/stage',
      init: { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
      want: [200, '{"name":"stage","got":false}'],
      because: 'parameters are decoded',
    },
  ])('$name', async ({ path, init, want }) => {
    await using server = await createHttpServer({ log: silent }, routes, options);
    const response = await fetch(`${server.url}${path}`, init);
    expect([response.status, await response.text()]).toEqual(want);
  });

  test('an error inside stays inside', async () => {
    await using server = await createHttpServer({ log: silent }, routes, options);
    const response = await fetch(`${server.url}/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  test('a body beyond the limit and broken JSON are refused', async () => {
    await using server = await createHttpServer({ log: silent }, routes, options);
    const headers = { 'content-type': 'application/json' };
    const tooLong = { method: 'POST', headers, body: JSON.stringify('x'.repeat(2000)) };
    expect((await fetch(`${server.url}/echo/x`, tooLong)).status).toBe(413);
    expect((await fetch(`${server.url}/echo/x`, { method: 'POST', headers, body: '{' })).status).toBe(400);
  });
});
