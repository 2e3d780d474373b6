import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createTemporaryFolder } from '../../test/support/native-git.ts';
import { type GitObject, hashObject, type ObjectId } from '../wire/git/index.ts';
import { DiskCache } from './disk-cache.ts';

let folder: ReturnType<typeof createTemporaryFolder>;
beforeEach(() => {
  folder = createTemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const mebibyte = 1024 * 1024;

function open(maxBytes = mebibyte): DiskCache {
  return new DiskCache(
    { ...createManualClock(), nowMs: () => Date.now() },
    { folder: folder.path, maxBytes },
  );
}

function objectsOf(...texts: readonly string[]): Map<ObjectId, GitObject> {
  return new Map(
    texts.map((text) => {
      const data = Buffer.from(text);
      return [hashObject('blob', data), { type: 'blob', data }];
    }),
  );
}

function files(): string[] {
  return readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function texts(cache: DiskCache, store: string, ids: Iterable<ObjectId>): Promise<string[]> {
  const found = await cache.read(store, [...ids]);
  return [...found.values()].map(({ data }) => Buffer.from(data).toString()).sort();
}

test('what one process writes, another one reads, for the same remote alone', async () => {
  const objects = objectsOf('one', 'two', '');
  const first = open();
  first.write('https://git.example/a', objects);
  await first.settled();
  expect(await texts(open(), 'https://git.example/a', objects.keys())).toEqual(['', 'one', 'two']);
  expect(await texts(open(), 'https://git.example/b', objects.keys())).toEqual([]);
  for (const path of files()) expect(statSync(path).mode & 0o077, 'nobody else may read it').toBe(0);
});

test('many processes write the same at once, and nothing half written is seen', async () => {
  const objects = objectsOf(...Array.from({ length: 40 }, (_, index) => `${index}`.repeat(500)));
  const caches = Array.from({ length: 6 }, () => open());
  for (const cache of caches) cache.write('s', objects);
  const early = await open().read('s', [...objects.keys()]);
  for (const [id, { data }] of early) expect(hashObject('blob', data)).toBe(id);
  await Promise.all(caches.map((cache) => cache.settled()));
  expect((await open().read('s', [...objects.keys()])).size).toBe(40);
  expect(files().filter((path) => path.endsWith('.tmp'))).toEqual([]);
});

const damages: { name: string; damage: (path: string, other: string) => void }[] = [
  { name: 'is empty', damage: (path) => writeFileSync(path, '') },
  { name: 'was torn', damage: (path) => writeFileSync(path, readFileSync(path).subarray(0, 10)) },
  { name: 'is garbage', damage: (path) => writeFileSync(path, 'hello') },
  { name: 'holds another object', damage: (path, other) => writeFileSync(path, readFileSync(other)) },
];
test.each(damages)('a file that $name counts as absent, and is written again', async ({ damage }) => {
  const cache = open();
  const objects = objectsOf('one one one one one one', 'two');
  cache.write('s', objects);
  await cache.settled();
  const [id] = objects.keys();
  const path = files().find((file) => file.endsWith(`${id?.slice(2)}`)) ?? '';
  damage(path, files().find((file) => file !== path) ?? '');
  expect(await texts(cache, 's', objects.keys())).toEqual(['two']);
  cache.write('s', objects);
  await cache.settled();
  expect((await cache.read('s', [...objects.keys()])).size).toBe(2);
});

test('above its size, what was read longest ago goes first', async () => {
  const random = (seed: number): string =>
    Array.from({ length: 200 }, (_, index) => Math.sin(seed * 1000 + index).toString(36)).join('');
  const old = objectsOf(random(1), random(2));
  const cache = open(20_000);
  cache.write('s', old);
  await cache.settled();
  for (const path of files()) utimesSync(path, 1_000, 1_000);
  const [kept] = old.keys();
  await cache.read('s', kept === undefined ? [] : [kept]);
  const more = objectsOf(...[3, 4, 5, 6, 7, 8, 9].map(random));
  cache.write('s', more);
  await cache.settled();
  const bytes = files().reduce((sum, path) => sum + statSync(path).size, 0);
  expect(bytes).toBeLessThanOrEqual(20_000);
  expect([...(await cache.read('s', [...old.keys()])).keys()]).not.toContain([...old.keys()][1]);
});

test('what is too large is not kept, what was left half written goes, what is not ours stays', async () => {
  const cache = open(8_000);
  const [id = ''] = objectsOf('left').keys();
  const leftover = join(folder.path, 'r', id.slice(0, 2), `${id.slice(2)}.x.tmp`);
  mkdirSync(dirname(leftover), { recursive: true });
  writeFileSync(leftover, 'half');
  utimesSync(leftover, 1_000, 1_000);
  const foreign = join(folder.path, 'notes.txt');
  writeFileSync(foreign, 'x'.repeat(20_000));
  const large = objectsOf('x'.repeat(1_001));
  cache.write('s', large);
  cache.write('s', objectsOf('small'));
  await cache.settled();
  expect((await cache.read('s', [...large.keys()])).size).toBe(0);
  expect(files()).not.toContain(leftover);
  expect(files()).toContain(foreign);
});

test('a folder that cannot be used makes nothing fail', async () => {
  writeFileSync(join(folder.path, 'file'), '');
  const cache = new DiskCache(createManualClock(), { folder: join(folder.path, 'file'), maxBytes: mebibyte });
  const objects = objectsOf('one');
  cache.write('s', objects);
  await cache.settled();
  expect((await cache.read('s', [...objects.keys()])).size).toBe(0);
});
