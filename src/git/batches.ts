import { orAbort } from '../flights/index.ts';
import type { GitObject, ObjectId } from '../wire/git/index.ts';

/** Objects by id. */
export type Objects = ReadonlyMap<ObjectId, GitObject>;

/** Fetches objects in one request. */
export type FetchObjects = (ids: readonly ObjectId[], signal: AbortSignal) => Promise<Objects>;

interface Batch {
  readonly ids: Set<ObjectId>;
  readonly abort: AbortController;
  readonly done: Promise<Objects>;
  waiting: number;
  isShared: boolean;
}

/**
 * Joins reads: what is asked for within one turn of the event loop becomes one request, and what is on its way already
 * is not asked for again. A request ends when nobody waits for it any more.
 */
export class Batches {
  readonly #fetch: FetchObjects;
  readonly #underway = new Map<ObjectId, Batch>();
  #open: Batch | undefined;

  constructor(fetch: FetchObjects) {
    this.#fetch = fetch;
  }

  /** The objects, as far as the remote has them. */
  async read(ids: readonly ObjectId[], signal: AbortSignal): Promise<Objects> {
    const batches = new Set(ids.map((id) => this.#batchOf(id)));
    const found = new Map<ObjectId, GitObject>();
    try {
      const parts = await Promise.all([...batches].map((batch) => waitFor(batch, signal)));
      for (const part of parts) for (const [id, object] of part) found.set(id, object);
      return found;
    } catch (error) {
      signal.throwIfAborted();
      // What somebody else asked for must not fail us.
      if (![...batches].some((batch) => batch.isShared)) throw error;
      return this.#fetch(ids, signal);
    }
  }

  #batchOf(id: ObjectId): Batch {
    const underway = this.#underway.get(id);
    if (underway !== undefined && !underway.abort.signal.aborted) return underway;
    if (this.#open === undefined || this.#open.abort.signal.aborted) this.#open = this.#start();
    this.#open.ids.add(id);
    this.#underway.set(id, this.#open);
    return this.#open;
  }

  #start(): Batch {
    const ids = new Set<ObjectId>();
    const abort = new AbortController();
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const done: Promise<Objects> = turn
      .then(() => {
        if (this.#open?.ids === ids) this.#open = undefined;
        return this.#fetch([...ids], abort.signal);
      })
      .finally(() => {
        for (const id of ids) if (this.#underway.get(id)?.ids === ids) this.#underway.delete(id);
      });
    // Whoever waits sees the error; when nobody does any more, it is nobody's.
    done.catch(() => undefined);
    return { ids, abort, done, waiting: 0, isShared: false };
  }
}

async function waitFor(batch: Batch, signal: AbortSignal): Promise<Objects> {
  signal.throwIfAborted();
  batch.waiting++;
  if (batch.waiting > 1) batch.isShared = true;
  try {
    return await orAbort(batch.done, signal);
  } finally {
    batch.waiting--;
    if (batch.waiting === 0) batch.abort.abort(signal.reason);
  }
}
