import { readContent } from './content.ts';
import type { Files } from './files.ts';
import type { Overlay } from './overlay.ts';
import { clampPath } from './path.ts';

/** Paths that will probably be read, and the work trees for which they have been fetched. */
export class Expected {
  readonly #paths = new Set<string>();
  readonly #fetched = new WeakSet<Overlay>();

  add(paths: readonly string[]): void {
    for (const path of paths) this.#paths.add(path);
  }

  /**
   * Fetches what reading the expected paths in the work tree at this mount needs; once. Reads that wait at the same time
   * share their requests, level by level. Whoever needs what could not be read will learn of it.
   */
  async fetch(files: Files, mount: string, overlay: Overlay, signal: AbortSignal): Promise<void> {
    if (this.#fetched.has(overlay)) return;
    this.#fetched.add(overlay);
    const within = [...this.#paths].filter((path) => isWithin(path, mount));
    if (within.length < 2) return;
    await Promise.allSettled(
      within.map(async (path) => {
        const place = await files.find(path, 'follow', signal);
        if (place.node?.kind === 'leaf') await readContent({ ...place, leaf: place.node }, signal);
      }),
    );
    signal.throwIfAborted();
  }
}

function isWithin(path: string, mount: string): boolean {
  try {
    return mount === '' || `${clampPath(path).join('/')}/`.startsWith(`${mount}/`);
  } catch {
    // A path that cannot be used is told to the step that uses it.
    return false;
  }
}
