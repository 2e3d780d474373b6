import type { KubeObject } from '../../api/meta/index.ts';
import { AppError, describeError } from '../../base/index.ts';
import type { Clock, LiveSelection, Log, Random } from '../../ports/index.ts';
import { type BackoffOptions, backoffMs } from '../backoff.ts';
import type { Store } from '../cache/store.ts';
import { kubeErrors } from '../errors.ts';
import { limitSignal, pause } from '../http/limits.ts';
import type { Rest } from '../http/rest.ts';
import { typeText } from '../watched.ts';
import { parseWatchEvent } from './watch-event.ts';

/** Keeps one store equal to the server, whatever happens to the connection. */
export interface Reflector {
  /** Lists and watches until the signal is aborted; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves after the first complete list. Errors: kube.unsupported-version, which ends the reflector. */
  readonly synced: Promise<void>;
  /** Since when, in milliseconds since the epoch, nothing but failures; `undefined` while all is well. */
  readonly failing: { readonly sinceMs: number; readonly reason: string } | undefined;
}

/** Timings of a reflector; the defaults suit a real server. */
export interface ReflectorOptions {
  readonly pageSize?: number;
  /** The server is asked to end each watch after a random time in this range, in seconds. */
  readonly watchSeconds?: { readonly min: number; readonly max: number };
  /** How long past that time a watch may live before its connection counts as dead. */
  readonly graceMs?: number;
  /**
   * After this time without a word, not even a bookmark, a watch is made anew: a server that is there sends one about
   * every minute, and half of a connection looks just like silence.
   */
  readonly quietMs?: number;
  readonly backoff?: BackoffOptions;
}

const defaults = {
  pageSize: 500,
  watchSeconds: { min: 300, max: 600 },
  graceMs: 15_000,
  quietMs: 180_000,
  backoff: { baseMs: 500, maxMs: 30_000 },
};

/** A watch that ends sooner than this without news counts as a failure, so that reconnecting cannot become a busy loop. */
const shortWatchMs = 1000;
/** After this many failures in a row the version itself is suspect, and everything is listed again. */
const failuresBeforeList = 3;

/** Where a reflector stands between two attempts. */
interface Progress {
  /** The version to watch from; `undefined` asks for a list. */
  version: string | undefined;
  failures: number;
  /** Is a watch connected? Then earlier failures are over as far as anybody else is concerned. */
  isOpen: boolean;
  /** When the first of those failures happened. */
  failingSinceMs: number;
  reason: string;
  /** Paging outlived the server's memory, so the next list is asked for in one piece. */
  unpaged: boolean;
}

/** Creates a reflector for a store; nothing happens before `run`. */
export function createReflector(
  deps: { readonly rest: Rest; readonly clock: Clock; readonly random: Random; readonly log: Log },
  store: Store,
  options: ReflectorOptions = {},
): Reflector {
  const { pageSize, watchSeconds, graceMs, quietMs, backoff } = { ...defaults, ...options };
  const { type } = store.watched;
  const log = deps.log.child({ type: typeText(type) });
  const selection: LiveSelection = {
    ...(store.watched.namespace === undefined ? {} : { namespace: store.watched.namespace }),
    ...(store.watched.labelSelector === undefined ? {} : { labels: store.watched.labelSelector }),
  };
  const synced = createGate();
  synced.promise.catch(() => undefined); // whoever awaits it sees the error; nobody has to
  let hasSynced = false;
  const progress: Progress = {
    version: undefined,
    failures: 0,
    isOpen: false,
    failingSinceMs: 0,
    reason: '',
    unpaged: false,
  };

  async function listOnce(signal: AbortSignal): Promise<void> {
    const items: KubeObject[] = [];
    let next: string | undefined;
    let version = '';
    do {
      const limit = progress.unpaged ? 0 : pageSize;
      const page = await deps.rest.listPage(
        type,
        selection,
        next === undefined ? { limit } : { limit, next },
        signal,
      );
      items.push(...page.items);
      version = page.resourceVersion;
      next = page.next;
    } while (next !== undefined);
    store.replace(items, version);
    progress.version = version;
    progress.unpaged = false;
    hasSynced = true;
    synced.resolve();
  }

  async function watchOnce(version: string, signal: AbortSignal): Promise<void> {
    const timeoutSeconds = Math.round(
      watchSeconds.min + deps.random.next() * (watchSeconds.max - watchSeconds.min),
    );
    const startedMs = deps.clock.nowMs();
    const limit = limitSignal(deps.clock, signal, timeoutSeconds * 1000 + graceMs);
    const silence = createSilence(deps.clock, limit.signal, quietMs);
    let hasNews = false;
    progress.isOpen = false;
    const onOpen = (): void => {
      progress.isOpen = true;
    };
    try {
      for await (const line of deps.rest.watch(
        type,
        selection,
        { resourceVersion: version, timeoutSeconds, onOpen },
        silence.signal,
      )) {
        silence.heard();
        takeEvent(line);
        hasNews = true;
        progress.failures = 0;
      }
    } catch (error) {
      // Silence is no failure: the next watch starts where this one stood.
      if (!silence.isOver() || !progress.isOpen || signal.aborted) throw error;
      hasNews = true;
    } finally {
      silence.dispose();
      limit.dispose();
      // Nothing for a whole life is silence, not trouble: the connection is made anew and no list is needed.
      const isLong = limit.isTimedOut() || deps.clock.nowMs() - startedMs >= shortWatchMs;
      if (progress.isOpen && isLong) progress.failures = 0;
    }
    if (hasNews || deps.clock.nowMs() - startedMs >= shortWatchMs) return;
    throw kubeErrors.create('kube.unavailable', `a watch of ${type.plural} ended at once`);
  }

  function takeEvent(line: Parameters<typeof parseWatchEvent>[1]): void {
    const event = parseWatchEvent(type, line);
    if (event.kind === 'changed') store.take(event.object);
    if (event.kind === 'deleted') store.takeDeleted(event.object);
    progress.version = event.version;
  }

  /** The delay before the next attempt, after noting what the failure means for it. */
  function noteFailure(error: unknown): number {
    progress.failures += 1;
    progress.isOpen = false;
    if (progress.failures === 1) progress.failingSinceMs = deps.clock.nowMs();
    progress.reason = describeError(error);
    const isGone = kubeErrors.is(error, 'kube.gone');
    if (isGone && progress.version === undefined) progress.unpaged = true;
    if (isGone || progress.failures >= failuresBeforeList) progress.version = undefined;
    const code = error instanceof AppError ? error.code : 'panic';
    const fields = { code, attempt: progress.failures, reason: progress.reason };
    if (progress.failures === failuresBeforeList) log.warn('watch keeps failing', fields);
    else log.debug('watch failed', fields);
    if (isGone && progress.failures === 1) return 0;
    return Math.max(askedDelayMs(error), backoffMs(backoff, progress.failures, deps.random));
  }

  return {
    synced: synced.promise,
    get failing() {
      if (progress.failures === 0 || progress.isOpen) return undefined;
      return { sinceMs: progress.failingSinceMs, reason: progress.reason };
    },
    async run(signal) {
      while (!signal.aborted) {
        try {
          if (progress.version === undefined) await listOnce(signal);
          if (progress.version !== undefined) await watchOnce(progress.version, signal);
        } catch (error) {
          if (signal.aborted) break;
          if (!hasSynced && kubeErrors.is(error, 'kube.unsupported-version')) {
            synced.reject(error);
            return;
          }
          await pause(deps.clock, noteFailure(error), signal);
        }
      }
      if (!hasSynced) synced.reject(signal.reason);
    },
  };
}

/** A signal that is aborted with its parent, or when nothing has been heard for a time. */
function createSilence(clock: Clock, parent: AbortSignal, quietMs: number) {
  const controller = new AbortController();
  let heardMs = clock.nowMs();
  let isOver = false;
  let cancel: () => void = () => undefined;
  const end = (): void => controller.abort(parent.reason);
  // One timer that looks again, instead of one for each event.
  function look(): void {
    const leftMs = heardMs + quietMs - clock.nowMs();
    if (leftMs > 0) {
      cancel = clock.schedule(leftMs, look);
      return;
    }
    isOver = true;
    controller.abort(new Error(`nothing heard for ${quietMs} ms`));
  }
  look();
  if (parent.aborted) end();
  parent.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    isOver: () => isOver,
    heard(): void {
      heardMs = clock.nowMs();
    },
    dispose(): void {
      cancel();
      parent.removeEventListener('abort', end);
    },
  };
}

/** What a busy server asks for; a type that is not served yet may be there the next moment. */
function askedDelayMs(error: unknown): number {
  const isBusy = kubeErrors.is(error, 'kube.too-many-requests') || kubeErrors.is(error, 'kube.unavailable');
  return isBusy ? (error.retryAfterMs ?? 0) : 0;
}

interface Gate {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** A promise and its two ends; Node 20 has no `Promise.withResolvers`. */
function createGate(): Gate {
  let resolve: () => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
