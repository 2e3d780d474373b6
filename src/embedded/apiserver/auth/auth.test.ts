import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Call,
  type CallAnswer,
  type KubeApiUnderTest,
  send,
} from '../../../../test/contracts/kube-api/client.ts';
import { createManualClock } from '../../../../test/support/manual-clock.ts';
import { createRecordingLog } from '../../../../test/support/recording-log.ts';
import { createSeededRandom } from '../../../../test/support/seeded-random.ts';
import { createTestTls, issueClientCertificate } from '../../../../test/support/tls.ts';
import { type ApiServer, createApiServer } from '../server.ts';

const clock = createManualClock();
const maps = '/api/v1/namespaces/default/configmaps';
const accounts = '/api/v1/namespaces/default/serviceaccounts';
const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const users = [{ token: 'ann', user: { username: 'ann', groups: ['team', 'system:authenticated'] } }];
const role = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';

describe('a server with role-based authorization', () => {
  let server: ApiServer | undefined;
  let client: Pick<KubeApiUnderTest, 'url' | 'ca'> = { url: '' };
  let tls: Awaited<ReturnType<typeof createTestTls>> | undefined;
  const as = (token: string, call: Call): Promise<CallAnswer> =>
    send({ ...client, token, [Symbol.asyncDispose]: async () => {} }, call);
  const must = async (call: Call): Promise<CallAnswer> => {
    const answer = await as('admin', call);
    if (answer.code >= 300) throw new Error(answer.text);
    return answer;
  };
  const tokenOf = async (name: string, spec: object = {}): Promise<string> => {
    const answer = await must({ method: 'POST', path: `${accounts}/${name}/token`, body: { spec } });
    return answer.body.status.token;
  };

  beforeAll(async () => {
    tls = await createTestTls(['127.0.0.1']);
    const deps = { clock, random: createSeededRandom(), log: createRecordingLog() };
    const { cert, key, ca } = tls;
    const options = {
      token: 'admin',
      users,
      authorization: 'rbac',
      clientCa: ca,
      tls: { cert, key },
    } as const;
    server = await createApiServer(deps, options);
    client = { url: server.url, ca };
    await must({ method: 'POST', path: accounts, body: { metadata: { name: 'bot' } } });
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'patch', 'list'] }];
    await must({ method: 'POST', path: `${role}/roles`, body: { metadata: { name: 'maps' }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'maps' };
    const subjects = [
      { kind: 'ServiceAccount', name: 'bot' },
      { kind: 'Group', name: 'makers' },
    ];
    const binding = { metadata: { name: 'maps' }, roleRef, subjects };
    await must({ method: 'POST', path: `${role}/rolebindings`, body: binding });
  });
  afterAll(() => server?.close());

  test('refuses what no role allows, in the words of a genuine server', async () => {
    expect((await as('ann', { path: `${maps}/a` })).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message:
        'configmaps "a" is forbidden: User "ann" cannot get resource "configmaps" in API group "" in the namespace "default"',
      details: { name: 'a', kind: 'configmaps' },
    });
    expect((await as('ann', { path: '/api/v1/namespaces' })).body.message).toBe(
      'namespaces is forbidden: User "ann" cannot list resource "namespaces" in API group "" at the cluster scope',
    );
    expect((await as('ann', { path: '/metrics' })).body.message).toBe(
      'forbidden: User "ann" cannot get path "/metrics"',
    );
    expect((await as('ann', { path: '/apis/example.com/v1/nothing' })).code, 'before it is looked for').toBe(
      403,
    );
  });

  test('lets everybody discover and ask', async () => {
    expect((await as('ann', { path: '/apis' })).code).toBe(200);
    const spec = { resourceAttributes: { verb: 'get', resource: 'configmaps', namespace: 'default' } };
    const answer = await as('ann', { method: 'POST', path: reviews, body: { spec } });
    expect(answer.body.status).toEqual({ allowed: false });
    const own = await as(await tokenOf('bot'), { method: 'POST', path: reviews, body: { spec } });
    expect(own.body.status).toMatchObject({
      allowed: true,
      reason: expect.stringContaining('RoleBinding "maps/default"'),
    });
    const rules = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
    const asked = await as(await tokenOf('bot'), {
      method: 'POST',
      path: rules,
      body: { spec: { namespace: 'default' } },
    });
    expect(asked.body.status.resourceRules).toContainEqual({
      verbs: ['get', 'patch', 'list'],
      apiGroups: [''],
      resources: ['configmaps'],
    });
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const other = { ...spec, user: 'someone', groups: ['makers'] };
    expect((await must({ method: 'POST', path, body: { spec: other } })).body.status.allowed).toBe(true);
    const empty = await must({ method: 'POST', path, body: { spec: { ...spec, user: 'x' } } });
    expect(empty.body.status.allowed).toBe(false);
    expect((await as('admin', { method: 'POST', path: reviews, body: { spec: {} } })).code).toBe(422);
  });

  test('knows ServiceAccounts by the tokens that they asked for', async () => {
    const token = await tokenOf('bot', { expirationSeconds: 600 });
    expect((await as(token, { path: maps })).code).toBe(200);
    const review = '/apis/authentication.k8s.io/v1/tokenreviews';
    expect(
      (await must({ method: 'POST', path: review, body: { spec: { token } } })).body.status,
    ).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:default:bot' },
    });
    expect((await as(`${token.slice(0, -4)}AAAA`, { path: maps })).code, 'forged').toBe(401);
    expect(
      (await as(await tokenOf('bot', { audiences: ['other'] }), { path: maps })).code,
      'for others',
    ).toBe(401);
    await clock.advance(601_000);
    expect((await as(token, { path: maps })).code, 'expired').toBe(401);
    const short = { method: 'POST', path: `${accounts}/bot/token`, body: { spec: { expirationSeconds: 1 } } };
    expect((await as('admin', short)).code).toBe(422);
    await must({ method: 'POST', path: accounts, body: { metadata: { name: 'gone' } } });
    const orphan = await tokenOf('gone');
    await must({ method: 'DELETE', path: `${accounts}/gone` });
    expect((await as(orphan, { path: maps })).code, 'of a deleted account').toBe(401);
  });

  test('an apply that creates needs the right to create', async () => {
    const type = 'application/apply-patch+yaml';
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } });
    const call = { method: 'PATCH', path: `${maps}/b?fieldManager=me`, type, body };
    const refused = await as(await tokenOf('bot'), call);
    expect(refused.body.message).toContain('cannot create resource "configmaps"');
    await must(call);
    expect((await as(await tokenOf('bot'), call)).code).toBe(200);
  });

  test('acting as somebody else has to be allowed', async () => {
    const headers = { 'impersonate-user': 'system:serviceaccount:default:bot' };
    expect((await as('admin', { path: maps, headers })).code).toBe(200);
    expect((await as('admin', { path: '/api/v1/secrets', headers })).code).toBe(403);
    expect((await as('ann', { path: maps, headers })).body.message).toContain(
      'User "ann" cannot impersonate resource "serviceaccounts"',
    );
  });

  test('knows people by their certificates', async () => {
    if (tls === undefined) throw new Error('not started');
    const maker = await issueClientCertificate(tls, 'CN=mia, O=makers');
    expect(await statusOf(`${client.url}${maps}`, tls.ca, maker)).toBe(200);
    expect(await statusOf(`${client.url}/api/v1/secrets`, tls.ca, maker)).toBe(403);
    const other = await issueClientCertificate(await createTestTls([]), 'CN=mia, O=makers');
    expect(await statusOf(`${client.url}${maps}`, tls.ca, other), 'of another CA').toBe(401);
  });
});

async function statusOf(
  url: string,
  ca: string,
  pair: { readonly cert: string; readonly key: string },
): Promise<number> {
  const { request } = await import('node:https');
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, ...pair, agent: false, timeout: 10_000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}
