import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Clock } from '../ports/index.ts';
import { type GitObject, hashObject, isObjectId, isObjectType, type ObjectId } from '../wire/git/index.ts';

/** Where objects are kept and how many. */
export interface DiskCacheOptions {
  /** Processes may share it. */
  readonly folder: string;
  /** Of all files together; what was read longest ago goes first. */
  readonly maxBytes: number;
}

const deflateAsync = promisify(deflate);
const inflateAsync = promisify(inflate) as (
  data: Uint8Array,
  options: { maxOutputLength: number },
) => Promise<Buffer>;

/** A file that is read is marked as read lately, not more often than this. */
const touchMs = 10 * 60_000;
/** What is being written is not older than this; anything older was left behind. */
const leftoverMs = 60 * 60_000;
/** After cleaning, so much is left, so that it is not cleaned at once again. */
const cleanShare = 0.9;
const maxObjectBytes = 256 * 1024 * 1024;
/** Files that are read or written at once. */
const maxAtOnce = 16;

/**
 * Objects in files, by remote and id, for this process and those beside and after it.
 *
 * Guarantees: what is read is checked against its id, so that a torn, damaged or foreign file counts as absent and is
 * removed; files appear whole; nothing here ever fails a caller. Who may see what is not decided here: objects are
 * reached only from commits that an identity was shown.
 */
export class DiskCache {
  readonly #clock: Clock;
  readonly #options: DiskCacheOptions;
  /** Bytes written since the last cleaning; at first the folder may be full. */
  #written = Number.POSITIVE_INFINITY;
  #work: Promise<void> = Promise.resolve();

  constructor(clock: Clock, options: DiskCacheOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Those of the objects that are there. */
  async read(store: string, ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, GitObject>> {
    const found = new Map<ObjectId, GitObject>();
    await eachOf(ids, async (id) => {
      const object = await this.#readOne(this.#pathOf(store, id), id);
      if (object !== undefined) found.set(id, object);
    });
    return found;
  }

  /** Keeps objects, in the background. */
  write(store: string, objects: ReadonlyMap<ObjectId, GitObject>): void {
    this.#work = this.#work.then(async () => {
      await eachOf([...objects], ([id, object]) => this.#writeOne(this.#pathOf(store, id), object));
      if (this.#written > this.#options.maxBytes / 16) await this.#clean();
    });
  }

  /** Resolves when everything is written that was to be written until now. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #readOne(path: string, id: ObjectId): Promise<GitObject | undefined> {
    try {
      const object = decode(await inflateAsync(await readFile(path), { maxOutputLength: maxObjectBytes }));
      if (object === undefined || hashObject(object.type, object.data) !== id) throw new Error('damaged');
      await this.#touch(path);
      return object;
    } catch (error) {
      // Absent is usual; anything else is of no use to anybody.
      if (!isMissing(error)) await rm(path, { force: true }).catch(() => undefined);
      return undefined;
    }
  }

  async #touch(path: string): Promise<void> {
    const nowSec = this.#clock.nowMs() / 1000;
    const { mtimeMs } = await stat(path);
    if (nowSec * 1000 - mtimeMs > touchMs) await utimes(path, nowSec, nowSec).catch(() => undefined);
  }

  async #writeOne(path: string, { type, data }: GitObject): Promise<void> {
    // A single large file must not push everything else out.
    if (data.length > this.#options.maxBytes / 8) return;
    const draft = `${path}.${randomUUID()}.tmp`;
    try {
      if (await exists(path)) return;
      const bytes = await deflateAsync(
        Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data as Uint8Array]),
        { level: 1 },
      );
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      await writeFile(draft, bytes, { mode: 0o600 });
      await rename(draft, path);
      this.#written += bytes.length;
    } catch {
      // A full or read-only disk makes things slower and nothing worse.
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  /** Removes what was read longest ago until the rest fits, and what was left behind half written. */
  async #clean(): Promise<void> {
    const { folder, maxBytes } = this.#options;
    const files: { readonly path: string; readonly bytes: number; readonly atMs: number }[] = [];
    const nowMs = this.#clock.nowMs();
    await eachOf(await listFiles(folder), async (path) => {
      const facts = await stat(path).catch(() => undefined);
      if (facts === undefined) return;
      const isLeftover = path.endsWith('.tmp') && nowMs - facts.mtimeMs > leftoverMs;
      if (isLeftover) await rm(path, { force: true }).catch(() => undefined);
      else if (!path.endsWith('.tmp')) files.push({ path, bytes: facts.size, atMs: facts.mtimeMs });
    });
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#written = 0;
    if (total <= maxBytes) return;
    for (const { path, bytes } of files.sort((a, b) => a.atMs - b.atMs)) {
      if (total <= maxBytes * cleanShare) return;
      await rm(path, { force: true }).catch(() => undefined);
      total -= bytes;
    }
  }

  #pathOf(store: string, id: ObjectId): string {
    const remote = createHash('sha256').update(store).digest('hex').slice(0, 32);
    return join(this.#options.folder, remote, id.slice(0, 2), id.slice(2));
  }
}

/** "blob 4", a zero byte and the bytes themselves, as git's own files hold objects. */
function decode(bytes: Buffer): GitObject | undefined {
  const end = bytes.indexOf(0);
  const [type = '', size] = bytes.toString('latin1', 0, Math.max(0, end)).split(' ');
  const data = bytes.subarray(end + 1);
  return isObjectType(type) && Number(size) === data.length ? { type, data } : undefined;
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? listFiles(path) : isOurs(path) ? [path] : [];
    }),
  );
  return below.flat();
}

/** Nothing else is ever removed, should the folder be somebody's. */
function isOurs(path: string): boolean {
  const [head = '', tail = ''] = path.split('/').slice(-2);
  return isObjectId(head + tail.slice(0, 38));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function eachOf<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(maxAtOnce, items.length) }, worker));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
