import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { startTestServer } from '../../support/http-server.ts';
import { createTestTls } from '../../support/tls.ts';
import type { CallAnswer } from './client.ts';
import { type World, widget } from './world.ts';

// biome-ignore lint/suspicious/noExplicitAny: the tests look at any member of a review
type Review = any;
type Respond = (request: Review) => object;

interface Hook extends AsyncDisposable {
  /** What the webhook has been asked, in order. */
  readonly asked: Review[];
}

interface HookOptions {
  readonly kind?: 'Mutating' | 'Validating';
  readonly webhook?: object;
  readonly respond: Respond;
  /** Sent instead of a review. */
  readonly raw?: string;
  /** Registered with the CA of somebody else. */
  readonly isForeign?: boolean;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Registers a webhook for the widgets of one namespace. */
async function register(world: World, options: HookOptions): Promise<Hook> {
  const tls = await createTestTls(['127.0.0.1']);
  const { ca } = options.isForeign === true ? await createTestTls(['127.0.0.1']) : tls;
  const asked: Review[] = [];
  const server = await startTestServer((request, response) => {
    void readText(request).then((text) => {
      const review = JSON.parse(text) as Review;
      asked.push(review.request);
      const answer = { uid: review.request.uid, ...options.respond(review.request) };
      const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer };
      response.setHeader('content-type', 'application/json');
      response.end(options.raw ?? JSON.stringify(body));
    });
  }, tls);
  const kind = `${options.kind ?? 'Validating'}WebhookConfiguration`;
  const name = `hook-${randomUUID()}`;
  const webhook = {
    name: 'widgets.hooks.example.com',
    clientConfig: { url: `${server.url}/admit`, caBundle: Buffer.from(ca).toString('base64') },
    rules: [
      {
        operations: ['*'],
        apiGroups: ['contract.example.com'],
        apiVersions: ['v1'],
        resources: ['widgets'],
        scope: 'Namespaced',
      },
    ],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': '$NS' } },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 2,
    ...options.webhook,
  };
  const path = `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s`;
  try {
    await world.must({ method: 'POST', path, body: { metadata: { name }, webhooks: [webhook] } });
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  // A genuine server learns of it by a watch of its own, and nothing tells when.
  if (world.server.isGenuine === true) await new Promise((resolve) => setTimeout(resolve, 1500));
  return {
    asked,
    async [Symbol.asyncDispose]() {
      await world.must({ method: 'DELETE', path: `${path}/${name}` });
      await server[Symbol.asyncDispose]();
    },
  };
}

const allow: Respond = () => ({ allowed: true });
const patch = (operations: object[]): object => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});
const create = (world: World, name = 'a', more: object = {}, query = ''): Promise<CallAnswer> =>
  world.call({ method: 'POST', path: `$W${query}`, body: widget(name, { ...more }) });
const mergeType = 'application/merge-patch+json';

/** Webhooks, served by the test over HTTPS. A genuine server takes a moment to see them: tests poll where it matters. */
export function describeAdmission(open: () => Promise<World>): void {
  test('a validating webhook sees who does what to which object', async () => {
    const world = await open();
    await using hook = await register(world, { respond: allow });
    await expect
      .poll(async () => (await create(world, `a${hook.asked.length}`)) && hook.asked.length)
      .toBeGreaterThan(0);
    expect(hook.asked[0]).toMatchObject({
      kind: { group: 'contract.example.com', version: 'v1', kind: 'Widget' },
      resource: { group: 'contract.example.com', version: 'v1', resource: 'widgets' },
      namespace: world.namespace,
      operation: 'CREATE',
      object: { kind: 'Widget', spec: { size: 3, color: 'red' } },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions' },
    });
    expect(hook.asked[0].userInfo.groups).toContain('system:authenticated');
    expect(hook.asked[0].object.metadata.uid, 'validation comes last').toMatch(/^[0-9a-f-]{36}$/);
  });

  test('updates and deletes carry the old object', async () => {
    const world = await open();
    await create(world);
    await using hook = await register(world, { respond: allow });
    await world.must({ method: 'PATCH', path: '$W/a', type: mergeType, body: { spec: { size: 4 } } });
    await world.must({ method: 'DELETE', path: '$W/a' });
    expect(hook.asked.map((request) => request.operation)).toEqual(['UPDATE', 'DELETE']);
    expect(hook.asked[0]).toMatchObject({
      name: 'a',
      object: { spec: { size: 4 } },
      oldObject: { spec: { size: 3 } },
    });
    expect(hook.asked[1]).toMatchObject({ name: 'a', object: null, oldObject: { spec: { size: 4 } } });
  });

  const denials = [
    {
      name: 'message, code and reason',
      status: { code: 403, reason: 'Forbidden', message: 'not today' },
      want: {
        code: 403,
        reason: 'Forbidden',
        message: 'admission webhook "widgets.hooks.example.com" denied the request: not today',
      },
    },
    {
      name: 'a reason alone',
      status: { reason: 'Tired' },
      want: { code: 400, message: 'admission webhook "widgets.hooks.example.com" denied the request: Tired' },
    },
    {
      name: 'nothing',
      status: undefined,
      want: {
        code: 400,
        message: 'admission webhook "widgets.hooks.example.com" denied the request without explanation',
      },
    },
  ];
  test.each(denials)('a denial with $name', async ({ status, want }) => {
    const world = await open();
    await using _hook = await register(world, { respond: () => ({ allowed: false, status }) });
    const answer = await create(world);
    expect(answer.body).toMatchObject(want);
    expect(answer.code).toBe(want.code);
  });

  test('warnings reach the client', async () => {
    const world = await open();
    await using _hook = await register(world, {
      respond: () => ({ allowed: true, warnings: ['look "out"'] }),
    });
    expect((await create(world)).headers['warning']).toBe('299 - "look \\"out\\""');
  });

  test('a mutating webhook changes the object before the schema is checked', async () => {
    const world = await open();
    const respond: Respond = () => patch([{ op: 'add', path: '/spec/size', value: 7 }]);
    await using hook = await register(world, { kind: 'Mutating', respond });
    const answer = await world.call({
      method: 'POST',
      path: '$W',
      body: { ...widget('a'), spec: { color: 'blue' } },
    });
    expect(answer.code).toBe(201);
    expect(answer.body.spec).toEqual({ color: 'blue', size: 7 });
    expect(hook.asked[0].object.metadata.uid, 'the server fills in its own afterwards').toBeUndefined();
  });

  test('a mutating webhook may give the name', async () => {
    const world = await open();
    const respond: Respond = () => patch([{ op: 'add', path: '/metadata/name', value: 'given' }]);
    await using _hook = await register(world, { kind: 'Mutating', respond });
    const body = widget('', {}, { name: undefined });
    expect((await world.call({ method: 'POST', path: '$W', body })).body.metadata.name).toBe('given');
  });

  test('what a mutating webhook does wrong is refused by the schema', async () => {
    const world = await open();
    const respond: Respond = () => patch([{ op: 'add', path: '/spec/size', value: 0 }]);
    await using _hook = await register(world, { kind: 'Mutating', respond });
    expect((await create(world)).code).toBe(422);
  });

  test('unknown fields that a mutating webhook adds are dropped', async () => {
    const world = await open();
    const respond: Respond = () => patch([{ op: 'add', path: '/spec/what', value: 1 }]);
    await using _hook = await register(world, { kind: 'Mutating', respond });
    const answer = await create(world, 'a', {}, '?fieldValidation=Strict');
    expect(answer.code).toBe(201);
    expect(answer.body.spec).not.toHaveProperty('what');
  });

  const selections = [
    { name: 'another resource', webhook: { rules: [rule({ resources: ['gadgets'] })] } },
    { name: 'the status alone', webhook: { rules: [rule({ resources: ['widgets/status'] })] } },
    { name: 'other operations', webhook: { rules: [rule({ operations: ['DELETE'] })] } },
    { name: 'another version', webhook: { rules: [rule({ apiVersions: ['v2'] })] } },
    { name: 'another scope', webhook: { rules: [rule({ scope: 'Cluster' })] } },
    { name: 'other objects', webhook: { objectSelector: { matchLabels: { x: 'y' } } } },
    {
      name: 'other namespaces',
      webhook: {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['$NS'] }],
        },
      },
    },
  ];
  test.each(selections)('a webhook for $name is not asked', async ({ webhook }) => {
    const world = await open();
    await using hook = await register(world, { respond: () => ({ allowed: false }), webhook });
    expect((await create(world)).code).toBe(201);
    expect(hook.asked).toEqual([]);
  });

  test('the status sub-resource is asked about under its own name', async () => {
    const world = await open();
    await create(world);
    const webhook = { rules: [rule({ resources: ['widgets/status'] })] };
    await using hook = await register(world, { respond: allow, webhook });
    await world.must({
      method: 'PATCH',
      path: '$W/a/status',
      type: mergeType,
      body: { status: { phase: 'x' } },
    });
    expect(hook.asked[0]).toMatchObject({ subResource: 'status', operation: 'UPDATE' });
  });

  const failures = [
    { name: 'garbage', raw: 'garbage', webhook: {} },
    { name: 'an answer to another question', respond: () => ({ uid: 'other', allowed: true }), webhook: {} },
    { name: 'nobody there', webhook: { clientConfig: { url: 'https://127.0.0.1:1/' } } },
    { name: 'a certificate of somebody else', webhook: {}, isForeign: true },
  ];
  for (const failurePolicy of ['Fail', 'Ignore']) {
    test.each(failures)(`$name, with the policy ${failurePolicy}`, async (row) => {
      const world = await open();
      await using _hook = await register(world, {
        respond: row.respond ?? allow,
        isForeign: row.isForeign === true,
        ...(row.raw === undefined ? {} : { raw: row.raw }),
        webhook: { ...row.webhook, failurePolicy },
      });
      const answer = await create(world);
      expect(answer.code).toBe(failurePolicy === 'Fail' ? 500 : 201);
      if (failurePolicy === 'Ignore') return;
      expect(answer.body.reason).toBe('InternalError');
      expect(answer.body.message).toContain('failed calling webhook "widgets.hooks.example.com"');
    });
  }

  test('match conditions decide whether a webhook is asked', async () => {
    const world = await open();
    const expressions = [
      'request.operation == "CREATE"',
      'object.spec.size > 3 && object.metadata.name.startsWith("b")',
      'oldObject == null && request.userInfo.groups.exists(g, g == "system:authenticated")',
    ];
    const matchConditions = expressions.map((expression, index) => ({ name: `c${index}`, expression }));
    await using hook = await register(world, { respond: allow, webhook: { matchConditions } });
    await create(world, 'a', { size: 4 });
    await create(world, 'b1', { size: 3 });
    await create(world, 'b2', { size: 4 });
    await world.must({ method: 'DELETE', path: '$W/b2' });
    expect(hook.asked.map((request) => request.name)).toEqual(['b2']);
  });

  test('a match condition that cannot say fails as the policy tells', async () => {
    const world = await open();
    const matchConditions = [{ name: 'a', expression: 'object.spec.nothing == "x"' }];
    {
      await using hook = await register(world, { respond: allow, webhook: { matchConditions } });
      expect((await create(world)).body).toMatchObject({ code: 403, reason: 'Forbidden' });
      expect(hook.asked).toEqual([]);
    }
    const webhook = { matchConditions, failurePolicy: 'Ignore' };
    await using hook = await register(world, { respond: allow, webhook });
    expect((await create(world)).code).toBe(201);
    expect(hook.asked).toEqual([]);
  });

  test('a webhook for one group of Events is asked about those of the other', async () => {
    const world = await open();
    const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['events'] }];
    const body = {
      metadata: { name: 'e' },
      regarding: { kind: 'Pod', name: 'p', namespace: '$NS' },
      reason: 'R',
      note: 'hello',
      type: 'Normal',
      action: 'A',
      reportingController: 'example.com/controller',
      reportingInstance: 'i',
      eventTime: '2026-01-01T00:00:00.000000Z',
    };
    const call = { method: 'POST', path: '/apis/events.k8s.io/v1/namespaces/$NS/events', body };
    const respond: Respond = () => patch([{ op: 'add', path: '/metadata/labels', value: { seen: 'yes' } }]);
    {
      await using hook = await register(world, { kind: 'Mutating', respond, webhook: { rules } });
      const made = await world.must(call);
      expect(made.body).toMatchObject({ note: 'hello', metadata: { labels: { seen: 'yes' } } });
      expect(hook.asked[0]).toMatchObject({
        kind: { group: '', version: 'v1', kind: 'Event' },
        requestKind: { group: 'events.k8s.io', version: 'v1', kind: 'Event' },
        object: { apiVersion: 'v1', message: 'hello', involvedObject: { name: 'p' } },
      });
    }
    await using exact = await register(world, { respond: allow, webhook: { rules, matchPolicy: 'Exact' } });
    await world.must({ ...call, body: { ...body, metadata: { name: 'other' } } });
    expect(exact.asked).toEqual([]);
  });

  test('a dry run is told', async () => {
    const world = await open();
    await using hook = await register(world, { respond: allow });
    expect((await create(world, 'a', {}, '?dryRun=All')).code).toBe(201);
    expect(hook.asked[0].dryRun).toBe(true);
  });

  const wrong = [
    { name: 'side effects', webhook: { sideEffects: 'Some' }, want: 'webhooks[0].sideEffects' },
    { name: 'a short name', webhook: { name: 'a.b' }, want: 'webhooks[0].name' },
    {
      name: 'no versions',
      webhook: { admissionReviewVersions: [] },
      want: 'webhooks[0].admissionReviewVersions',
    },
    { name: 'no address', webhook: { clientConfig: {} }, want: 'webhooks[0].clientConfig' },
    {
      name: 'a condition that is no truth value',
      webhook: { matchConditions: [{ name: 'a', expression: '1 + 1' }] },
      want: 'matchConditions[0].expression: Invalid value: \\"1 + 1\\": must evaluate to bool but got int',
    },
    {
      name: 'a condition that is no expression',
      webhook: { matchConditions: [{ name: 'a', expression: 'object.' }] },
      want: 'matchConditions[0].expression: Invalid value: \\"object.\\": compilation failed',
    },
    {
      name: 'two conditions of one name',
      webhook: {
        matchConditions: [
          { name: 'a', expression: 'true' },
          { name: 'a', expression: 'true' },
        ],
      },
      want: 'matchConditions[1].name: Duplicate value: \\"a\\"',
    },
    {
      name: 'a condition without a name',
      webhook: { matchConditions: [{ expression: 'true' }] },
      want: 'matchConditions[0].name: Required value',
    },
  ];
  test.each(wrong)('a registration with $name is refused', async ({ webhook, want }) => {
    const world = await open();
    await expect(register(world, { respond: allow, webhook })).rejects.toThrow(want);
  });
}

function rule(more: object): object {
  const base = { operations: ['*'], apiGroups: ['contract.example.com'], apiVersions: ['v1'] };
  return { ...base, resources: ['widgets'], scope: '*', ...more };
}
