import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../ports/index.ts';
import { type Digest, digestOf } from '../wire/oci/index.ts';
import type { ContentStore } from './contents.ts';
import type { RawManifest } from './manifests.ts';

/** Where contents are kept, and how much. */
export interface DiskStoreOptions {
  /** Made when it does not exist; several processes may share it. */
  readonly folder: string;
  readonly maxBytes: number;
}

/** Unfinished files of processes that are gone are older than this. */
const staleMs = 3_600_000;
/** When the folder is too full, it is emptied down to this share. */
const keptShare = 0.8;
/** How often use is noted, so that reading does not always write. */
const touchMs = 3_600_000;
const temporary = '.writing-';

interface StoredFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedAtMs: number;
}

/**
 * Keeps contents in a folder: one file each, written aside and renamed. A torn or changed file does not have its digest
 * and counts as absent, so that a crash, a full disk or another process can only cost another request.
 */
export function createDiskStore(
  { clock }: { readonly clock: Clock },
  options: DiskStoreOptions,
): ContentStore {
  const folderOf = (place: string): string =>
    join(options.folder, hexOf(digestOf(encode(place))).slice(0, 32));
  const pathOf = (place: string, digest: Digest): string => join(folderOf(place), digest.replace(':', '-'));
  /** `undefined` until the folder was looked through. */
  let usedBytes: number | undefined;
  let cleaning: Promise<void> | undefined;

  async function clean(): Promise<void> {
    const files = (await listFiles(options.folder, clock.nowMs())).sort((a, b) => a.usedAtMs - b.usedAtMs);
    let total = 0;
    for (const file of files) total += file.sizeBytes;
    if (total > options.maxBytes) {
      for (const file of files) {
        if (total <= options.maxBytes * keptShare) break;
        await rm(file.path, { force: true });
        total -= file.sizeBytes;
      }
    }
    usedBytes = total;
  }

  async function makeRoom(sizeBytes: number): Promise<void> {
    const isKnown = usedBytes !== undefined;
    usedBytes = (usedBytes ?? 0) + sizeBytes;
    if (isKnown && usedBytes <= options.maxBytes) return;
    cleaning ??= clean().finally(() => {
      cleaning = undefined;
    });
    await cleaning;
  }

  return {
    async get(place, digest) {
      const path = pathOf(place, digest);
      try {
        const bytes = await readFile(path);
        const raw = decode(bytes, digest);
        if (raw === undefined) await rm(path, { force: true });
        else await touch(path, clock.nowMs());
        return raw;
      } catch {
        // Whatever the reason, it is as if it had never been kept.
        return undefined;
      }
    },
    async put(place, raw) {
      const folder = folderOf(place);
      const bytes = Buffer.concat([encode(`${raw.mediaType.replace(/[\r\n]/g, ' ')}\n`), raw.content]);
      if (bytes.length > options.maxBytes / 4) return;
      const aside = join(folder, `${temporary}${randomUUID()}`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(aside, bytes, { mode: 0o600, flag: 'wx' });
        await rename(aside, pathOf(place, raw.digest));
        await makeRoom(bytes.length);
      } catch {
        // A full or missing disk must not fail a scan; the content is fetched again when it is needed.
        await rm(aside, { force: true }).catch(() => undefined);
      }
    },
    async knows(place) {
      const names = await readdir(folderOf(place)).catch(() => []);
      return names.some((name) => !name.startsWith(temporary));
    },
  };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** The first line is the media type, the rest the content. */
function decode(bytes: Buffer, digest: Digest): RawManifest | undefined {
  const end = bytes.indexOf(0x0a);
  const content = end < 0 ? undefined : bytes.subarray(end + 1);
  if (content === undefined || digestOf(content, digest) !== digest) return undefined;
  return { digest, mediaType: bytes.subarray(0, end).toString(), content };
}

async function touch(path: string, nowMs: number): Promise<void> {
  const { mtimeMs } = await stat(path);
  if (nowMs - mtimeMs < touchMs) return;
  await utimes(path, nowMs / 1000, nowMs / 1000);
}

/** All files of the store; what others left unfinished is removed, what they remove meanwhile is passed over. */
async function listFiles(folder: string, nowMs: number): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (const place of await readdir(folder).catch(() => [])) {
    for (const name of await readdir(join(folder, place)).catch(() => [])) {
      const path = join(folder, place, name);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) continue;
      const isUnfinished = name.startsWith(temporary);
      if (isUnfinished && nowMs - found.mtimeMs > staleMs) await rm(path, { force: true });
      else if (!isUnfinished) files.push({ path, sizeBytes: found.size, usedAtMs: found.mtimeMs });
    }
  }
  return files;
}
