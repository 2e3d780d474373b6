import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/index.ts';
import {
  createMemoryStore,
  openDataFolder,
  type Store,
  type StoreEvent,
} from '../../src/embedded/apiserver/index.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const key = (name: string, resource = 'things') => ({ resource, namespace: 'ns', name });
const revisionOf = (value: JsonObject): number =>
  Number((value['metadata'] as JsonObject)['resourceVersion']);
const object = (name: string, more: object = {}) => ({ metadata: { name, namespace: 'ns' }, ...more });

async function filled(store: Store, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await store.put(key(`o${index}`), object(`o${index}`), 0);
}

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

const kinds = [
  { name: 'in memory', create: async (historyLength: number) => createMemoryStore({ historyLength }) },
  {
    name: 'in a data folder',
    create: async (historyLength: number) => {
      const folder = createTempFolder();
      const data = await openDataFolder(folder.path, { historyLength });
      closers.push(async () => {
        await data.close();
        folder[Symbol.dispose]();
      });
      return data.store;
    },
  },
];

describe.each(kinds)('a store $name', ({ create }) => {
  test('writes carry rising revisions and meet their expectation or change nothing', async () => {
    const store = await create(10);
    const first = await store.put(key('a'), object('a'), 0);
    expect(await store.put(key('a'), object('a'), 0)).toBe('conflict');
    if (first === 'conflict') throw new Error('refused');
    const second = await store.put(key('a'), object('a', { x: 1 }), revisionOf(first));
    if (second === 'conflict') throw new Error('refused');
    expect(revisionOf(second)).toBe(revisionOf(first) + 1);
    expect(await store.remove(key('a'), revisionOf(first))).toBe('conflict');
    expect(store.get(key('a'))).toBe(second);
    expect(Object.isFrozen(second)).toBe(true);
  });

  test('of two writes at once one wins, and the loser sees what the winner wrote', async () => {
    const store = await create(10);
    const both = await Promise.all([1, 2].map((x) => store.put(key('a'), object('a', { x }), 0)));
    expect(both.filter((result) => result === 'conflict')).toHaveLength(1);
    expect(store.get(key('a'))).toMatchObject({ x: both[0] === 'conflict' ? 2 : 1 });
    const revision = revisionOf(store.get(key('a')) ?? {});
    const [gone, late] = await Promise.all([
      store.remove(key('a'), revision),
      store.put(key('a'), object('a', { x: 3 }), revision),
    ]);
    expect(gone).not.toBe('conflict');
    expect(late).toBe('conflict');
    expect(store.get(key('a'))).toBeUndefined();
  });

  test('a subscription sees history and present without a gap or a repetition', async () => {
    const store = await create(100);
    await filled(store, 3);
    const from = store.revision();
    await store.put(key('b'), object('b'), 0);
    await store.put(key('x', 'others'), object('x'), 0);
    const seen: StoreEvent[] = [];
    const stop = store.subscribe('things', from, (event) => seen.push(event));
    await store.put(key('c'), object('c'), 0);
    if (stop === 'expired') throw new Error('expired');
    stop();
    await store.put(key('d'), object('d'), 0);
    expect(seen.map((event) => event.key.name)).toEqual(['b', 'c']);
  });

  test('a past state is what was there', async () => {
    const store = await create(100);
    await filled(store, 3);
    const then = store.list('things', 'ns');
    const second = then.items[1];
    if (second === undefined) throw new Error('missing');
    await store.remove(key('o1'), revisionOf(second));
    await store.put(key('o9'), object('o9'), 0);
    expect(store.listAt('things', 'ns', then.revision)).toEqual(then);
    expect(store.list('things', undefined).items).toHaveLength(3);
  });

  test('history is bounded and says where it ends', async () => {
    const store = await create(5);
    await filled(store, 40);
    expect(store.listAt('things', 'ns', 2)).toBe('expired');
    expect(store.subscribe('things', 2, () => {})).toBe('expired');
    expect(store.listAt('things', 'ns', store.revision() - 4)).toMatchObject({
      revision: store.revision() - 4,
    });
  });
});
