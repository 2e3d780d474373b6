import { LRUCache } from 'lru-cache';
import { createFlights } from '../flights/index.ts';
import type { Clock } from '../ports/index.ts';

/** What is asked of one repository by one identity. */
export interface Question {
  /** Names the repository and the identity. */
  readonly key: string;
  /** The parts of the answer that are needed. */
  readonly wants: readonly string[];
  /** The oldest answer that will do, milliseconds since the epoch; infinite: none that was asked for before now. */
  readonly notBeforeMs: number;
}

/** An answer, and when it was asked for. */
export interface Scan<Answer> {
  readonly answer: Answer;
  /** Milliseconds since the epoch. */
  readonly askedAtMs: number;
}

/** Answers of repositories, each shared by all for whom it is young enough. */
export interface SharedScans<Answer> {
  /** `read` is called for all that anybody has wanted of late, so that what one learns serves the others. */
  ask(
    question: Question,
    read: (wants: readonly string[], signal: AbortSignal) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Scan<Answer>>;
}

interface Held<Answer> extends Scan<Answer> {
  readonly wants: ReadonlySet<string>;
}

/** Repositories of which something is remembered. */
const maxRepositories = 5_000;
/** How long a want is served along with others after it was uttered last, in milliseconds. */
const wantTtlMs = 3_600_000;

/**
 * Creates a place for answers; per key at most one question is under way and one waits. `max` keys are remembered,
 * 5,000 unless told; for `freshOvertakes` see `createFlights`.
 */
export function createSharedScans<Answer>(
  clock: Clock,
  options: { readonly max?: number; readonly freshOvertakes?: boolean } = {},
): SharedScans<Answer> {
  const flights = createFlights<Held<Answer>>(options);
  const held = new LRUCache<string, Held<Answer>>({ max: options.max ?? maxRepositories });
  const wanted = new LRUCache<string, Map<string, number>>({ max: maxRepositories });

  function remember({ key, wants }: Question): void {
    if (wants.length === 0) return;
    const known = wanted.get(key) ?? new Map<string, number>();
    for (const want of wants) known.set(want, clock.nowMs());
    wanted.set(key, known);
  }

  function wantsOf(key: string): readonly string[] {
    const known = wanted.get(key) ?? new Map<string, number>();
    for (const [want, atMs] of known) if (clock.nowMs() - atMs > wantTtlMs) known.delete(want);
    return [...known.keys()].sort();
  }

  return {
    async ask(question, read, signal) {
      const { key, wants, notBeforeMs } = question;
      remember(question);
      const isUsable = (scan: Held<Answer>): boolean =>
        scan.askedAtMs >= notBeforeMs && wants.every((want) => scan.wants.has(want));
      const last = held.get(key);
      if (last !== undefined && isUsable(last)) return last;
      const look = async (shared: AbortSignal): Promise<Held<Answer>> => {
        const askedAtMs = clock.nowMs();
        const all = wantsOf(key);
        const scan = { answer: await read(all, shared), askedAtMs, wants: new Set(all) };
        // One that was overtaken must not undo what came after it.
        if ((held.get(key)?.askedAtMs ?? 0) <= askedAtMs) held.set(key, scan);
        return scan;
      };
      if (notBeforeMs !== Number.POSITIVE_INFINITY) {
        const scan = await flights.join(key, false, look, signal);
        if (isUsable(scan)) return scan;
      }
      // One that begins now knows what is wanted and is young enough, whatever the clock says.
      return flights.join(key, true, look, signal);
    },
  };
}
