import { LRUCache } from 'lru-cache';
import { type AppError, describeError } from '../base/index.ts';
import { orAbort } from '../flights/index.ts';
import type { Clock, Credential } from '../ports/index.ts';
import { credentialsErrors } from './errors.ts';
import type { Material } from './types.ts';

/** What is asked of the cache. */
export interface TokenQuestion {
  /** Everything that the answer depends on; what is secret in it only as a fingerprint. */
  readonly key: string;
  /** For messages. */
  readonly identity: string;
  /** The longest time that an answer is kept, milliseconds; 0 shares only what is under way. */
  readonly maxLifeMs: number;
  readonly refused: Credential | undefined;
  readonly timeLimitMs?: number;
}

/** Keeps what sources gave for as long as it is good. */
export interface TokenCache {
  /** One fetch per key at a time, which no caller's signal can end for the others. */
  get(
    question: TokenQuestion,
    fetch: (signal: AbortSignal) => Promise<Material>,
    signal: AbortSignal,
  ): Promise<Material>;
}

interface Kept {
  readonly material: Material;
  readonly fetchedAtMs: number;
  /** From then on it is fetched anew, while it still works. */
  readonly refreshAtMs: number;
  readonly endsAtMs: number;
}

const maxKept = 1_000;
const refreshAfter = 0.8;
const defaultTimeLimitMs = 60_000;
/** Hosts may refuse for reasons that no new token mends; it is not asked for more often than this. */
const leastPauseMs = 10_000;

/** Creates the cache, in memory. */
export function createTokenCache(clock: Clock): TokenCache {
  const kept = new LRUCache<string, Kept>({ max: maxKept });
  const underWay = new Map<string, Promise<Material>>();
  const triedAtMs = new LRUCache<string, number>({ max: maxKept });

  function keep(question: TokenQuestion, material: Material): Material {
    const nowMs = clock.nowMs();
    const { maxLifeMs } = question;
    const leftMs = (material.expiresAtMs ?? Number.POSITIVE_INFINITY) - nowMs;
    const lifeMs = Math.min(maxLifeMs, leftMs, material.keptForMs ?? Number.POSITIVE_INFINITY);
    if (lifeMs > 0) {
      kept.set(question.key, {
        material,
        fetchedAtMs: nowMs,
        // A given upper bound is one; only the end that the token itself has is anticipated.
        refreshAtMs: nowMs + (material.expiresAtMs === undefined ? lifeMs : lifeMs * refreshAfter),
        endsAtMs: nowMs + lifeMs,
      });
    }
    return material;
  }

  function start(
    question: TokenQuestion,
    fetch: (signal: AbortSignal) => Promise<Material>,
  ): Promise<Material> {
    const { key, identity } = question;
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const abort = new AbortController();
    const limitMs = question.timeLimitMs ?? defaultTimeLimitMs;
    const limit = createLimit(clock, limitMs, () => {
      const message = `${identity} gave no credential within ${limitMs} ms`;
      const late = credentialsErrors.create('credentials.unavailable', message);
      abort.abort(late);
      return late;
    });
    triedAtMs.set(key, clock.nowMs());
    const work = Promise.race([fetch(abort.signal), limit.expired])
      .then((material) => keep(question, material))
      .finally(() => {
        limit.cancel();
        underWay.delete(key);
      });
    underWay.set(key, work);
    return work;
  }

  return {
    async get(question, fetch, signal) {
      signal.throwIfAborted();
      const nowMs = clock.nowMs();
      const known = kept.get(question.key);
      const lastTryMs = triedAtMs.get(question.key) ?? Number.NEGATIVE_INFINITY;
      const mayTry = nowMs - lastTryMs >= leastPauseMs;
      if (known !== undefined && nowMs < known.endsAtMs) {
        const isRefused = question.refused !== undefined && isSame(question.refused, known.material);
        if (isRefused ? !mayTry : nowMs < known.refreshAtMs || !mayTry) return known.material;
        if (!isRefused) {
          // It works still: a failure now is a warning, not an end.
          return orAbort(start(question, fetch), signal).catch((error: unknown) => {
            signal.throwIfAborted();
            const material = withWarning(known.material, question.identity, error);
            kept.set(question.key, { ...known, material });
            return material;
          });
        }
        kept.delete(question.key);
      }
      return orAbort(start(question, fetch), signal);
    },
  };
}

/** Do both hold the same secret? */
export function isSame(a: Partial<Credential>, b: Partial<Credential>): boolean {
  return (
    a.username === b.username &&
    a.password === b.password &&
    a.identityToken === b.identityToken &&
    a.bearerToken === b.bearerToken &&
    a.sshPrivateKey === b.sshPrivateKey
  );
}

function withWarning(material: Material, identity: string, error: unknown): Material {
  const start = `${identity} cannot be renewed: `;
  const others = (material.warnings ?? []).filter((warning) => !warning.startsWith(start));
  return { ...material, warnings: [...others, `${start}${describeError(error)}`] };
}

/** Rejects after a time, unless it is canceled before. */
function createLimit(
  clock: Clock,
  limitMs: number,
  onExpired: () => AppError,
): { readonly expired: Promise<never>; cancel(): void } {
  let cancel = (): void => undefined;
  const expired = new Promise<never>((_, reject) => {
    cancel = clock.schedule(limitMs, () => reject(onExpired()));
  });
  return { expired, cancel: () => cancel() };
}
