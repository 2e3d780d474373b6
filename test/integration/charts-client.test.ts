import { expect, test } from 'vitest';
import { createHttpCharts } from '../../src/helm/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { startTestServer } from '../support/http-server.ts';
import { createOpenBudgets } from '../support/open-budgets.ts';

const signal = AbortSignal.timeout(20_000);
const index = 'entries:\n  app:\n  - version: 1.0.0\n  other:\n  - version: 2.0.0\n';

async function openRepository() {
  const state = { status: 200, text: index, etag: '"1"', headers: {} as Record<string, string> };
  const asked: string[] = [];
  const server = await startTestServer((request, response) => {
    const isSame = request.headers['if-none-match'] === state.etag;
    asked.push(`${request.url} ${request.headers.authorization ?? 'anonymous'} ${isSame ? 'same' : 'anew'}`);
    response.writeHead(state.status === 200 && isSame ? 304 : state.status, {
      etag: state.etag,
      ...state.headers,
    });
    response.end(isSame ? '' : state.text);
  });
  const http = createHttpClient();
  return {
    state,
    asked,
    charts: createHttpCharts({ http, budgets: createOpenBudgets() }, { maxIndexBytes: 10_000 }),
    source: { repoURL: `${server.url}/stable` },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('an index that has not changed is not sent again, unless another chart is asked for', async () => {
  await using world = await openRepository();
  const { charts, source, asked } = world;
  const want = new Map([['app', ['1.0.0']]]);
  expect(await charts.listVersions(source, ['app'], signal)).toEqual(want);
  expect(await charts.listVersions(source, ['app'], signal)).toEqual(want);
  expect((await charts.listVersions(source, ['app', 'other'], signal)).get('other')).toEqual(['2.0.0']);
  expect((await charts.listVersions(source, ['other'], signal)).get('other')).toEqual(['2.0.0']);
  expect(asked.map((line) => line.split(' ').at(-1))).toEqual(['anew', 'same', 'anew', 'same']);
  expect(asked[0]).toMatch(/^\/stable\/index\.yaml /);
});

test('an index that has changed is read anew', async () => {
  await using world = await openRepository();
  await world.charts.listVersions(world.source, ['app'], signal);
  Object.assign(world.state, { etag: '"2"', text: index.replace('1.0.0', '1.1.0') });
  expect((await world.charts.listVersions(world.source, ['app'], signal)).get('app')).toEqual(['1.1.0']);
});

test('what one identity was given is not served to another', async () => {
  await using world = await openRepository();
  const credential = { identity: 'secret demo/helm', username: 'ann', password: 'secret' };
  await world.charts.listVersions({ ...world.source, credential }, ['app'], signal);
  world.state.status = 401;
  const other = world.charts.listVersions(world.source, ['app'], signal);
  await expect(other).rejects.toMatchObject({ code: 'helm.auth-failed', disposition: 'stop' });
  const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
  expect(world.asked).toEqual([`/stable/index.yaml ${basic} anew`, '/stable/index.yaml anonymous anew']);
});

const failures = [
  { status: 404, code: 'helm.not-found' },
  { status: 429, code: 'helm.rate-limited' },
  { status: 503, code: 'helm.unreachable' },
  { status: 201, code: 'helm.invalid-index' },
  { status: 200, text: '<html>hello</html>', code: 'helm.invalid-index' },
  { status: 200, text: 'x'.repeat(10_001), code: 'helm.too-large' },
];
test.each(failures)('an answer $status fails with $code', async ({ status, text, code }) => {
  await using world = await openRepository();
  Object.assign(world.state, { status, text: text ?? 'no', headers: { 'retry-after': '7' } });
  const failed = world.charts.listVersions(world.source, ['app'], signal);
  await expect(failed).rejects.toMatchObject({
    code,
    message: expect.stringContaining('/stable/index.yaml'),
  });
});

test('a repository that cannot be reached says so', async () => {
  await using world = await openRepository();
  const failed = world.charts.listVersions({ repoURL: 'http://127.0.0.1:9' }, ['app'], signal);
  await expect(failed).rejects.toMatchObject({ code: 'helm.unreachable' });
});
