import { writeSync } from 'node:fs';
import type { JsonObject } from '../../src/base/index.ts';
import { openDataFolder, type StoreKey } from '../../src/embedded/apiserver/index.ts';

/**
 * A program for the kill test: writes at random into a data folder, many writes at once, until it is killed, and prints
 * one line for each write that was acknowledged: revision, what was done, key, mark.
 */
async function main(folder: string, mark: string): Promise<void> {
  const { store } = await openDataFolder(folder, { historyLength: 1_000_000 });
  writeSync(1, 'ready\n');
  let count = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      count += 1;
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
      writeSync(1, `${revisionOf(result)} ${what} ${resource}/${key.name} ${isRemoval ? '-' : written}\n`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

function revisionOf(object: JsonObject): number {
  return Number((object['metadata'] as JsonObject)['resourceVersion']);
}

await main(process.argv[2] ?? '', process.argv[3] ?? '');
