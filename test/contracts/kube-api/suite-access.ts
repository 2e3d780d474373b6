import { expect, test } from 'vitest';
import { type Call, type CallAnswer, send } from './client.ts';
import { until, type World } from './world.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const roles = `${rbac}/namespaces/$NS/roles`;
const bindings = `${rbac}/namespaces/$NS/rolebindings`;
const accounts = '/api/v1/namespaces/$NS/serviceaccounts';
const secrets = '/api/v1/namespaces/$NS/secrets';
const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
const rbacGroup = 'rbac.authorization.k8s.io';
const own = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] };

const post = (path: string, body: unknown): Call => ({ method: 'POST', path, body });
const role = (name: string, rules: unknown): Call => post(roles, { metadata: { name }, rules });
const bind = (name: string, roleRef: { kind: string; name: string }): Call =>
  post(bindings, {
    metadata: { name },
    roleRef: { apiGroup: rbacGroup, ...roleRef },
    subjects: [{ kind: 'ServiceAccount', name: 'bot' }],
  });

async function tokenOf(world: World, name: string, spec: object = {}): Promise<string> {
  const answer = await world.must(post(`${accounts}/${name}/token`, { spec }));
  return answer.body.status.token;
}

/** Someone who may write roles and bindings, read configmaps, and nothing more. */
async function openBot(world: World): Promise<(call: Call) => Promise<CallAnswer>> {
  await world.must(post(accounts, { metadata: { name: 'bot' } }));
  const writing = {
    apiGroups: [rbacGroup],
    resources: ['roles', 'rolebindings'],
    verbs: ['create', 'update'],
  };
  await world.must(role('writer', [writing, own]));
  await world.must(bind('writer', { kind: 'Role', name: 'writer' }));
  const token = await tokenOf(world, 'bot');
  const call = async (given: Call): Promise<CallAnswer> => {
    const text = JSON.stringify(given).replaceAll('$NS', world.namespace);
    return send({ ...world.server, token }, JSON.parse(text) as Call);
  };
  await until({ ...world, call }, { path: '/api/v1/namespaces/$NS/configmaps' }, ({ code }) => code === 200);
  return call;
}

const refused = (what: string, list: string): object => ({
  code: 403,
  reason: 'Forbidden',
  message: expect.stringMatching(
    new RegExp(
      `^${what} is forbidden: user "system:serviceaccount:\\S+:bot" \\(groups=\\["system:serviceaccounts" "system:serviceaccounts:\\S+" "system:authenticated"\\]\\) is attempting to grant RBAC permissions not currently held:\\n${list}$`,
    ),
  ),
});
const literal = (text: string): string => text.replaceAll(/[[\]{}"]/g, '\\$&');

/** Who may grant what, the tokens of ServiceAccounts, and what every namespace is born with. */
export function describeAccess(open: () => Promise<World>): void {
  test('nobody writes a role that grants more than he has', async () => {
    const world = await open();
    const bot = await openBot(world);
    const secretsToo = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] };
    const more = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'delete'] };
    const list = literal(
      '{APIGroups:[""], Resources:["configmaps"], Verbs:["delete"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
    ).replace('\n', '\\n');
    const name = 'roles.rbac.authorization.k8s.io "more"';
    expect((await bot(role('more', [secretsToo, more]))).body).toMatchObject(refused(name, list));
    expect((await bot(role('same', [{ ...own, verbs: ['get'] }]))).code).toBe(201);
    const named = { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['x'], verbs: ['*'] };
    const change = {
      method: 'PUT',
      path: `${roles}/same`,
      body: { metadata: { name: 'same' }, rules: [named] },
    };
    const shown = literal(
      '{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["x"], Verbs:["*"]}',
    ).replace('*', '\\*');
    expect((await bot(change)).body).toMatchObject(refused('roles.rbac.authorization.k8s.io "same"', shown));
  });

  test('who may escalate a role writes anything into it', async () => {
    const world = await open();
    const bot = await openBot(world);
    const escalate = { apiGroups: [rbacGroup], resources: ['roles'], verbs: ['escalate'] };
    await world.must(role('escalate', [escalate]));
    await world.must(bind('escalate', { kind: 'Role', name: 'escalate' }));
    const all = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    const answer = await until({ ...world, call: bot }, role('all', all), ({ code }) => code !== 403);
    expect(answer.code).toBe(201);
  });

  test('nobody grants a role that allows more than he may', async () => {
    const world = await open();
    const bot = await openBot(world);
    await world.must(role('same', [own]));
    await world.must(role('secrets', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]));
    expect(
      (
        await until(
          { ...world, call: bot },
          bind('b1', { kind: 'Role', name: 'same' }),
          ({ code }) => code !== 404,
        )
      ).code,
    ).toBe(201);
    const list = literal('{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}');
    const name = 'rolebindings.rbac.authorization.k8s.io "b2"';
    const call = bind('b2', { kind: 'Role', name: 'secrets' });
    expect((await until({ ...world, call: bot }, call, ({ code }) => code !== 404)).body).toMatchObject(
      refused(name, list),
    );
    expect((await bot(bind('b3', { kind: 'Role', name: 'nothing' }))).body).toMatchObject({
      code: 404,
      message: 'rolebindings.rbac.authorization.k8s.io "nothing" not found',
    });
    const binds = {
      apiGroups: [rbacGroup],
      resources: ['roles'],
      resourceNames: ['secrets'],
      verbs: ['bind'],
    };
    await world.must(role('binds', [binds]));
    await world.must(bind('binds', { kind: 'Role', name: 'binds' }));
    expect((await until({ ...world, call: bot }, call, ({ code }) => code !== 403)).code).toBe(201);
  });

  test('rules of roles and subjects of bindings are checked', async () => {
    const world = await open();
    const rules = [
      { apiGroups: [''], resources: [], verbs: [] },
      { nonResourceURLs: ['/x'], verbs: ['get'] },
      { resources: ['x'], verbs: ['get'] },
    ];
    expect((await world.call(role('bad', rules))).body.message).toBe(
      'Role.rbac.authorization.k8s.io "bad" is invalid: [rules[0].verbs: Required value: verbs must contain at least one value, rules[0].resources: Required value: resource rules must supply at least one resource, rules[1].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs, rules[2].apiGroups: Required value: resource rules must supply at least one api group]',
    );
    const body = {
      metadata: { name: 'bad' },
      roleRef: { kind: 'Rolex', name: 'x' },
      subjects: [
        { kind: 'X', name: 'bot' },
        { kind: 'User', name: '' },
      ],
    };
    expect((await world.call(post(bindings, body))).body.message).toBe(
      'RoleBinding.rbac.authorization.k8s.io "bad" is invalid: [roleRef.kind: Unsupported value: "Rolex": supported values: "Role", "ClusterRole", subjects[0].kind: Unsupported value: "X": supported values: "ServiceAccount", "User", "Group", subjects[1].name: Required value]',
    );
    const subjects = [
      { kind: 'User', name: 'ann' },
      { kind: 'ServiceAccount', name: 'bot' },
    ];
    const good = { ...body, roleRef: { kind: 'Role', name: 'x' }, subjects };
    const made = await world.must(post(bindings, good));
    expect(made.body.roleRef).toEqual({ apiGroup: rbacGroup, kind: 'Role', name: 'x' });
    expect(made.body.subjects).toEqual([{ kind: 'User', apiGroup: rbacGroup, name: 'ann' }, subjects[1]]);
  });

  test('reviews tell what somebody may do', async () => {
    const world = await open();
    const bot = await openBot(world);
    const group = '/apis/authorization.k8s.io/v1';
    const asked = (verb: string) => ({
      resourceAttributes: { namespace: '$NS', verb, resource: 'configmaps' },
    });
    const own_ = async (verb: string) =>
      (await bot(post(`${group}/selfsubjectaccessreviews`, { spec: asked(verb) }))).body.status.allowed;
    expect([await own_('get'), await own_('delete')]).toEqual([true, false]);
    const user = `system:serviceaccount:${world.namespace}:bot`;
    const whole = await world.must(
      post(`${group}/subjectaccessreviews`, { spec: { ...asked('list'), user } }),
    );
    expect(whole.body.status).toMatchObject({
      allowed: true,
      reason: expect.stringContaining('RBAC: allowed by'),
    });
    const local = `${group}/namespaces/$NS/localsubjectaccessreviews`;
    expect(
      (await world.must(post(local, { metadata: { namespace: '$NS' }, spec: { ...asked('get'), user } })))
        .body.status.allowed,
    ).toBe(true);
    expect(
      (
        await world.call(
          post(local, {
            metadata: { namespace: '$NS' },
            spec: { resourceAttributes: { namespace: 'other', verb: 'get', resource: 'pods' }, user },
          }),
        )
      ).code,
    ).toBe(422);
    const rules = await bot(post(`${group}/selfsubjectrulesreviews`, { spec: { namespace: '$NS' } }));
    expect(rules.body.status.resourceRules).toContainEqual(own);
    expect((await bot(post(`${group}/selfsubjectrulesreviews`, { spec: {} }))).code).toBe(400);
    const me = await bot(post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {}));
    expect(me.body.status.userInfo).toMatchObject({
      username: user,
      groups: expect.arrayContaining(['system:authenticated']),
    });
  });

  test('aggregated roles hold the rules of those that they select', async () => {
    const world = await open();
    const label = { 'example.com/in': world.namespace };
    const names = { whole: `whole-${world.namespace}`, part: `part-${world.namespace}` };
    const path = `${rbac}/clusterroles`;
    const whole = {
      metadata: { name: names.whole },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: label }] },
    };
    await world.must(post(path, whole));
    const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }];
    await world.must(post(path, { metadata: { name: names.part, labels: label }, rules }));
    const filled = await until(
      world,
      { path: `${path}/${names.whole}` },
      ({ body }) => body.rules?.length > 0,
    );
    expect(filled.body.rules).toEqual(rules);
    expect(filled.body.metadata.managedFields).toContainEqual(
      expect.objectContaining({
        manager: 'clusterrole-aggregation-controller',
        operation: 'Apply',
        fieldsV1: { 'f:rules': {} },
      }),
    );
    await world.must({ method: 'DELETE', path: `${path}/${names.part}` });
    const emptied = await until(
      world,
      { path: `${path}/${names.whole}` },
      ({ body }) => (body.rules ?? []).length === 0,
    );
    expect(emptied.body.rules ?? []).toEqual([]);
    await world.must({ method: 'DELETE', path: `${path}/${names.whole}` });
  });

  test('every namespace has an account and the CA, whatever is done to them', async () => {
    const world = await open();
    const account = { path: `${accounts}/default` };
    const ca = { path: '$C/kube-root-ca.crt' };
    const first = await until(world, account, ({ code }) => code === 200);
    expect(first.body).toMatchObject({ kind: 'ServiceAccount', metadata: { name: 'default' } });
    const { body } = await until(world, ca, ({ code }) => code === 200);
    expect(Object.keys(body.data)).toEqual(['ca.crt']);
    await world.must({ method: 'DELETE', ...account });
    const { uid } = first.body.metadata;
    const again = await until(world, account, (one) => one.code === 200 && one.body.metadata.uid !== uid);
    expect(again.body.metadata.name).toBe('default');
    await world.must({
      method: 'PUT',
      ...ca,
      body: { metadata: { name: 'kube-root-ca.crt' }, data: { a: 'b' } },
    });
    expect((await until(world, ca, (one) => one.body.data.a === undefined)).body.data).toEqual(body.data);
  });

  test.each(['default', 'kube-system', 'kube-public'])('namespace %s stays', async (name) => {
    const world = await open();
    expect((await world.call({ method: 'DELETE', path: `/api/v1/namespaces/${name}` })).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    });
  });

  test('tokens may be bound to a Secret or a Pod', async () => {
    const world = await open();
    await world.must(post(accounts, { metadata: { name: 'bot' } }));
    const held = await world.must(post(secrets, { metadata: { name: 's' } }));
    const { uid } = held.body.metadata;
    const ask = (boundObjectRef: object, name = 'bot'): Promise<CallAnswer> =>
      world.call(post(`${accounts}/${name}/token`, { spec: { boundObjectRef } }));
    const secret = { kind: 'Secret', apiVersion: 'v1', name: 's' };
    const bound = await ask({ ...secret, uid });
    expect(bound.body.spec.boundObjectRef).toEqual({ ...secret, uid });
    const claims = JSON.parse(Buffer.from(bound.body.status.token.split('.')[1], 'base64url').toString());
    expect(claims['kubernetes.io']).toMatchObject({
      secret: { name: 's', uid },
      serviceaccount: { name: 'bot' },
    });
    expect((await ask({ ...secret, uid: 'x' })).body).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on Secret "s": the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated',
    });
    expect((await ask({ ...secret, name: 'none' })).body).toMatchObject({
      code: 404,
      message: 'secrets "none" not found',
    });
    expect((await ask({ ...secret, kind: 'ConfigMap' })).body).toMatchObject({
      code: 400,
      message: 'cannot bind token to object of type /v1, Kind=ConfigMap',
    });
    await world.must({ method: 'DELETE', path: `${secrets}/s` });
    const after = await world.must(post(reviews, { spec: { token: bound.body.status.token } }));
    expect(after.body.status.authenticated ?? false).toBe(false);
    const spec = { serviceAccountName: 'bot', containers: [{ name: 'c', image: 'i' }] };
    await world.must(post('/api/v1/namespaces/$NS/pods', { metadata: { name: 'p' }, spec }));
    const pod = { kind: 'Pod', apiVersion: 'v1', name: 'p' };
    const token = (await ask(pod)).body.status.token;
    const seen = await world.must(post(reviews, { spec: { token } }));
    expect(seen.body.status.user.extra['authentication.kubernetes.io/pod-name']).toEqual(['p']);
    await world.must(post(accounts, { metadata: { name: 'other' } }));
    expect((await ask(pod, 'other')).body).toMatchObject({
      code: 400,
      message:
        'cannot bind token for serviceaccount "other" to pod running with different serviceaccount name.',
    });
  });

  test('a Secret that asks for the token of an account gets it, and goes with the account', async () => {
    const world = await open();
    await world.must(post(accounts, { metadata: { name: 'bot' } }));
    const type = 'kubernetes.io/service-account-token';
    const named = (name: string) => ({ 'kubernetes.io/service-account.name': name });
    await world.must(post(secrets, { metadata: { name: 's', annotations: named('bot') }, type }));
    const call = { path: `${secrets}/s` };
    const filled = await until(world, call, ({ body }) => body.data?.token !== undefined);
    expect(Object.keys(filled.body.data).sort()).toEqual(['ca.crt', 'namespace', 'token']);
    const token = Buffer.from(filled.body.data.token, 'base64').toString();
    const review = await world.must(post(reviews, { spec: { token } }));
    expect(review.body.status).toMatchObject({
      authenticated: true,
      user: { username: `system:serviceaccount:${world.namespace}:bot` },
    });
    await world.must({ method: 'DELETE', path: `${accounts}/bot` });
    expect((await until(world, call, ({ code }) => code === 404)).code).toBe(404);
    await world.must(post(secrets, { metadata: { name: 'lost', annotations: named('nobody') }, type }));
    const lost = await until(world, { path: `${secrets}/lost` }, ({ code }) => code === 404);
    expect(lost.code).toBe(404);
  });
}
