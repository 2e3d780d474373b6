import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTempFolder } from '../../../../test/support/temp-folder.ts';
import { revisionOf } from '../json-path.ts';
import type { Store, StoreEvent } from '../storage.ts';
import { backupDataFolder, openDataFolder, restoreDataFolder } from './data-folder.ts';

const key = (name: string) => ({ resource: 'things', namespace: 'ns', name });
const object = (name: string, more: object = {}) => ({ metadata: { name, namespace: 'ns' }, ...more });

let temp: ReturnType<typeof createTempFolder>;
let folder: string;
beforeEach(() => {
  temp = createTempFolder();
  folder = join(temp.path, 'data');
});
afterEach(() => temp[Symbol.dispose]());

async function change(store: Store): Promise<void> {
  for (const name of ['a', 'b', 'c']) await store.put(key(name), object(name, { round: 1 }), 0);
  const b = store.get(key('b'));
  await store.put(key('b'), object('b', { round: 2 }), revisionOf(b ?? {}));
  await store.remove(key('c'), revisionOf(store.get(key('c')) ?? {}));
  await store.put(key('c'), object('c', { round: 3 }), 0);
}

function historyOf(store: Store): readonly StoreEvent[] {
  const seen: StoreEvent[] = [];
  const stop = store.subscribe(undefined, 1, (event) => seen.push(event));
  if (stop !== 'expired') stop();
  return seen;
}

test('what was written is there again, with its history', async () => {
  const first = await openDataFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'data.mdb')).mode & 0o777).toBe(0o600);
  await change(first.store);
  const wide = { resource: 'nodes', namespace: '', name: 'wide' };
  await first.store.put(wide, { metadata: { name: 'wide' } }, 0);
  await first.writeSetting('keys', { a: 1 });
  const [revision, list, history] = [
    first.store.revision(),
    first.store.list('things', 'ns'),
    historyOf(first.store),
  ];
  await first.close();
  await using second = await openDataFolder(folder);
  expect(second.store.revision()).toBe(revision);
  expect(second.store.list('things', 'ns')).toEqual(list);
  expect(historyOf(second.store)).toEqual(history);
  expect(second.store.listAt('things', 'ns', 3).valueOf()).toMatchObject({
    items: [{ round: 1 }, { round: 1 }],
  });
  expect(second.store.get(wide)).toMatchObject({ metadata: { name: 'wide' } });
  expect(second.readSetting('keys')).toEqual({ a: 1 });
  await second.store.put(key('d'), object('d'), 0);
  expect(second.store.revision()).toBe(revision + 1);
});

test('old history goes from the disk too', async () => {
  const first = await openDataFolder(folder, { historyLength: 5 });
  for (let index = 0; index < 40; index += 1) await first.store.put(key(`o${index}`), object(`o${index}`), 0);
  await first.close();
  await using second = await openDataFolder(folder, { historyLength: 5 });
  expect(second.store.subscribe(undefined, 2, () => {})).toBe('expired');
  expect(second.store.list('things', undefined).items).toHaveLength(40);
});

test('a folder in use is refused, and free again when it is closed', async () => {
  const first = await openDataFolder(folder);
  await expect(openDataFolder(folder)).rejects.toMatchObject({
    code: 'apiserver.data-locked',
    message: `the data folder ${JSON.stringify(folder)} is in use by process ${process.pid}`,
  });
  await first.close();
  await (await openDataFolder(folder)).close();
});

test('the lock of a process that is gone does not count', async () => {
  await (await openDataFolder(folder)).close();
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, started: 'at 1' }));
  await (await openDataFolder(folder)).close();
});

test('a process whose folder was taken over writes nothing more', async () => {
  const first = await openDataFolder(folder);
  rmSync(join(folder, 'lock'));
  await using second = await openDataFolder(folder);
  await expect(first.store.put(key('a'), object('a'), 0)).rejects.toMatchObject({
    code: 'apiserver.data-write-failed',
  });
  expect(first.store.get(key('a'))).toBeUndefined();
  await expect(first.store.put(key('b'), object('b'), 0)).rejects.toThrow(
    'another process has taken it over',
  );
  await second.store.put(key('a'), object('a'), 0);
});

const damages = [
  {
    name: 'cut short',
    harm: (path: string) => truncateSync(path, statSync(path).size / 2),
    want: /is damaged: data\.mdb: it is cut short: \d+ of at least \d+ bytes are there$/,
  },
  { name: 'emptied', harm: (path: string) => truncateSync(path, 0), want: /does not begin as a database/ },
  {
    name: 'another file',
    harm: (path: string) => writeFileSync(path, 'hello'.repeat(5000)),
    want: /does not begin as a database of this program does$/,
  },
  { name: 'missing', harm: rmSync, want: /data\.mdb is missing/ },
  {
    name: 'changed inside',
    harm: (path: string) => {
      const bytes = readFileSync(path);
      // Every copy, as older pages stay in the file.
      for (let at = bytes.indexOf('"round":1'); at >= 0; at = bytes.indexOf('"round":1', at + 1))
        bytes[at + 8] = 0x37;
      writeFileSync(path, bytes);
    },
    want: /is damaged: the (?:object|change) .* is not what was written$/,
  },
];
test.each(damages)('a folder whose file is $name is refused with a sentence', async ({ harm, want }) => {
  const first = await openDataFolder(folder);
  await change(first.store);
  await first.close();
  writeFileSync(join(folder, 'notes'), 'of somebody');
  harm(join(folder, 'data.mdb'));
  await expect(openDataFolder(folder)).rejects.toMatchObject({
    code: 'apiserver.data-damaged',
    message: expect.stringMatching(want),
  });
});

test('a backup of a folder in use is restored into an empty one', async () => {
  const file = join(temp.path, 'backup');
  await using first = await openDataFolder(folder);
  await change(first.store);
  const list = first.store.list('things', 'ns');
  await backupDataFolder(folder, file);
  await first.store.put(key('later'), object('later'), 0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const other = join(temp.path, 'other');
  await restoreDataFolder(file, other);
  await using second = await openDataFolder(other);
  expect(second.store.list('things', 'ns')).toEqual(list);
  await expect(restoreDataFolder(file, folder)).rejects.toMatchObject({ code: 'apiserver.data-present' });
  truncateSync(file, 5000);
  await expect(restoreDataFolder(file, join(temp.path, 'third'))).rejects.toMatchObject({
    code: 'apiserver.data-damaged',
  });
});
