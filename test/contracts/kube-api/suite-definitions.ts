import { expect, test } from 'vitest';
import type { Call, CallAnswer } from './client.ts';
import { until, type World } from './world.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const integer = { type: 'integer' };
const schema = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { replicas: integer, color: { type: 'string' } } },
    status: { type: 'object', properties: { replicas: integer, selector: { type: 'string' } } },
  },
};
const scale = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.selector',
};

/** A definition in a group of the test's own. */
function definition(plural: string, names: object, subresources: object = {}): object {
  const group = '$NS.example.com';
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, ...names },
      versions: [
        { name: 'v1', served: true, storage: true, subresources, schema: { openAPIV3Schema: schema } },
      ],
    },
  };
}

const create = (body: object): Call => ({ method: 'POST', path, body });
const read = (plural: string): Call => ({ path: `${path}/${plural}.$NS.example.com` });
const remove = (plural: string): Call => ({ method: 'DELETE', ...read(plural) });

// biome-ignore lint/suspicious/noExplicitAny: tests look at any member of any condition
function conditionOf(answer: CallAnswer, type: string): any {
  const conditions: { type: string }[] = answer.body.status?.conditions ?? [];
  return conditions.find((condition) => condition.type === type);
}

const isLookedAt = (answer: CallAnswer): boolean => conditionOf(answer, 'Established') !== undefined;

const clashes = [
  {
    name: 'a kind',
    names: { kind: 'First', singular: 'other', listKind: 'OtherList' },
    reason: 'KindConflict',
    message: '"First" is already in use',
    accepted: { plural: 'others', singular: 'other', kind: '', listKind: 'OtherList' },
  },
  {
    name: 'a short name',
    names: { kind: 'Other', shortNames: ['ff'] },
    reason: 'ShortNamesConflict',
    message: '"ff" is already in use',
    accepted: { plural: 'others', singular: 'other', kind: 'Other', listKind: 'OtherList' },
  },
  {
    name: 'a singular',
    names: { kind: 'Other', singular: 'first', categories: ['all'] },
    reason: 'SingularConflict',
    message: '"first" is already in use',
    accepted: { plural: 'others', kind: 'Other', listKind: 'OtherList', categories: ['all'] },
  },
];

/** Names that definitions share, and the scale of their objects. */
export function describeDefinitions(open: () => Promise<World>): void {
  test.each(clashes)('a definition with $name of another one is not served until that goes', async (row) => {
    const world = await open();
    await world.must(create(definition('firsts', { kind: 'First', shortNames: ['ff'] })));
    await until(world, read('firsts'), isLookedAt);
    await world.must(create(definition('others', row.names)));
    const other = await until(world, read('others'), isLookedAt);
    const { reason, message } = row;
    expect(conditionOf(other, 'NamesAccepted')).toMatchObject({ status: 'False', reason, message });
    expect(conditionOf(other, 'Established')).toMatchObject({
      status: 'False',
      reason: 'NotAccepted',
      message: 'not all names are accepted',
    });
    expect(other.body.status.acceptedNames).toEqual(row.accepted);
    const objects = { path: '/apis/$NS.example.com/v1/namespaces/$NS/others' };
    expect((await world.call(objects)).code).toBe(404);
    await world.must(remove('firsts'));
    const freed = await until(
      world,
      read('others'),
      (one) => conditionOf(one, 'Established').status === 'True',
    );
    expect(conditionOf(freed, 'NamesAccepted')).toMatchObject({ status: 'True', reason: 'NoConflicts' });
    expect((await until(world, objects, ({ code }) => code === 200)).code).toBe(200);
    await world.must(remove('others'));
  });

  test('a scale reads and writes the replicas', async () => {
    const world = await open();
    await world.must(create(definition('scaleds', { kind: 'Scaled' }, { status: {}, scale })));
    const objects = '/apis/$NS.example.com/v1/namespaces/$NS/scaleds';
    await until(world, { path: objects }, ({ code }) => code === 200);
    const body = (name: string, spec: object) => ({
      apiVersion: '$NS.example.com/v1',
      kind: 'Scaled',
      metadata: { name },
      spec,
    });
    await world.must({ method: 'POST', path: objects, body: body('x', { replicas: 2, color: 'red' }) });
    const one = `${objects}/x/scale`;
    expect((await world.must({ path: one })).body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'x', namespace: world.namespace },
      spec: { replicas: 2 },
      status: { replicas: 0 },
    });
    const put = (replicas: number, metadata: object = {}): Call => ({
      method: 'PUT',
      path: one,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'x', ...metadata },
        spec: { replicas },
      },
    });
    expect((await world.must(put(5))).body.spec).toEqual({ replicas: 5 });
    const patch = (replicas: number): Call => ({
      method: 'PATCH',
      path: one,
      type: 'application/merge-patch+json',
      body: { spec: { replicas } },
    });
    expect((await world.must(patch(7))).body.spec).toEqual({ replicas: 7 });
    const status = { method: 'PATCH', path: `${objects}/x/status`, type: 'application/merge-patch+json' };
    await world.must({ ...status, body: { status: { replicas: 3, selector: 'a=b' } } });
    expect((await world.must({ path: one })).body.status).toEqual({ replicas: 3, selector: 'a=b' });
    const { body: object } = await world.must({ path: `${objects}/x` });
    expect(object).toMatchObject({ metadata: { generation: 3 }, spec: { replicas: 7, color: 'red' } });
    expect(object.metadata.managedFields).toContainEqual(
      expect.objectContaining({ subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }),
    );
    expect((await world.call(patch(-1))).body.message).toBe(
      `Scaled.${world.namespace}.example.com "x" is invalid: .spec.replicas: Invalid value: -1: should be a non-negative integer`,
    );
    expect((await world.call(put(1, { resourceVersion: '1' }))).body).toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
    expect((await world.call({ path: `${objects}/none/scale` })).code).toBe(404);
    await world.must({ method: 'POST', path: objects, body: body('y', {}) });
    expect((await world.call({ path: `${objects}/y/scale` })).body).toMatchObject({
      code: 500,
      message: 'Internal error occurred: the spec replicas field ".spec.replicas" does not exist',
    });
    const { body: list } = await world.must({ path: '/apis/$NS.example.com/v1' });
    expect(list.resources).toContainEqual({
      name: 'scaleds/scale',
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    });
    await world.must(remove('scaleds'));
  });
}
