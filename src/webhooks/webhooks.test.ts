import { request as httpsRequest } from 'node:https';
import { describe, expect, test } from 'vitest';
import { createFakeCluster } from '../../test/support/fake-cluster.ts';
import { applyJsonPatch } from '../../test/support/fake-json-patch.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { createSeededRandom } from '../../test/support/seeded-random.ts';
import { createTestTls } from '../../test/support/tls.ts';
import { type Namespace, namespaces } from '../api/core/index.ts';
import {
  type Freight,
  freights,
  kargoApiVersion,
  type ProjectConfig,
  type Promotion,
  type PromotionTask,
  projectConfigs,
  promotionTasks,
  type Stage,
  stages,
  type Warehouse,
  warehouses,
} from '../api/v1alpha1/index.ts';
import type { JsonObject } from '../base/index.ts';
import type { EventDraft } from '../domain/index.ts';
import type { HttpRoute } from '../httpd/index.ts';
import type { AccessQuestion, KubeReader } from '../ports/index.ts';
import { createFacts } from './facts.ts';
import { createWebhookRoutes, startWebhookServer, webhookConfigurations } from './index.ts';

const origin = { kind: 'Warehouse', name: 'main' } as const;
const image = { repoURL: 'ghcr.io/a/b', tag: 'main', digest: `sha256:${'a'.repeat(64)}` };
const signal = new AbortController().signal;
const user = { username: 'alice', groups: ['people'] };

function setUp(options: { readonly mayPromote?: boolean; readonly autoPromotion?: boolean } = {}) {
  const cluster = createFakeCluster();
  const events: EventDraft[] = [];
  const lists: string[] = [];
  const asked: AccessQuestion[] = [];
  const reader: KubeReader = {
    ...cluster.reader,
    listLive: (type, selection, signal) => {
      lists.push(`${type.plural} ${selection.labels}`);
      return cluster.reader.listLive(type, selection, signal);
    },
  };
  const deps = {
    reader,
    writer: cluster.writer,
    events: { emit: (draft: EventDraft) => void events.push(draft) },
    clock: createManualClock(),
    random: createSeededRandom(3),
    log: createRecordingLog(),
    access: {
      isAllowed: async (question: AccessQuestion) => {
        asked.push(question);
        return options.mayPromote !== false;
      },
    },
  };
  const routes = createWebhookRoutes(deps, { controlPlaneUsers: '^gantry$' });
  cluster.put<Namespace>(namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'demo', labels: { 'kargo.akuity.io/project': 'true' } },
  });
  cluster.put<Warehouse>(warehouses, {
    ...head('Warehouse', 'main'),
    spec: {
      interval: '5m0s',
      freightCreationPolicy: 'Automatic',
      subscriptions: [{ image: { repoURL: image.repoURL } }],
    },
  });
  cluster.put<PromotionTask>(promotionTasks, {
    ...head('PromotionTask', 'deploy'),
    spec: {
      vars: [{ name: 'branch', value: 'main' }],
      steps: [{ uses: 'git-clone' }, { uses: 'git-push', as: 'push' }],
    },
  });
  cluster.put<Stage>(stages, {
    ...head('Stage', 'dev'),
    spec: {
      shard: 'east',
      vars: [{ name: 'env', value: 'dev' }],
      requestedFreight: [{ origin, sources: { direct: true } }],
      promotionTemplate: { spec: { steps: [{ task: { name: 'deploy' } }] } },
    },
  });
  for (const name of ['f1', 'f2']) {
    cluster.put<Freight>(freights, {
      ...head('Freight', name),
      alias: `alias-${name}`,
      discoveredAt: name === 'f1' ? '2026-01-01T00:00:00Z' : '2026-01-02T00:00:00Z',
      origin,
      images: [image],
    });
  }
  if (options.autoPromotion === true) {
    cluster.put<ProjectConfig>(projectConfigs, {
      ...head('ProjectConfig', 'demo'),
      spec: { promotionPolicies: [{ stage: 'dev', autoPromotionEnabled: true }] },
    });
  }
  return { cluster, events, deps, routes, lists, asked };
}

function head(kind: string, name: string) {
  return { apiVersion: kargoApiVersion, kind, metadata: { name, namespace: 'demo' } };
}

/** Asks a webhook as the API server does. */
async function ask(
  routes: readonly HttpRoute[],
  path: string,
  request: {
    readonly object: object;
    readonly oldObject?: object;
    readonly operation?: string;
    readonly userInfo?: object;
  },
) {
  const route = routes.find((item) => item.path === path);
  const kind = (request.object as { readonly kind?: string }).kind ?? '';
  const operation = request.operation ?? 'CREATE';
  const isDelete = operation === 'DELETE';
  const body = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u1',
      kind: { group: 'kargo.akuity.io', version: 'v1alpha1', kind },
      namespace: 'demo',
      operation,
      userInfo: request.userInfo ?? user,
      object: isDelete ? null : request.object,
      oldObject: isDelete ? request.object : (request.oldObject ?? null),
    },
  };
  const answer = await route?.answer({ params: {}, body, signal });
  const { response } = (answer?.body ?? {}) as unknown as {
    readonly response: {
      readonly uid: string;
      readonly allowed: boolean;
      readonly patch?: string;
      readonly status?: { readonly code: number; readonly message: string };
    };
  };
  const patch =
    response.patch === undefined ? [] : JSON.parse(Buffer.from(response.patch, 'base64').toString());
  const object = applyJsonPatch(JSON.parse(JSON.stringify(request.object)) as JsonObject, patch);
  return { ...response, object: object as unknown as Promotion & Freight };
}

const mutatePromotion = '/mutate-kargo-akuity-io-v1alpha1-promotion';
const validatePromotion = '/validate-kargo-akuity-io-v1alpha1-promotion';
const bare = {
  apiVersion: kargoApiVersion,
  kind: 'Promotion',
  metadata: { generateName: 'promo-', name: 'promo-x', namespace: 'demo' },
  spec: { stage: 'dev', freight: 'f1' },
};

describe('a new Promotion', () => {
  test('gets steps, variables, name, labels, owner and creator', async () => {
    const { routes } = setUp();
    const { object } = await ask(routes, mutatePromotion, { object: bare });
    expect(object.metadata.name).toMatch(/^dev\.[0-9a-z]{26}\.f1$/);
    expect(object.metadata.labels).toEqual({
      'kargo.akuity.io/shard': 'east',
      'kargo.akuity.io/stage': 'dev',
    });
    expect(object.metadata.annotations).toEqual({
      'kargo.akuity.io/create-actor': 'kubernetes:alice',
      'kargo.akuity.io/stage': 'dev',
    });
    expect(object.metadata.ownerReferences).toMatchObject([{ kind: 'Stage', name: 'dev', controller: true }]);
    expect(object.spec).toEqual({
      stage: 'dev',
      freight: 'f1',
      vars: [{ name: 'env', value: 'dev' }],
      steps: [
        { uses: 'git-clone', as: 'task-1::step-1', vars: [{ name: 'branch', value: 'main' }] },
        { uses: 'git-push', as: 'task-1::push', vars: [{ name: 'branch', value: 'main' }] },
      ],
    });
  });

  test('of an origin becomes one of its best Freight', async () => {
    const { routes } = setUp();
    const { object } = await ask(routes, mutatePromotion, {
      object: { ...bare, spec: { stage: 'dev', origin } },
    });
    expect(object.spec).toMatchObject({ freight: 'f2' });
    expect(object.spec.origin).toBeUndefined();
  });

  test.each([
    {
      freight: 'f1',
      userInfo: user,
      want: 'kargo.akuity.io/auto-promotion-hold',
      because: 'older than the best',
    },
    {
      freight: 'f2',
      userInfo: user,
      want: 'kargo.akuity.io/auto-promotion-resume',
      because: 'the best itself',
    },
    { freight: 'f1', userInfo: { username: 'gantry' }, want: undefined, because: 'made by the controller' },
  ])(
    'by hand of $freight, $because, says what it means for auto-promotion',
    async ({ freight, userInfo, want }) => {
      const { routes } = setUp({ autoPromotion: true });
      const given = { ...bare, spec: { ...bare.spec, freight } };
      const { object } = await ask(routes, mutatePromotion, { object: given, userInfo });
      const found = Object.keys(object.metadata.annotations ?? {}).filter((name) =>
        name.includes('auto-promotion'),
      );
      expect(found).toEqual(want === undefined ? [] : [want]);
    },
  );

  test.each([
    {
      name: 'an unknown Stage',
      spec: { stage: 'nope', freight: 'f1' },
      want: [422, 'Stage "nope" does not exist'],
    },
    {
      name: 'an unknown origin',
      spec: { stage: 'dev', origin: { kind: 'Warehouse', name: 'gone' } },
      want: [422, 'no Freight of this origin'],
    },
  ])('for $name is refused', async ({ spec, want }) => {
    const { routes } = setUp();
    const { allowed, status } = await ask(routes, mutatePromotion, { object: { ...bare, spec } });
    expect(allowed).toBe(false);
    expect([status?.code, status?.message.includes(String(want[1]))]).toEqual([want[0], true]);
  });

  test('that cannot be read is left to the schema', async () => {
    const { routes } = setUp();
    const answer = await ask(routes, mutatePromotion, { object: { ...bare, spec: { stage: 5 } } });
    expect([answer.allowed, answer.patch]).toEqual([true, undefined]);
  });
});

describe('who may promote', () => {
  const collector = 'system:serviceaccount:kube-system:generic-garbage-collector';
  const rows = [
    { user: 'ann', operation: 'CREATE', isAsked: true, because: 'people need the verb' },
    { user: 'ann', operation: 'UPDATE', isAsked: true, because: 'an abort is an update' },
    { user: 'ann', operation: 'DELETE', isAsked: true, because: 'a deletion ends it too' },
    { user: 'gantry', operation: 'CREATE', isAsked: false, because: 'that is the control plane' },
    { user: collector, operation: 'DELETE', isAsked: false, because: 'its Stage is gone' },
    { user: collector, operation: 'CREATE', isAsked: true, because: 'it has no reason to' },
  ];
  test.each(rows)('$user, $operation: asked $isAsked, $because', async ({ user, operation, isAsked }) => {
    const { routes, asked } = setUp({ mayPromote: false });
    const { object } = await ask(routes, mutatePromotion, {
      object: { ...bare, spec: { stage: 'dev', freight: 'f1' } },
    });
    const userInfo = { username: user, groups: ['team'] };
    const oldObject = operation === 'CREATE' ? {} : { oldObject: object };
    const answer = await ask(routes, validatePromotion, { object, ...oldObject, operation, userInfo });
    expect([answer.allowed, answer.status?.code]).toEqual(isAsked ? [false, 403] : [true, undefined]);
    const key = { namespace: 'demo', name: 'dev' };
    const question = { username: user, groups: ['team'], verb: 'promote', type: stages, key };
    expect(asked).toEqual(isAsked ? [question] : []);
    if (isAsked) expect(answer.status?.message).toContain(`subject "${user}" is not permitted to`);
  });
});

describe('validation of Promotions', () => {
  test.each([
    { name: 'available Freight', freight: 'f1', mayPromote: true, want: [true, undefined] },
    { name: 'missing Freight', freight: 'nope', mayPromote: true, want: [false, 422] },
    { name: 'somebody who may not', freight: 'f1', mayPromote: false, want: [false, 403] },
  ])('$name', async ({ freight, mayPromote, want }) => {
    const { routes, events } = setUp({ mayPromote });
    const mutated = await ask(routes, mutatePromotion, {
      object: { ...bare, spec: { stage: 'dev', freight } },
    });
    const { allowed, status } = await ask(routes, validatePromotion, { object: mutated.object });
    expect([allowed, status?.code]).toEqual(want);
    expect(events.map(({ reason }) => reason)).toEqual(allowed ? ['PromotionCreated'] : []);
  });

  test('the spec never changes', async () => {
    const { routes } = setUp();
    const { object } = await ask(routes, mutatePromotion, { object: bare });
    const changed = { ...object, spec: { ...object.spec, freight: 'f2' } };
    const { allowed, status } = await ask(routes, validatePromotion, {
      object: changed,
      oldObject: object,
      operation: 'UPDATE',
    });
    expect([allowed, status?.message.includes('spec is immutable')]).toEqual([false, true]);
  });
});

describe('Freight', () => {
  const path = '/mutate-kargo-akuity-io-v1alpha1-freight';
  const draft = {
    apiVersion: kargoApiVersion,
    kind: 'Freight',
    metadata: { name: 'mine', namespace: 'demo' },
    origin,
    images: [image],
  };

  test('gets the name of its content, an alias and a time', async () => {
    const { routes } = setUp();
    const { object } = await ask(routes, path, { object: draft });
    expect(object.metadata.name).toMatch(/^[0-9a-f]{40}$/);
    expect(object.alias).toMatch(/^[a-z]+-[a-z]+$/);
    expect(object.metadata.labels?.['kargo.akuity.io/alias']).toBe(object.alias);
    expect(object.discoveredAt).toBe('2026-01-02T03:04:05Z');
    const { allowed } = await ask(routes, '/validate-kargo-akuity-io-v1alpha1-freight', { object });
    expect(allowed).toBe(true);
  });

  test('made at the same moment gets another alias', async () => {
    const always = { next: () => 0, uuid: () => '0' };
    const cluster = createFakeCluster();
    const facts = createFacts({ reader: cluster.reader, random: always });
    const signal = AbortSignal.timeout(10_000);
    const aliases = await Promise.all(Array.from({ length: 5 }, () => facts.freshAlias(signal)));
    expect(new Set(aliases).size).toBe(5);
  });

  test.each([
    { name: 'of an unknown Warehouse', change: { origin: { kind: 'Warehouse', name: 'no' } }, want: 422 },
    { name: 'without artifacts', change: { images: [] }, want: 422 },
    { name: 'with a foreign image', change: { images: [{ ...image, repoURL: 'x/y' }] }, want: 422 },
  ])('$name is refused', async ({ change, want }) => {
    const { routes } = setUp();
    const object = { ...draft, ...change };
    const answer = await ask(routes, '/validate-kargo-akuity-io-v1alpha1-freight', { object });
    expect([answer.allowed, answer.status?.code]).toEqual([false, want]);
  });

  test.each([
    { name: 'keeps its alias', alias: 'alias-f1', want: [0, undefined], because: 'it was asked for before' },
    { name: 'takes a free alias', alias: 'alias-f3', want: [1, undefined], because: 'somebody may have it' },
    { name: 'takes the alias of another', alias: 'alias-f2', want: [1, 409], because: 'somebody has it' },
  ])('one that changes and $name: $because', async (row) => {
    const { cluster, routes, lists } = setUp();
    const named = (name: string, alias: string) => ({
      ...draft,
      alias,
      metadata: { name, namespace: 'demo', labels: { 'kargo.akuity.io/alias': alias } },
    });
    cluster.put<Freight>(freights, { ...named('f2', 'alias-f2'), discoveredAt: '2026-01-01T00:00:00Z' });
    const update = {
      object: named('f1', row.alias),
      oldObject: named('f1', 'alias-f1'),
      operation: 'UPDATE',
    };
    const answer = await ask(routes, '/validate-kargo-akuity-io-v1alpha1-freight', update);
    expect([lists.length, answer.status?.code], row.because).toEqual(row.want);
  });

  test('that a Stage runs cannot be deleted, and its content never changes', async () => {
    const { routes, cluster } = setUp();
    const stage = cluster.stored(stages, { namespace: 'demo', name: 'dev' });
    if (stage === undefined) throw new Error('no Stage');
    const items = { 'Warehouse/main': { name: 'f1' } };
    cluster.put<Stage>(stages, { ...stage, status: { freightHistory: [{ id: 'c', items }] } });
    const object = cluster.stored(freights, { namespace: 'demo', name: 'f1' }) ?? {};
    const validate = '/validate-kargo-akuity-io-v1alpha1-freight';
    expect((await ask(routes, validate, { object, operation: 'DELETE' })).status?.code).toBe(403);
    const changed = { ...object, images: [{ ...image, tag: 'other' }] };
    const update = { object: changed, oldObject: object, operation: 'UPDATE' };
    expect((await ask(routes, validate, update)).status?.message).toContain('immutable');
  });
});

describe('other kinds', () => {
  test.each([
    {
      name: 'Stage outside a Project',
      kind: 'stage',
      object: {
        ...head('Stage', 's'),
        metadata: { name: 's', namespace: 'elsewhere' },
        spec: { requestedFreight: [{ origin, sources: { direct: true } }] },
      },
      want: [404, 'create the Project'],
    },
    {
      name: 'Stage with the same origin twice',
      kind: 'stage',
      object: {
        ...head('Stage', 's'),
        spec: {
          requestedFreight: [
            { origin, sources: { direct: true } },
            { origin, sources: { direct: true } },
          ],
        },
      },
      want: [422, 'spec.requestedFreight[1].origin'],
    },
    {
      name: 'task with a reserved alias',
      kind: 'promotiontask',
      object: { ...head('PromotionTask', 't'), spec: { steps: [{ uses: 'a', as: 'step-3' }] } },
      want: [422, 'spec.steps[0].as'],
    },
    {
      name: 'Warehouse with a repository twice',
      kind: 'warehouse',
      object: {
        ...head('Warehouse', 'w'),
        spec: {
          interval: '5m0s',
          freightCreationPolicy: 'Automatic',
          subscriptions: [{ image: { repoURL: 'nginx' } }, { image: { repoURL: 'docker.io/library/nginx' } }],
        },
      },
      want: [422, 'spec.subscriptions[1]'],
    },
    {
      name: 'ProjectConfig under another name',
      kind: 'projectconfig',
      object: { ...head('ProjectConfig', 'other'), spec: {} },
      want: [422, 'metadata.name'],
    },
  ])('$name is refused', async ({ kind, object, want }) => {
    const { routes } = setUp();
    const answer = await ask(routes, `/validate-kargo-akuity-io-v1alpha1-${kind}`, { object });
    expect(answer.allowed).toBe(false);
    expect([answer.status?.code, answer.status?.message.includes(String(want[1]))]).toEqual([want[0], true]);
  });

  test('a new Project gets its namespace in the same request', async () => {
    const { routes, cluster } = setUp();
    const object = { apiVersion: kargoApiVersion, kind: 'Project', metadata: { name: 'fresh' } };
    const path = '/validate-kargo-akuity-io-v1alpha1-project';
    expect((await ask(routes, path, { object })).allowed).toBe(true);
    const made = cluster.stored(namespaces, { name: 'fresh' });
    expect(made?.metadata.labels).toEqual({ 'kargo.akuity.io/project': 'true' });
    cluster.put<Namespace>(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'taken' } });
    const taken = { ...object, metadata: { name: 'taken' } };
    expect((await ask(routes, path, { object: taken })).status?.code).toBe(409);
  });
});

test('over HTTPS', async () => {
  const { deps } = setUp();
  const identity = await createTestTls(['127.0.0.1']);
  const tls = { certPem: identity.cert, keyPem: identity.key };
  await using server = await startWebhookServer(deps, {
    host: '127.0.0.1',
    port: 0,
    tls,
    controlPlaneUsers: undefined,
  });
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpsRequest(`${server.url}/healthz`, { ca: identity.ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject).end();
  });
  expect(status).toBe(200);
});

test('the configurations name Kargo, every webhook once, and where to find it', () => {
  const at = { kind: 'url', url: 'https://127.0.0.1:9443/' } as const;
  const { mutating, validating } = webhookConfigurations({ at, caBundle: 'Q0E=' });
  expect(mutating.webhooks?.map(({ name }) => name)).toEqual([
    'freight.kargo.akuity.io',
    'promotion.kargo.akuity.io',
    'stage.kargo.akuity.io',
    'warehouse.kargo.akuity.io',
  ]);
  const freight = validating.webhooks?.find(({ name }) => name.startsWith('freight'));
  expect(freight).toMatchObject({
    clientConfig: {
      url: 'https://127.0.0.1:9443/validate-kargo-akuity-io-v1alpha1-freight',
      caBundle: 'Q0E=',
    },
    rules: [{ resources: ['freights', 'freights/status'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
    failurePolicy: 'Fail',
    sideEffects: 'None',
  });
});
