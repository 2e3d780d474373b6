import { expect, test } from 'vitest';
import { watch } from './client.ts';
import { configMap, replaceIn, type World, widget } from './world.ts';

const mergeType = 'application/merge-patch+json';

async function create(world: World, name: string, metadata: object = {}): Promise<string> {
  const answer = await world.must({ method: 'POST', path: '$C', body: configMap(name, {}, metadata) });
  return answer.body.metadata.uid;
}

const ownedBy = (name: string, uid: string, more: object = {}): object => ({
  ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid, ...more }],
});

/** Resolves when an object is gone; the watch says when. */
async function gone(world: World, path: string, name: string): Promise<void> {
  const { body } = await world.must({ path });
  const list = `${path}?watch=1&fieldSelector=metadata.name%3D${name}&timeoutSeconds=10`;
  const items: { metadata: { name: string } }[] = body.items;
  if (!items.some((item) => item.metadata.name === name)) return;
  const call = { path: `${list}&resourceVersion=${body.metadata.resourceVersion}` };
  using stream = await watch(world.server, replaceIn(call, world.namespace));
  for (;;) {
    const [line] = await stream.take(1);
    if (line === undefined) throw new Error(`${name} is still there`);
    if (line.type === 'DELETED') return;
  }
}

/** Deletion: preconditions, finalizers, owners, namespaces, definitions. */
export function describeDelete(open: () => Promise<World>): void {
  test('what is deleted at once is answered by a Status', async () => {
    const world = await open();
    const uid = await create(world, 'a');
    const { body } = await world.must({ method: 'DELETE', path: '$C/a' });
    expect(body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid },
    });
    expect((await world.call({ method: 'DELETE', path: '$C/a' })).code).toBe(404);
  });

  test.each([
    { name: 'another uid', preconditions: { uid: 'other' }, because: 'the UID in the precondition (other)' },
    {
      name: 'another version',
      preconditions: { resourceVersion: '1' },
      because: 'the ResourceVersion in the precondition (1)',
    },
  ])('a delete with $name is a conflict', async ({ preconditions, because }) => {
    const world = await open();
    await create(world, 'a');
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions };
    const answer = await world.call({ method: 'DELETE', path: '$C/a', body });
    expect(answer.code).toBe(409);
    expect(answer.body.message).toContain(because);
    expect((await world.call({ path: '$C/a' })).code).toBe(200);
  });

  test('finalizers hold an object until they are gone', async () => {
    const world = await open();
    await world.must({
      method: 'POST',
      path: '$W',
      body: widget('a', {}, { finalizers: ['example.com/x'] }),
    });
    const deleted = await world.must({ method: 'DELETE', path: '$W/a' });
    expect(deleted.body).toMatchObject({
      kind: 'Widget',
      metadata: { deletionGracePeriodSeconds: 0, generation: 2 },
    });
    const time = deleted.body.metadata.deletionTimestamp;
    const again = await world.must({ method: 'DELETE', path: '$W/a' });
    expect(again.body.metadata.deletionTimestamp, 'a second delete changes nothing').toBe(time);
    const more = { metadata: { finalizers: ['example.com/x', 'example.com/y'] } };
    const refused = await world.call({ method: 'PATCH', path: '$W/a', type: mergeType, body: more });
    expect(refused.code).toBe(422);
    expect(refused.body.message).toContain('no new finalizers can be added if the object is being deleted');
    await world.must({
      method: 'PATCH',
      path: '$W/a',
      type: mergeType,
      body: { metadata: { finalizers: null } },
    });
    expect((await world.call({ path: '$W/a' })).code).toBe(404);
  });

  test('a delete as a dry run deletes nothing', async () => {
    const world = await open();
    await create(world, 'a');
    await world.must({ method: 'DELETE', path: '$C/a?dryRun=All' });
    await world.must({ path: '$C/a' });
  });

  test('an unknown propagation policy is refused', async () => {
    const world = await open();
    await create(world, 'a');
    const answer = await world.call({ method: 'DELETE', path: '$C/a?propagationPolicy=Sideways' });
    expect(answer.code).toBe(422);
  });

  test('a collection is deleted by selection', async () => {
    const world = await open();
    await create(world, 'a', { labels: { x: 'y' } });
    await create(world, 'b');
    await world.must({ method: 'DELETE', path: '$C?labelSelector=x%3Dy' });
    expect((await world.call({ path: '$C/a' })).code).toBe(404);
    expect((await world.call({ path: '$C/b' })).code).toBe(200);
  });

  test('dependents follow their owner, and theirs', async () => {
    const world = await open();
    const owner = await create(world, 'owner');
    const child = await create(world, 'child', ownedBy('owner', owner));
    await create(world, 'grandchild', ownedBy('child', child));
    await create(world, 'stranger');
    await world.must({ method: 'DELETE', path: '$C/owner' });
    await gone(world, '$C', 'grandchild');
    expect((await world.call({ path: '$C/child' })).code).toBe(404);
    expect((await world.call({ path: '$C/stranger' })).code).toBe(200);
  });

  test('a dependent with another owner stays and loses the reference', async () => {
    const world = await open();
    const [one, two] = [await create(world, 'one'), await create(world, 'two')];
    const owners = [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'one', uid: one },
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'two', uid: two },
    ];
    await create(world, 'child', { ownerReferences: owners });
    await world.must({ method: 'DELETE', path: '$C/one' });
    await expect
      .poll(async () => (await world.must({ path: '$C/child' })).body.metadata.ownerReferences.length)
      .toBe(1);
  });

  test('an object of a missing owner is collected', async () => {
    const world = await open();
    await create(world, 'child', ownedBy('never', '00000000-0000-4000-8000-000000000000'));
    await gone(world, '$C', 'child');
  });

  test('orphaned dependents stay without an owner', async () => {
    const world = await open();
    const owner = await create(world, 'owner');
    await create(world, 'child', ownedBy('owner', owner));
    await world.must({ method: 'DELETE', path: '$C/owner?propagationPolicy=Orphan' });
    await gone(world, '$C', 'owner');
    const { body } = await world.must({ path: '$C/child' });
    expect(body.metadata.ownerReferences).toBeUndefined();
  });

  test('in the foreground the owner goes last', async () => {
    const world = await open();
    const owner = await create(world, 'owner');
    const held = { ...ownedBy('owner', owner, { blockOwnerDeletion: true }), finalizers: ['example.com/x'] };
    await create(world, 'child', held);
    const deleted = await world.must({ method: 'DELETE', path: '$C/owner?propagationPolicy=Foreground' });
    expect(deleted.body.metadata.finalizers).toEqual(['foregroundDeletion']);
    await expect
      .poll(async () => (await world.must({ path: '$C/child' })).body.metadata.deletionTimestamp)
      .toBeDefined();
    await world.must({ path: '$C/owner' });
    await world.must({
      method: 'PATCH',
      path: '$C/child',
      type: mergeType,
      body: { metadata: { finalizers: null } },
    });
    await gone(world, '$C', 'owner');
  });

  test('a namespace takes its content along and refuses more', async () => {
    const world = await open();
    await create(world, 'held', { finalizers: ['example.com/x'] });
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    const deleted = await world.must({ method: 'DELETE', path: '/api/v1/namespaces/$NS' });
    expect(deleted.body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
    const refused = await world.call({ method: 'POST', path: '$C', body: configMap('late') });
    expect(refused.code).toBe(403);
    expect(refused.body.message).toContain('because it is being terminated');
    await gone(world, '$W', 'a');
    await world.must({ path: '/api/v1/namespaces/$NS' });
    await world.must({
      method: 'PATCH',
      path: '$C/held',
      type: mergeType,
      body: { metadata: { finalizers: null } },
    });
    await gone(world, '/api/v1/namespaces', world.namespace);
  });

  test('a definition takes its objects along and is no longer served', async () => {
    const world = await open();
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const group = `${world.namespace}.example.com`;
    const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' };
    const schema = { openAPIV3Schema: { type: 'object' } };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const metadata = { name: `things.${group}` };
    await world.must({
      method: 'POST',
      path,
      body: { metadata, spec: { group, scope: 'Cluster', names, versions } },
    });
    await expect.poll(async () => (await world.call({ path: `/apis/${group}/v1/things` })).code).toBe(200);
    const thing = { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'a' } };
    await world.must({ method: 'POST', path: `/apis/${group}/v1/things`, body: thing });
    await world.must({ method: 'DELETE', path: `${path}/things.${group}` });
    await gone(world, path, `things.${group}`);
    await expect.poll(async () => (await world.call({ path: `/apis/${group}/v1/things` })).code).toBe(404);
    await expect.poll(async () => (await world.call({ path: `/apis/${group}` })).code).toBe(404);
  });
}
