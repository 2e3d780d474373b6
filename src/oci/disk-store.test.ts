import { readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import { digestOf } from '../wire/oci/index.ts';
import { createDiskStore } from './disk-store.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const rawOf = (text: string) => ({ digest: digestOf(encode(text)), mediaType: 'a/b', content: encode(text) });
const one = rawOf('one\ntwo');

function open(maxBytes = 10_000) {
  const folder = createTempFolder();
  const path = join(folder.path, 'cache');
  const clock = createManualClock();
  return {
    store: createDiskStore({ clock }, { folder: path, maxBytes }),
    another: () => createDiskStore({ clock }, { folder: path, maxBytes }),
    clock,
    files: async () => {
      const places = await readdir(path);
      const names = await Promise.all(
        places.map(async (place) =>
          (await readdir(join(path, place))).map((name) => join(path, place, name)),
        ),
      );
      return names.flat();
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

test('what is kept is found by the next process, in its own place only', async () => {
  using world = open();
  expect(await world.store.knows('a/b')).toBe(false);
  await world.store.put('a/b', one);
  const next = world.another();
  const found = await next.get('a/b', one.digest);
  expect(found).toMatchObject({ digest: one.digest, mediaType: 'a/b' });
  expect(Buffer.from(found?.content ?? []).toString()).toBe('one\ntwo');
  expect(await next.knows('a/b')).toBe(true);
  expect(await next.get('a/c', one.digest)).toBeUndefined();
});

const damages: { name: string; damage: (path: string) => Promise<void> }[] = [
  { name: 'is cut', damage: (path) => truncate(path, 6) },
  { name: 'is empty', damage: (path) => truncate(path, 0) },
  { name: 'is something else', damage: (path) => writeFile(path, 'a/b\nother') },
];
test.each(damages)('a file that $name counts as absent and is written again', async ({ damage }) => {
  using world = open();
  await world.store.put('a/b', one);
  await damage((await world.files())[0] ?? '');
  expect(await world.store.get('a/b', one.digest)).toBeUndefined();
  expect(await world.files()).toEqual([]);
  await world.store.put('a/b', one);
  expect(await world.store.get('a/b', one.digest)).toBeDefined();
});

test('the folder stays within its limit, the least recently used goes first', async () => {
  using world = open(10_000);
  const all = Array.from({ length: 30 }, (_, index) => rawOf(`${index} ${'x'.repeat(1_000)}`));
  for (const raw of all) {
    await world.store.put('a/b', raw);
    const path = (await world.files()).find((name) => name.endsWith(raw.digest.slice(7))) ?? '';
    await world.clock.advance(10_000);
    await utimes(path, world.clock.nowMs() / 1000, world.clock.nowMs() / 1000).catch(() => undefined);
  }
  let total = 0;
  for (const path of await world.files()) total += (await readFile(path)).length;
  expect(total).toBeLessThanOrEqual(11_100);
  expect(await world.store.get('a/b', all[29]?.digest ?? one.digest)).toBeDefined();
  expect(await world.store.get('a/b', all[0]?.digest ?? one.digest)).toBeUndefined();
});

test('processes that write and empty the folder at the same time do not disturb each other', async () => {
  using world = open(20_000);
  const stores = [world.store, world.another(), world.another()];
  const all = Array.from({ length: 40 }, (_, index) => rawOf(`${index} ${'x'.repeat(1_000)}`));
  await Promise.all(stores.flatMap((store) => all.map((raw) => store.put('a/b', raw))));
  for (const raw of all) {
    const found = await world.store.get('a/b', raw.digest);
    if (found !== undefined) expect(digestOf(found.content)).toBe(raw.digest);
  }
  expect((await world.files()).filter((path) => path.includes('.writing-'))).toEqual([]);
});

test('unfinished files of a process that died go away, a fresh one stays', async () => {
  using world = open(1_000);
  await world.store.put('a/b', one);
  const [first = ''] = await world.files();
  const [old, fresh] = [join(first, '../.writing-old'), join(first, '../.writing-new')];
  const nowSeconds = world.clock.nowMs() / 1000;
  for (const path of [old, fresh]) await writeFile(path, 'half');
  await utimes(old, nowSeconds - 10_000, nowSeconds - 10_000);
  await utimes(fresh, nowSeconds, nowSeconds);
  await world.another().put('a/b', rawOf('other'));
  const names = (await world.files()).map((path) => path.split('/').at(-1));
  expect(names).toContain('.writing-new');
  expect(names).not.toContain('.writing-old');
});

test('a folder that cannot be used costs nothing but requests', async () => {
  const store = createDiskStore({ clock: createManualClock() }, { folder: '/dev/null/x', maxBytes: 1_000 });
  await store.put('a/b', one);
  expect(await store.get('a/b', one.digest)).toBeUndefined();
  expect(await store.knows('a/b')).toBe(false);
});
