import { expect, test } from 'vitest';
import { type CallAnswer, type WatchLine, type WatchStream, watch } from './client.ts';
import { configMap, replaceIn, type World, widget } from './world.ts';

/** A genuine server sends its last bookmark two seconds before the end. */
const bookmarkSeconds = (world: World): number => (world.server.isGenuine === true ? 5 : 1);
const versionOf = (answer: CallAnswer): string => answer.body.metadata.resourceVersion;
const brief = (lines: readonly WatchLine[]): string[] =>
  lines.map(({ type, object }) => `${type} ${object.metadata?.name ?? object.kind}`);

async function startOf(world: World, path = '$W'): Promise<string> {
  return versionOf(await world.must({ path }));
}

function open(world: World, path: string, accept?: string): Promise<WatchStream> {
  const call = accept === undefined ? { path } : { path, accept };
  return watch(world.server, replaceIn(call, world.namespace));
}

async function patchLabels(world: World, name: string, labels: object): Promise<void> {
  const type = 'application/merge-patch+json';
  await world.must({ method: 'PATCH', path: `$W/${name}`, type, body: { metadata: { labels } } });
}

/** Watches. */
export function describeWatch(open_: () => Promise<World>): void {
  test('a watch from a version sees everything after it, in order', async () => {
    const world = await open_();
    const start = await startOf(world);
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    using stream = await open(world, `$W?watch=1&resourceVersion=${start}`);
    await patchLabels(world, 'a', { x: 'y' });
    await world.must({ method: 'DELETE', path: '$W/a' });
    const lines = await stream.take(3);
    expect(brief(lines)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    const versions = lines.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(
      [...versions].sort((a, b) => a - b),
      'versions rise',
    ).toEqual(versions);
    expect(lines[2]?.object.metadata.labels, 'a delete carries the last state').toEqual({ x: 'y' });
  });

  test('a watch with initial events tells where they end', async () => {
    const world = await open_();
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    using stream = await open(world, `$W?${query}`);
    const first = await stream.take(2);
    expect(brief(first)).toEqual(['ADDED a', 'BOOKMARK Widget']);
    expect(first[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    await world.must({ method: 'POST', path: '$W', body: widget('b') });
    expect(brief(await stream.take(1))).toEqual(['ADDED b']);
  });

  test('a watch without initial events starts now', async () => {
    const world = await open_();
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    const query = 'watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan';
    using stream = await open(world, `$W?${query}&resourceVersion=${await startOf(world)}`);
    await world.must({ method: 'POST', path: '$W', body: widget('b') });
    expect(brief(await stream.take(1))).toEqual(['ADDED b']);
  });

  test('a watch without a version starts with what is there', async () => {
    const world = await open_();
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    using stream = await open(world, '$W?watch=true');
    expect(brief(await stream.take(1))).toEqual(['ADDED a']);
  });

  test('a watch ends after its time', async () => {
    const world = await open_();
    const start = await startOf(world);
    using stream = await open(world, `$W?watch=1&timeoutSeconds=1&resourceVersion=${start}`);
    expect(await stream.rest()).toEqual([]);
  });

  test('entering and leaving a selection are ADDED and DELETED', async () => {
    const world = await open_();
    const start = await startOf(world);
    using stream = await open(world, `$W?watch=1&labelSelector=x%3Dy&resourceVersion=${start}`);
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    await patchLabels(world, 'a', { x: 'y' });
    await patchLabels(world, 'a', { x: 'y', more: '1' });
    await patchLabels(world, 'a', { x: 'z' });
    const lines = await stream.take(3);
    expect(brief(lines)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    expect(lines[2]?.object.metadata.labels, 'the state in which it was last seen').toEqual({
      x: 'y',
      more: '1',
    });
  });

  test('a watch of one name sees no other', async () => {
    const world = await open_();
    const start = await startOf(world);
    using stream = await open(world, `$W?watch=1&fieldSelector=metadata.name%3Db&resourceVersion=${start}`);
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    await world.must({ method: 'POST', path: '$W', body: widget('b') });
    expect(brief(await stream.take(1))).toEqual(['ADDED b']);
  });

  test('a watch of a namespace sees no other', async () => {
    const [world, other] = [await open_(), await open_()];
    const start = await startOf(world);
    using stream = await open(world, `$W?watch=1&resourceVersion=${start}`);
    await other.must({ method: 'POST', path: '$W', body: widget('elsewhere') });
    await world.must({ method: 'POST', path: '$W', body: widget('here') });
    expect(brief(await stream.take(1))).toEqual(['ADDED here']);
  });

  test('a bookmark before the end carries a version to go on from', async () => {
    const world = await open_();
    const start = await startOf(world);
    const path = `$W?watch=1&timeoutSeconds=${bookmarkSeconds(world)}&allowWatchBookmarks=true&resourceVersion=${start}`;
    using stream = await open(world, path);
    // A genuine server sends none as long as nothing has happened.
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    const lines = await stream.rest();
    const last = lines.at(-1);
    expect(last?.type).toBe('BOOKMARK');
    expect(last?.object.kind).toBe('Widget');
    expect(Number(last?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(start));
  });

  test('a watch in tables carries its columns once', async () => {
    const world = await open_();
    const start = await startOf(world);
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    using stream = await open(world, `$W?watch=1&resourceVersion=${start}`, accept);
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    await patchLabels(world, 'a', { x: 'y' });
    const [first, second] = await stream.take(2);
    expect(first?.object.kind).toBe('Table');
    expect(first?.object.columnDefinitions).toHaveLength(5);
    expect(second?.object.columnDefinitions).toBeNull();
    expect(second?.object.rows[0].cells[0]).toBe('a');
  });

  test('pages are of one state, whatever is written between them', async () => {
    const world = await open_();
    for (const name of ['a', 'b', 'c']) await world.must({ method: 'POST', path: '$W', body: widget(name) });
    const first = await world.must({ path: '$W?limit=2' });
    await world.must({ method: 'DELETE', path: '$W/c' });
    await world.must({ method: 'POST', path: '$W', body: widget('d') });
    const token = encodeURIComponent(first.body.metadata.continue);
    const second = await world.must({ path: `$W?limit=2&continue=${token}` });
    const names = [...first.body.items, ...second.body.items].map((item) => item.metadata.name);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(versionOf(second)).toBe(versionOf(first));
    expect(second.body.metadata.continue ?? '').toBe('');
  });

  test('a list at an exact version is of that version', async () => {
    const world = await open_();
    await world.must({ method: 'POST', path: '$W', body: widget('a') });
    const before = await startOf(world);
    await world.must({ method: 'DELETE', path: '$W/a' });
    const then = await world.must({ path: `$W?resourceVersionMatch=Exact&resourceVersion=${before}` });
    expect(then.body.items).toHaveLength(1);
    const now = await world.must({ path: `$W?resourceVersionMatch=NotOlderThan&resourceVersion=${before}` });
    expect(now.body.items).toHaveLength(0);
  });

  test('concurrent patches without versions all arrive', async () => {
    const world = await open_();
    await world.must({ method: 'POST', path: '$C', body: configMap('a', {}) });
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all(
      numbers.map((number) =>
        world.must({
          method: 'PATCH',
          path: '$C/a',
          type: 'application/merge-patch+json',
          body: { data: { [`k${number}`]: 'v' } },
        }),
      ),
    );
    const { body } = await world.must({ path: '$C/a' });
    expect(Object.keys(body.data)).toHaveLength(numbers.length);
  });
}
