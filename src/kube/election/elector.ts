import { type Lease, leases } from '../../api/core/index.ts';
import { AppError, describeError, equalJson } from '../../base/index.ts';
import type { Clock, KubeReader, KubeWriter, Log, Metrics, Random } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { limitSignal, pause } from '../http/limits.ts';
import { createPermit, type Permit } from './guard.ts';
import { durationOf, holderOf, toHeldSpec } from './lease-record.ts';

/** One time of being the leader. */
export interface Term {
  /** Aborted when the lease is lost (kube.not-leader) or the process stops; `lead` must then come to its end. */
  readonly signal: AbortSignal;
  /** For everything that only the leader may do. */
  readonly permit: Permit;
}

/** Campaigns for a Lease, so that of several replicas one works. */
export interface Elector {
  /**
   * Campaigns until the signal is aborted, and calls `lead` for each term.
   *
   * Guarantees: a term ends before the lease can be taken by anybody else, by this process's own clock; the lease is
   * renewed while `lead` ends and released afterwards; there is no next term before `lead` has ended.
   * Rejects with what `lead` throws.
   */
  run(lead: (term: Term) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Is it certain at this moment that nobody else holds the lease? */
  isHeld(): boolean;
  /** Who held the lease at the last look; `undefined` when nobody did, or nobody has looked yet. */
  readonly holder: string | undefined;
}

/** What an elector needs from its surroundings. */
export interface ElectorDeps {
  readonly reader: Pick<KubeReader, 'getLive'>;
  readonly writer: KubeWriter;
  readonly clock: Clock;
  /** Milliseconds of a clock that nobody sets, from any start. */
  readonly steadyMs: () => number;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Which lease, as whom, and how long. The defaults are those of Kubernetes's own controllers. */
export interface ElectorOptions {
  readonly namespace: string;
  readonly name: string;
  /** Differs between any two processes, and between two lives of one. */
  readonly identity: string;
  /** How long others wait after the last renewal that they saw, in milliseconds. Default 15,000. */
  readonly leaseMs?: number;
  /** How long after its last renewal the holder stops working, in milliseconds; less than the lease. Default 10,000. */
  readonly renewDeadlineMs?: number;
  /** How often holder and candidates try, in milliseconds. Default 2,000. */
  readonly retryMs?: number;
}

/** A moment on both clocks. */
interface Moment {
  readonly steadyMs: number;
  readonly wallMs: number;
}

/** Creates an elector; nothing happens before `run`. */
export function createElector(deps: ElectorDeps, options: ElectorOptions): Elector {
  const { reader, writer, clock } = deps;
  const { leaseMs = 15_000, renewDeadlineMs = 10_000, retryMs = 2000, identity } = options;
  if (renewDeadlineMs >= leaseMs || retryMs >= renewDeadlineMs) {
    throw kubeErrors.create(
      'kube.bad-config',
      'a lease must outlive its renewal deadline, and that its retries',
    );
  }
  const key = { namespace: options.namespace, name: options.name };
  const log = deps.log.child({ name: options.name });
  const isLeaderGauge = deps.metrics.gauge({
    name: 'leader_election_master_status',
    help: 'Is this process the leader (1) or not (0)?',
    labels: ['name'],
  });
  /** The lease as the server had it, and since when, on the steady clock, it has looked like that. */
  let seen: { readonly lease: Lease; readonly sinceMs: number } | undefined;
  /** When the renewal was sent that counts. Nobody can have seen it earlier. */
  let renewed: Moment | undefined;
  let problem: string | undefined;

  function now(): Moment {
    return { steadyMs: deps.steadyMs(), wallMs: clock.nowMs() };
  }

  /** A steady clock may stand still while the machine sleeps, a wall clock may be set back: the longer time counts. */
  function elapsedMs(since: Moment): number {
    const { steadyMs, wallMs } = now();
    return Math.max(steadyMs - since.steadyMs, wallMs - since.wallMs);
  }

  function isHeld(): boolean {
    return renewed !== undefined && elapsedMs(renewed) < renewDeadlineMs;
  }

  function note(lease: Lease): void {
    if (seen !== undefined && equalJson(seen.lease.spec, lease.spec)) {
      seen = { lease, sinceMs: seen.sinceMs };
      return;
    }
    const holder = holderOf(lease);
    if (
      holder !== undefined &&
      holder !== identity &&
      (seen === undefined || holderOf(seen.lease) !== holder)
    ) {
      log.info('the lease is held by somebody else', { reason: holder });
    }
    seen = { lease, sinceMs: deps.steadyMs() };
  }

  /** Times that others wrote are never compared with our clock; only how long we have seen no renewal counts. */
  function isFree(lease: Lease, sinceMs: number): boolean {
    const holder = holderOf(lease);
    if (holder === undefined || holder === identity) return true;
    return deps.steadyMs() - sinceMs >= durationOf(lease, leaseMs);
  }

  async function write(old: Lease | undefined, signal: AbortSignal): Promise<void> {
    const spec = toHeldSpec(old, { identity, durationMs: leaseMs, nowMs: clock.nowMs() });
    const sent = now();
    const lease =
      old === undefined
        ? await writer.create(leases, toLease(key, spec), signal)
        : await writer.mergePatch(leases, key, { metadata: versionOf(old), spec: { ...spec } }, {}, signal);
    note(lease);
    renewed = sent;
  }

  /** One look and, if the lease is free or ours, one write. True when the write was accepted. */
  async function attempt(signal: AbortSignal): Promise<boolean> {
    if (seen !== undefined && isHeld()) {
      try {
        await write(seen.lease, signal);
        return true;
      } catch (error) {
        if (!kubeErrors.is(error, 'kube.conflict') && !kubeErrors.is(error, 'kube.not-found')) throw error;
      }
    }
    const lease = await reader.getLive(leases, key, signal);
    if (lease === undefined) {
      seen = undefined;
      await write(undefined, signal);
      return true;
    }
    note(lease);
    if (seen === undefined || !isFree(lease, seen.sinceMs)) return false;
    await write(lease, signal);
    return true;
  }

  /** "unknown" when the try failed on its way. */
  async function tryOnce(signal: AbortSignal): Promise<'held' | 'refused' | 'unknown'> {
    const limit = limitSignal(clock, signal, renewDeadlineMs / 2);
    try {
      const isAccepted = await attempt(limit.signal);
      problem = undefined;
      return isAccepted ? 'held' : 'refused';
    } catch (error) {
      if (signal.aborted) return 'unknown';
      noteProblem(error);
      return 'unknown';
    } finally {
      limit.dispose();
    }
  }

  function noteProblem(error: unknown): void {
    if (kubeErrors.is(error, 'kube.conflict') || kubeErrors.is(error, 'kube.already-exists')) return;
    const reason = describeError(error);
    const fields = { code: error instanceof AppError ? error.code : 'panic', reason };
    if (problem === reason) log.debug('the lease cannot be read or written', fields);
    else log.warn('the lease cannot be read or written', fields);
    problem = reason;
  }

  async function campaign(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if ((await tryOnce(signal)) === 'held' && isHeld()) return true;
      await pause(clock, retryMs * (1 + deps.random.next() * 0.2), signal);
    }
    return false;
  }

  /** Renews until `over`; calls `lose` when the lease is somebody else's, or cannot be renewed in time. */
  async function keep(over: AbortSignal, lose: () => void): Promise<void> {
    let cancel: () => void = () => undefined;
    function watch(): void {
      cancel();
      if (!isHeld() || renewed === undefined) lose();
      else cancel = clock.schedule(Math.max(1, renewDeadlineMs - elapsedMs(renewed)), watch);
    }
    watch();
    while (!over.aborted) {
      await pause(clock, retryMs, over);
      if (over.aborted || !isHeld()) break;
      const result = await tryOnce(over);
      if (result === 'refused') break;
      if (result === 'held') watch();
    }
    cancel();
    if (!over.aborted) lose();
  }

  async function release(): Promise<void> {
    if (seen === undefined || !isHeld()) return;
    renewed = undefined;
    const limit = limitSignal(clock, new AbortController().signal, renewDeadlineMs / 2);
    const spec = { holderIdentity: null, leaseDurationSeconds: 1 };
    try {
      seen = {
        lease: await writer.mergePatch(
          leases,
          key,
          { metadata: versionOf(seen.lease), spec },
          {},
          limit.signal,
        ),
        sinceMs: deps.steadyMs(),
      };
    } catch (error) {
      noteProblem(error); // it will run out
    } finally {
      limit.dispose();
    }
  }

  async function serve(lead: (term: Term) => Promise<void>, signal: AbortSignal): Promise<void> {
    const term = new AbortController();
    const lost = new AbortController();
    const over = new AbortController();
    const stop = (): void => term.abort(signal.reason);
    function lose(): void {
      if (lost.signal.aborted) return;
      log.warn('the lease is lost');
      renewed = undefined;
      const reason = kubeErrors.create('kube.not-leader', `lease "${key.namespace}/${key.name}" is lost`);
      lost.abort(reason);
      over.abort(reason);
      term.abort(reason);
    }
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    log.info('the lease is held by this process');
    isLeaderGauge.set({ name: options.name }, 1);
    const keeping = keep(over.signal, lose);
    try {
      await lead({ signal: term.signal, permit: createPermit({ isHeld, lost: lost.signal }) });
    } finally {
      signal.removeEventListener('abort', stop);
      over.abort(new Error('the term is over'));
      await keeping;
      await release();
      isLeaderGauge.set({ name: options.name }, 0);
    }
  }

  return {
    isHeld,
    get holder() {
      return seen === undefined ? undefined : holderOf(seen.lease);
    },
    async run(lead, signal) {
      isLeaderGauge.set({ name: options.name }, 0);
      while (await campaign(signal)) {
        await serve(lead, signal);
        if (!signal.aborted) await pause(clock, retryMs, signal);
      }
    },
  };
}

function toLease(key: { readonly namespace: string; readonly name: string }, spec: Lease['spec']): Lease {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: key, ...(spec ? { spec } : {}) };
}

/** Makes a write conditional on nobody having written since. */
function versionOf(lease: Lease): {
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
} {
  const { uid, resourceVersion } = lease.metadata;
  return { uid, resourceVersion };
}
