import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KubeObject, ObjectKey } from '../../src/api/meta/index.ts';
import type { JsonObject } from '../../src/base/index.ts';
import type { WatchedType } from '../../src/kube/index.ts';
import type { Change, KubeChanges, KubeReader, KubeWriter } from '../../src/ports/index.ts';
import { createWidget, type Widget, widgetType } from '../support/widget.ts';

/** A cluster with the Widget type, whose watched types are `kubeContractTypes`, and the namespace "demo". */
export interface KubeContractCluster {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  readonly changes: KubeChanges;
  /** Another client of the same cluster. */
  readonly someone: KubeWriter;
  close(): Promise<void>;
}

/** What the cluster under test watches. */
export const kubeContractTypes: readonly WatchedType<Widget>[] = [
  {
    type: widgetType,
    namespace: 'demo',
    indexes: { size: (widget) => (typeof widget.spec['size'] === 'string' ? [widget.spec['size']] : []) },
  },
];

const live = new AbortController().signal;
const status = { subresource: 'status' } as const;

/** The contract of KubeReader, KubeWriter and KubeChanges. Each test uses objects of its own name. */
export function describeKube(name: string, start: () => Promise<KubeContractCluster>): void {
  describe(`kube: ${name}`, () => {
    let cluster: KubeContractCluster;
    beforeAll(async () => {
      cluster = await start();
    });
    afterAll(() => cluster?.close());

    function key(widget: string): ObjectKey {
      return { namespace: 'demo', name: widget };
    }
    function create(widget: string, spec: JsonObject = {}): Promise<Widget> {
      return cluster.writer.create(widgetType, createWidget(widget, { spec }), live);
    }
    function cached(widget: string): Widget | undefined {
      return cluster.reader.get(widgetType, key(widget));
    }
    function eventually(check: () => void): Promise<void> {
      return vi.waitFor(check, { interval: 5, timeout: 10_000 });
    }

    test('a created object has a UID, a version, a generation, and is in the cache at once', async () => {
      const made = await create('created', { size: 'large' });
      expect(made.metadata).toMatchObject({
        generation: 1,
        uid: expect.any(String),
        resourceVersion: expect.any(String),
      });
      expect(cached('created')?.metadata.uid).toBe(made.metadata.uid);
      const found = cluster.reader.list(widgetType, { index: { name: 'size', value: 'large' } });
      expect(found.map((widget) => widget.metadata.name)).toEqual(['created']);
    });

    test('creating twice is refused', async () => {
      await create('twice');
      await expect(create('twice')).rejects.toMatchObject({ code: 'kube.already-exists' });
    });

    test('a name is generated from a prefix', async () => {
      const { metadata: _, ...widget } = createWidget();
      const made = await cluster.writer.create(
        widgetType,
        { ...widget, metadata: { namespace: 'demo', generateName: 'gen-' } as Widget['metadata'] },
        live,
      );
      expect(made.metadata.name).toMatch(/^gen-.+/);
      expect(cached(made.metadata.name)?.metadata.uid).toBe(made.metadata.uid);
    });

    test('a status in a created object is dropped, the sub-resource writes it and nothing else', async () => {
      const widget = createWidget('status', { spec: { a: 1 }, status: { early: true } });
      const made = await cluster.writer.create(widgetType, widget, live);
      expect(made.status).toBeUndefined();
      const patch = { spec: { a: 2 }, status: { ready: true } };
      const written = await cluster.writer.mergePatch(widgetType, key('status'), patch, status, live);
      expect([written.spec, written.status, written.metadata.generation]).toEqual([
        { a: 1 },
        { ready: true },
        1,
      ]);
      expect(cached('status')?.status).toEqual({ ready: true });
    });

    test('a change of the spec raises the generation, one of the metadata does not', async () => {
      await create('generation', { a: 1 });
      const labelled = await cluster.writer.mergePatch(
        widgetType,
        key('generation'),
        { metadata: { labels: { x: 'y' } }, status: { ignored: true } },
        {},
        live,
      );
      expect([labelled.metadata.generation, labelled.status]).toEqual([1, undefined]);
      const changed = await cluster.writer.mergePatch(
        widgetType,
        key('generation'),
        { spec: { a: null } },
        {},
        live,
      );
      expect([changed.metadata.generation, changed.spec]).toEqual([2, {}]);
    });

    test('a patch that changes nothing keeps the version', async () => {
      const made = await create('nothing', { a: 1 });
      const same = await cluster.writer.mergePatch(widgetType, key('nothing'), { spec: { a: 1 } }, {}, live);
      expect(same.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    });

    test('a merge patch with an old version is a conflict', async () => {
      const made = await create('conflict');
      await cluster.someone.mergePatch(widgetType, key('conflict'), { spec: { a: 1 } }, {}, live);
      const { resourceVersion } = made.metadata;
      const patch = { metadata: { resourceVersion }, status: { x: 1 } };
      const refused = cluster.writer.mergePatch(widgetType, key('conflict'), patch, status, live);
      await expect(refused).rejects.toMatchObject({ code: 'kube.conflict' });
    });

    test('a JSON patch applies as a whole or not at all', async () => {
      await create('json');
      await cluster.writer.mergePatch(
        widgetType,
        key('json'),
        { status: { 'a/b': { claim: 'c1' } } },
        status,
        live,
      );
      const claim = '/status/a~1b/claim';
      const refused = cluster.writer.jsonPatch(
        widgetType,
        key('json'),
        [
          { op: 'test', path: claim, value: 'c2' },
          { op: 'add', path: '/status', value: {} },
        ],
        status,
        live,
      );
      await expect(refused).rejects.toMatchObject({ code: 'kube.invalid' });
      const written = await cluster.writer.jsonPatch(
        widgetType,
        key('json'),
        [
          { op: 'test', path: claim, value: 'c1' },
          { op: 'add', path: '/status', value: { result: 'pushed' } },
        ],
        status,
        live,
      );
      expect(written.status).toEqual({ result: 'pushed' });
    });

    test('server-side apply creates, changes, removes what is given up, and refuses fields of others', async () => {
      const apply = (fieldManager: string, spec: JsonObject, force = false): Promise<Widget> =>
        cluster.writer.apply(widgetType, createWidget('applied', { spec }), { fieldManager, force }, live);
      await apply('one', { a: 1, b: 1 });
      expect(cached('applied')?.spec).toEqual({ a: 1, b: 1 });
      await expect(apply('two', { a: 2 })).rejects.toMatchObject({ code: 'kube.conflict' });
      await apply('two', { a: 2 }, true);
      expect((await apply('one', {})).spec).toEqual({ a: 2 });
      expect(cached('applied')?.spec).toEqual({ a: 2 });
    });

    test('what two managers apply alike stays until both give it up', async () => {
      const apply = (fieldManager: string, spec: JsonObject): Promise<Widget> =>
        cluster.writer.apply(widgetType, createWidget('shared', { spec }), { fieldManager }, live);
      await apply('one', { a: 1, b: 1 });
      await apply('two', { a: 1 });
      expect((await apply('one', { b: 1 })).spec).toEqual({ a: 1, b: 1 });
      expect((await apply('two', {})).spec).toEqual({ b: 1 });
    });

    test('what was written otherwise belongs to its writer', async () => {
      await create('patched', { a: 1 });
      const apply = (a: number, force = false): Promise<Widget> =>
        cluster.writer.apply(
          widgetType,
          createWidget('patched', { spec: { a } }),
          { fieldManager: 'one', force },
          live,
        );
      await expect(apply(2)).rejects.toMatchObject({ code: 'kube.conflict' });
      const before = await apply(1);
      expect(before.spec, 'the same value is no conflict').toEqual({ a: 1 });
      expect((await apply(2, true)).spec).toEqual({ a: 2 });
      await cluster.writer.mergePatch(widgetType, key('patched'), { spec: { a: 3 } }, {}, live);
      await expect(apply(4)).rejects.toMatchObject({ code: 'kube.conflict' });
    });

    test('what is not there cannot be patched, and deleting it is no error', async () => {
      const patching = cluster.writer.mergePatch(widgetType, key('absent'), {}, {}, live);
      await expect(patching).rejects.toMatchObject({ code: 'kube.not-found' });
      await cluster.writer.delete(widgetType, key('absent'), {}, live);
      expect(await cluster.reader.getLive(widgetType, key('absent'), live)).toBeUndefined();
    });

    test('a deleted object leaves the cache at once and can be made again', async () => {
      const made = await create('deleted');
      const wrong = cluster.writer.delete(widgetType, key('deleted'), { uid: 'another' }, live);
      await expect(wrong).rejects.toMatchObject({ code: 'kube.conflict' });
      await cluster.writer.delete(widgetType, key('deleted'), { uid: made.metadata.uid ?? '' }, live);
      expect(cached('deleted')).toBeUndefined();
      const again = await create('deleted');
      expect(again.metadata.uid).not.toBe(made.metadata.uid);
      expect(cached('deleted')?.metadata.uid).toBe(again.metadata.uid);
    });

    test('finalizers hold an object until the last one is removed', async () => {
      const widget = createWidget('held');
      const metadata = { ...widget.metadata, finalizers: ['test.gantry.io/held'] };
      await cluster.writer.create(widgetType, { ...widget, metadata }, live);
      await cluster.writer.delete(widgetType, key('held'), {}, live);
      expect(cached('held')?.metadata.deletionTimestamp).toEqual(expect.any(String));
      await cluster.someone.mergePatch(widgetType, key('held'), { metadata: { finalizers: null } }, {}, live);
      await eventually(() => expect(cached('held')).toBeUndefined());
      expect(await cluster.reader.getLive(widgetType, key('held'), live)).toBeUndefined();
    });

    test('what others write arrives, in order, as changes with old and new', async () => {
      const seen: string[] = [];
      const tell = (change: Change<Widget>): void => {
        if (change.object.metadata.name !== 'watched') return;
        const old = change.kind === 'updated' ? JSON.stringify(change.old.spec) : '';
        seen.push(`${change.kind} ${old} ${JSON.stringify(change.object.spec)}`);
      };
      const end = cluster.changes.subscribe(widgetType, tell);
      await cluster.someone.create(widgetType, createWidget('watched', { spec: { a: 1 } }), live);
      await eventually(() => expect(seen).toHaveLength(1));
      await cluster.someone.mergePatch(widgetType, key('watched'), { spec: { a: 2 } }, {}, live);
      await eventually(() => expect(seen).toHaveLength(2));
      await cluster.someone.delete(widgetType, key('watched'), {}, live);
      await eventually(() => expect(seen).toHaveLength(3));
      end();
      expect(seen).toEqual(['added  {"a":1}', 'updated {"a":1} {"a":2}', 'deleted  {"a":2}']);
    });

    test('live lists select by label, field and namespace', async () => {
      await cluster.writer.create(widgetType, createWidget('live-a', { labels: { live: 'a' } }), live);
      await cluster.writer.create(widgetType, createWidget('live-b', { labels: { live: 'b' } }), live);
      const names = async (labels: string, fields?: string): Promise<string[]> => {
        const selection = { namespace: 'demo', labels, ...(fields === undefined ? {} : { fields }) };
        const found: readonly KubeObject[] = await cluster.reader.listLive(widgetType, selection, live);
        return found.map((object) => object.metadata.name);
      };
      expect(await names('live')).toEqual(['live-a', 'live-b']);
      expect(await names('live in (b,c)')).toEqual(['live-b']);
      expect(await names('live', 'metadata.name=live-a')).toEqual(['live-a']);
      expect(await names('live=c')).toEqual([]);
    });

    test('an aborted signal ends a call', async () => {
      const reason = new Error('enough');
      const call = cluster.reader.getLive(widgetType, key('any'), AbortSignal.abort(reason));
      await expect(call).rejects.toBe(reason);
    });
  });
}
