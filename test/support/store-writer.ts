import { writeSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/base/index.ts';
import { type DataFolder, openDataFolder, type StoreKey } from '../../src/embedded/apiserver/index.ts';

const writersPerFolder = 4;

/**
 * A program for the kill test: writes at random into several data folders, many writes at once, until it is killed, and
 * prints one line for each write that was acknowledged: folder, revision, what was done, key, mark.
 */
async function main(parent: string, mark: string, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => String(index));
  const folders = await Promise.all(
    names.map((name) => openDataFolder(join(parent, name), { historyLength: 1_000_000 })),
  );
  writeSync(1, 'ready\n');
  const writers = folders.flatMap((folder, index) =>
    Array.from({ length: writersPerFolder }, (_, writer) =>
      work(folder, { folder: names[index] ?? '', mark: `${mark}-${writer}` }),
    ),
  );
  await Promise.all(writers);
}

async function work(
  { store }: DataFolder,
  { folder, mark }: { readonly folder: string; readonly mark: string },
): Promise<void> {
  for (let count = 1; ; count += 1) {
    const resource = Math.random() < 0.5 ? 'stages' : 'freights';
    const key: StoreKey = { resource, namespace: 'ns', name: `o${Math.floor(Math.random() * 30)}` };
    const old = store.get(key);
    const expected = old === undefined ? 0 : revisionOf(old);
    const isRemoval = old !== undefined && Math.random() < 0.2;
    const written = `${mark}-${count}`;
    const metadata = { name: key.name, namespace: key.namespace };
    const object = { metadata, mark: written, padding: 'x'.repeat(Math.floor(Math.random() * 8000)) };
    const result = isRemoval ? await store.remove(key, expected) : await store.put(key, object, expected);
    if (result === 'conflict') continue;
    const what = isRemoval ? 'removed' : 'put';
    // At once, past all buffers: what is printed has been acknowledged.
    writeSync(
      1,
      `${folder} ${revisionOf(result)} ${what} ${resource}/${key.name} ${isRemoval ? '-' : written}\n`,
    );
  }
}

function revisionOf(object: JsonObject): number {
  return Number((object['metadata'] as JsonObject)['resourceVersion']);
}

await main(process.argv[2] ?? '', process.argv[3] ?? '', Number(process.argv[4] ?? 1));
