import { randomUUID } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { deepFreeze, describeError, type JsonObject } from '../../../base/index.ts';
import { apiServerErrors } from '../errors.ts';
import { createMemoryStore } from '../memory-store.ts';
import type { Disk, Store, StoreEvent, StoreImage, StoreKey } from '../storage.ts';
import { findFileProblem } from './check-file.ts';
import { lockFolder } from './folder-lock.ts';
import {
  completeHistory,
  decodeEvent,
  decodeRecord,
  encodeEvent,
  encodeRecord,
  type KeptEvent,
  keyOf,
} from './records.ts';

/** A folder with everything that an API server keeps. */
export interface DataFolder extends AsyncDisposable {
  readonly store: Store;
  /** What the process keeps beside the objects, such as keys. */
  readSetting(name: string): JsonObject | undefined;
  writeSetting(name: string, value: JsonObject): Promise<void>;
  close(): Promise<void>;
}

const fileName = 'data.mdb';
const format = 1;
const maxCompactedAtOnce = 500;

interface Tables {
  readonly root: RootDatabase<string, string>;
  readonly objects: Database<string, string>;
  readonly history: Database<string, number>;
  readonly settings: Database<string, string>;
}

/**
 * Opens the data folder of an API server, or makes one. Every write is on the disk before it is answered.
 *
 * Errors: apiserver.data-locked, apiserver.data-damaged, apiserver.data-format; writes later: apiserver.data-write-failed.
 */
export async function openDataFolder(
  folder: string,
  options: { readonly historyLength?: number } = {},
): Promise<DataFolder> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  try {
    const tables = await openTables(folder, {});
    const owner = randomUUID();
    const image = readImage(folder, tables);
    await claim(tables, owner, image);
    const store = createMemoryStore(
      { historyLength: options.historyLength ?? 10_000 },
      { image, disk: createDisk(folder, tables, owner) },
    );
    const close = async (): Promise<void> => {
      await tables.root.close();
      unlock();
    };
    return {
      store,
      readSetting: (name) => decodeRecord(tables.settings.get(name)),
      async writeSetting(name, value) {
        await tables.settings.put(name, encodeRecord(value));
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function damaged(folder: string, why: string, cause?: unknown): Error {
  const message = `the data folder ${JSON.stringify(folder)} is damaged: ${why}`;
  return apiServerErrors.create('apiserver.data-damaged', message, { cause });
}

async function openTables(folder: string, options: { readonly readOnly?: boolean }): Promise<Tables> {
  const path = join(folder, fileName);
  if (existsSync(path)) {
    const problem = findFileProblem(path);
    if (problem !== undefined) throw damaged(folder, `${fileName}: ${problem}`);
  } else {
    const strangers = readdirSync(folder).filter((name) => !name.startsWith('lock'));
    if (strangers.length > 0) {
      throw damaged(folder, `${fileName} is missing, and ${JSON.stringify(strangers[0])} is not ours`);
    }
  }
  // Its compiled part is loaded only where there is a folder to open.
  const { open } = await import('lmdb');
  try {
    const root = open<string, string>({
      path,
      noSubdir: true,
      encoding: 'string',
      // A transaction is on the disk when it is done, not some time after.
      overlappingSync: false,
      maxDbs: 4,
      ...options,
    });
    for (const name of [path, `${path}-lock`]) if (existsSync(name)) chmodSync(name, 0o600);
    const table = <K extends string | number>(name: string): Database<string, K> =>
      root.openDB<string, K>({ name, encoding: 'string' });
    return { root, objects: table('objects'), history: table('history'), settings: table('settings') };
  } catch (cause) {
    throw damaged(folder, describeError(cause), cause);
  }
}

function readImage(folder: string, { objects, history, settings }: Tables): StoreImage {
  const text = settings.get('state');
  if (text === undefined) {
    for (const _ of objects.getKeys({ limit: 1 })) throw damaged(folder, 'it has objects and no revision');
    return { revision: 1, compacted: 1, objects: [], history: [] };
  }
  const state = decodeRecord(text);
  if (state === undefined) throw damaged(folder, 'its revision cannot be read');
  if (state['format'] !== format) {
    const message = `the data folder ${JSON.stringify(folder)} has format ${String(state['format'])}, and this program reads format ${format}`;
    throw apiServerErrors.create('apiserver.data-format', message);
  }
  const compacted = Number(state['compacted']);
  const found = new Map<string, JsonObject>();
  for (const { key, value } of objects.getRange()) {
    const object = decodeRecord(value);
    if (object === undefined) throw damaged(folder, `the object ${showKey(key)} is not what was written`);
    found.set(key, deepFreeze(object));
  }
  const kept: KeptEvent[] = [];
  for (const { key, value } of history.getRange({ start: compacted + 1 })) {
    const event = decodeEvent(key, value);
    if (event === undefined) throw damaged(folder, `the change ${key} is not what was written`);
    kept.push(event);
  }
  return {
    revision: Number(state['revision']),
    compacted,
    objects: [...found].map(([key, object]) => [toKey(key), object] as const),
    history: completeHistory(kept, found),
  };
}

const showKey = (key: string): string => JSON.stringify(key);

function toKey(text: string): StoreKey {
  const [resource = '', namespace = '', ...name] = text.split('/');
  return { resource, namespace, name: name.join('/') };
}

const stateRecord = (revision: number, compacted: number, owner: string): string =>
  encodeRecord({ format, revision, compacted, owner });

async function claim({ root, settings }: Tables, owner: string, image: StoreImage): Promise<void> {
  await root.transaction(() => {
    void settings.put('state', stateRecord(image.revision, image.compacted, owner));
  });
}

function createDisk(folder: string, tables: Tables, owner: string): Disk {
  const { root, objects, history, settings } = tables;
  return {
    async write(events, compacted) {
      let isOurs = true;
      try {
        await root.transaction(() => {
          // Should another process have got past the lock, it is the owner now.
          isOurs = decodeRecord(settings.get('state'))?.['owner'] === owner;
          if (!isOurs) return;
          for (const event of events) writeEvent(objects, history, event);
          const revision = events.at(-1)?.revision ?? 0;
          void settings.put('state', stateRecord(revision, compacted, owner));
          forget(history, compacted);
        });
      } catch (cause) {
        throw writeFailed(folder, describeError(cause), cause);
      }
      if (!isOurs) throw writeFailed(folder, 'another process has taken it over');
    },
  };
}

function writeFailed(folder: string, why: string, cause?: unknown): Error {
  const message = `the data folder ${JSON.stringify(folder)} cannot be written: ${why}`;
  return apiServerErrors.create('apiserver.data-write-failed', message, { cause });
}

function writeEvent(objects: Tables['objects'], history: Tables['history'], event: StoreEvent): void {
  const key = keyOf(event.key);
  if (event.type === 'deleted') objects.remove(key);
  else objects.put(key, encodeRecord(event.object));
  history.put(event.revision, encodeEvent(event));
}

/** Removes a part of the history that is no longer needed; the rest goes with the next writes. */
function forget(history: Tables['history'], compacted: number): void {
  const old = [...history.getKeys({ end: compacted + 1, limit: maxCompactedAtOnce })];
  for (const revision of old) history.remove(revision);
}

/**
 * Copies a data folder, in use or not, into one file that only its owner can read.
 *
 * Errors: apiserver.data-damaged.
 */
export async function backupDataFolder(folder: string, file: string): Promise<void> {
  if (!existsSync(join(folder, fileName))) throw damaged(folder, `${fileName} is missing`);
  const { root } = await openTables(folder, { readOnly: true });
  const part = `${file}.part`;
  try {
    rmSync(part, { force: true });
    await root.backup(part, true);
    chmodSync(part, 0o600);
    renameSync(part, file);
  } finally {
    await root.close();
  }
}

/**
 * Fills a data folder that is not there yet, or is empty, from the file of a backup.
 *
 * Errors: apiserver.data-damaged when the file is not a whole backup; apiserver.data-locked; apiserver.data-present.
 */
export async function restoreDataFolder(file: string, folder: string): Promise<void> {
  const problem = existsSync(file) ? findFileProblem(file) : 'there is no such file';
  if (problem !== undefined) {
    throw apiServerErrors.create(
      'apiserver.data-damaged',
      `the backup ${JSON.stringify(file)} cannot be restored: ${problem}`,
    );
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    const message = `the data folder ${JSON.stringify(folder)} is not empty, so ${JSON.stringify(file)} is not restored into it`;
    throw apiServerErrors.create('apiserver.data-present', message);
  }
  mkdirSync(dirname(folder), { recursive: true });
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { mode: 0o700 });
  copyFileSync(file, join(part, fileName));
  chmodSync(join(part, fileName), 0o600);
  // It is opened once, so that a backup with damage inside is found now.
  await (await openDataFolder(part)).close();
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}
