import { setMaxListeners } from 'node:events';
import { AppError } from '../../base/index.ts';
import type { Clock, HostBudgets, HttpHead, Random, RequestTurn } from '../../ports/index.ts';
import { httpErrors } from '../errors.ts';
import { createPauses, type Pauses } from './pauses.ts';
import { createTurnQueue, type TurnQueue } from './queue.ts';

/** How much may be asked of one host. */
export interface HostLimits {
  readonly requestsPerSecond: number;
  /** Requests that may be made at once after a quiet time; those of one second unless told. */
  readonly burst?: number;
  /** Requests under way at once; 32 unless told. */
  readonly concurrency?: number;
}

/** The limits of all hosts. */
export interface HostBudgetsOptions extends HostLimits {
  /** Hosts, with their port where they have one, that have limits of their own; a function is asked at each request. */
  readonly hosts?:
    | Readonly<Record<string, Partial<HostLimits>>>
    | ((host: string) => Partial<HostLimits> | undefined);
}

interface Entry {
  readonly party: string;
  readonly isAwaited: boolean;
  readonly isPull: boolean;
  readonly identity: string;
  readonly host: string;
  go(): void;
  refuse(error: AppError): void;
}

interface Host {
  limits: Required<HostLimits>;
  readonly queue: TurnQueue<Entry>;
  readonly pauses: Pauses;
  /** When the bucket will be full again. */
  fullAtMs: number;
  underWay: number;
  /** How long an exchange takes of late, in milliseconds. */
  usualMs: number;
  wakeAtMs: number;
  cancelWake: (() => void) | undefined;
}

const defaultConcurrency = 32;
/** The part of a burst that is kept for what is awaited. */
const reservedShare = 0.5;
const maxHosts = 5_000;
/** The longest pause that a request sits out by itself; a longer one is the caller's business. */
const maxPatienceMs = 2_000;
/** A queue that takes longer to go through than this lets nobody else in, so that callers are free for other hosts. */
const maxQueueMs = 60_000;
const failureCodes: readonly string[] = ['http.unreachable', 'http.timeout'];

/** Creates the budgets of all hosts, in memory. */
export function createHostBudgets(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  options: HostBudgetsOptions,
): HostBudgets {
  const hosts = new Map<string, Host>();

  function limitsOf(name: string): Required<HostLimits> {
    const { hosts: own = {}, ...usual } = options;
    const found = typeof own === 'function' ? own(name) : Object.hasOwn(own, name) ? own[name] : undefined;
    const limits = { ...usual, ...found };
    return { burst: limits.requestsPerSecond, concurrency: defaultConcurrency, ...limits };
  }

  function hostOf(name: string): Host {
    const known = hosts.get(name);
    if (known !== undefined) {
      if (typeof options.hosts === 'function') known.limits = limitsOf(name);
      return known;
    }
    if (hosts.size >= maxHosts) forgetIdle(hosts, clock.nowMs());
    const host: Host = {
      limits: limitsOf(name),
      queue: createTurnQueue(),
      pauses: createPauses(random),
      fullAtMs: 0,
      underWay: 0,
      usualMs: 0,
      wakeAtMs: Number.POSITIVE_INFINITY,
      cancelWake: undefined,
    };
    hosts.set(name, host);
    return host;
  }

  /** Lets everybody go who may; what must wait for the time sets a timer. */
  function pump(host: Host): void {
    const nowMs = clock.nowMs();
    const intervalMs = 1000 / host.limits.requestsPerSecond;
    while (host.queue.length > 0 && host.underWay < concurrencyOf(host)) {
      const spentMs = Math.max(host.fullAtMs, nowMs) + intervalMs - nowMs;
      const waitMs = spentMs - (host.limits.burst - reserveOf(host)) * intervalMs;
      if (waitMs > 0.5) {
        wakeIn(host, waitMs);
        return;
      }
      const entry = host.queue.next((item) => host.pauses.leftMs(item, nowMs) === 0);
      if (entry === undefined) {
        wakeIn(host, shortestPauseMs(host, nowMs));
        return;
      }
      host.fullAtMs = Math.max(host.fullAtMs, nowMs) + intervalMs;
      host.underWay++;
      entry.go();
    }
  }

  /** Whoever waits already when a long pause begins need not wait any longer. */
  function refuseLong(host: Host): void {
    const nowMs = clock.nowMs();
    if (!host.pauses.holdsAnybody(nowMs)) return;
    for (const entry of host.queue.items()) {
      const pauseMs = host.pauses.leftMs(entry, nowMs);
      if (pauseMs <= maxPatienceMs) continue;
      host.queue.remove(entry);
      entry.refuse(paused(entry.host, pauseMs));
    }
  }

  function wakeIn(host: Host, delayMs: number): void {
    const atMs = clock.nowMs() + delayMs;
    if (atMs >= host.wakeAtMs) return;
    host.cancelWake?.();
    host.wakeAtMs = atMs;
    host.cancelWake = clock.schedule(delayMs, () => {
      host.wakeAtMs = Number.POSITIVE_INFINITY;
      host.cancelWake = undefined;
      pump(host);
    });
  }

  function enter(host: Host, turn: RequestTurn, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const entry: Entry = {
        ...withDefaults(turn),
        host: turn.host,
        go() {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
        refuse(error) {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      const onAbort = (): void => {
        host.queue.remove(entry);
        if (host.queue.length === 0) {
          host.cancelWake?.();
          host.cancelWake = undefined;
          host.wakeAtMs = Number.POSITIVE_INFINITY;
        }
        reject(signal.reason);
      };
      const pauseMs = host.pauses.leftMs(entry, clock.nowMs());
      if (pauseMs > maxPatienceMs) return reject(paused(turn.host, pauseMs));
      const queueMs = estimateMs(host);
      if (queueMs > maxQueueMs && !entry.isAwaited) return reject(busy(turn.host, queueMs / 2));
      // A look waits for many requests at once.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', onAbort, { once: true });
      host.queue.add(entry);
      pump(host);
    });
  }

  return {
    async run<Answer extends HttpHead>(
      turn: RequestTurn,
      exchange: () => Promise<Answer>,
      signal: AbortSignal,
    ): Promise<Answer> {
      const host = hostOf(turn.host);
      await enter(host, turn, signal);
      const startedAtMs = clock.nowMs();
      try {
        const answer = await exchange();
        const hasPaused = host.pauses.learn(withDefaults(turn), answer, clock.nowMs());
        if (hasPaused) refuseLong(host);
        return answer;
      } catch (error) {
        const isFailure = error instanceof AppError && failureCodes.includes(error.code);
        if (isFailure && !signal.aborted) {
          host.pauses.fail(clock.nowMs());
          refuseLong(host);
        }
        throw error;
      } finally {
        host.usualMs = host.usualMs * 0.9 + (clock.nowMs() - startedAtMs) * 0.1;
        host.underWay--;
        pump(host);
      }
    },
    pauseMs: (turn) => hostOf(turn.host).pauses.leftMs(withDefaults(turn), clock.nowMs()),
  };
}

function withDefaults({ identity, party = identity, isAwaited = false, isPull = false }: RequestTurn) {
  return { identity, party, isAwaited, isPull };
}

/** What polling leaves in the bucket, so that a look that somebody waits for need not wait for it to fill. */
function reserveOf({ limits, queue }: Host): number {
  return queue.hasAwaited ? 0 : Math.floor(limits.burst * reservedShare);
}

/** A host that has failed is tried with one request at a time. */
function concurrencyOf(host: Host): number {
  return host.pauses.isSuspect ? 1 : host.limits.concurrency;
}

function estimateMs({ queue, usualMs, limits }: Host): number {
  return queue.length * Math.max(usualMs / limits.concurrency, 1000 / limits.requestsPerSecond);
}

function shortestPauseMs(host: Host, nowMs: number): number {
  const pauses = host.queue.items().map((entry) => host.pauses.leftMs(entry, nowMs));
  return Math.max(1, Math.min(...pauses));
}

function forgetIdle(hosts: Map<string, Host>, nowMs: number): void {
  for (const [name, host] of hosts) {
    const isIdle = host.underWay === 0 && host.queue.length === 0 && host.fullAtMs < nowMs;
    if (isIdle && !host.pauses.isSuspect && !host.pauses.holdsAnybody(nowMs)) hosts.delete(name);
  }
}

function paused(host: string, retryAfterMs: number): AppError {
  return httpErrors.create('http.host-paused', `${host} must be left alone for a while`, {
    retryAfterMs: Math.ceil(retryAfterMs),
    data: { host },
  });
}

function busy(host: string, retryAfterMs: number): AppError {
  return httpErrors.create('http.host-busy', `too many requests wait for ${host} already`, {
    retryAfterMs: Math.ceil(retryAfterMs),
    data: { host },
  });
}
