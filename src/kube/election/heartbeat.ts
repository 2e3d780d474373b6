import { type Lease, leases } from '../../api/core/index.ts';
import { AppError, describeError } from '../../base/index.ts';
import type { Clock, KubeReader, KubeWriter, Log } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { limitSignal, pause } from '../http/limits.ts';
import { formatMicroTime } from './lease-record.ts';

/** Tells the cluster that a controller is alive. */
export interface Heartbeat {
  /** Takes the sign of life away and resolves when it is gone, or could not be reached in time. */
  stop(): Promise<void>;
}

/** Whose heartbeat, and how often. */
export interface HeartbeatOptions {
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly holder: string;
  /** How long after a beat the controller counts as alive, in milliseconds; it beats three times as often. */
  readonly ttlMs: number;
}

const removeTimeoutMs = 5000;

/** Starts a heartbeat: a Lease that is renewed until `stop`. A beat that fails is logged and tried again at the next. */
export function startHeartbeat(
  deps: {
    readonly reader: Pick<KubeReader, 'getLive'>;
    readonly writer: KubeWriter;
    readonly clock: Clock;
    readonly log: Log;
  },
  options: HeartbeatOptions,
): Heartbeat {
  const { writer, clock } = deps;
  const { namespace, name, holder, labels } = options;
  const key = { namespace, name };
  const everyMs = options.ttlMs / 3;
  const log = deps.log.child({ name });
  const ending = new AbortController();
  let uid: string | undefined;
  let problem: string | undefined;

  async function beat(signal: AbortSignal): Promise<void> {
    const renewTime = formatMicroTime(Math.floor(clock.nowMs() * 1000));
    const leaseDurationSeconds = Math.max(1, Math.round(options.ttlMs / 1000));
    const spec = { holderIdentity: holder, leaseDurationSeconds, renewTime };
    let lease: Lease;
    try {
      lease = await writer.mergePatch(leases, key, { metadata: { labels }, spec }, {}, signal);
    } catch (error) {
      if (!kubeErrors.is(error, 'kube.not-found')) throw error;
      const metadata = { ...key, labels };
      const fresh: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
      lease = await writer.create(leases, fresh, signal);
    }
    uid = lease.metadata.uid;
  }

  async function tryBeat(): Promise<void> {
    const limit = limitSignal(clock, ending.signal, everyMs);
    try {
      await beat(limit.signal);
      problem = undefined;
    } catch (error) {
      if (ending.signal.aborted) return;
      const reason = describeError(error);
      const fields = { code: error instanceof AppError ? error.code : 'panic', reason };
      if (problem === reason) log.debug('heartbeat failed', fields);
      else log.warn('heartbeat failed', fields);
      problem = reason;
    } finally {
      limit.dispose();
    }
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      await tryBeat();
      await pause(clock, everyMs, ending.signal);
    }
  }

  const running = run();
  return {
    async stop() {
      ending.abort(new Error('the heartbeat stops'));
      await running;
      if (uid === undefined) return;
      const limit = limitSignal(clock, new AbortController().signal, removeTimeoutMs);
      try {
        const live = await deps.reader.getLive(leases, key, limit.signal);
        // Somebody who took over beats under the same name; that life is not ours to end.
        if (live?.spec?.holderIdentity === holder) {
          const { uid: of = uid, resourceVersion } = live.metadata;
          const version = resourceVersion === undefined ? {} : { resourceVersion };
          await writer.delete(leases, key, { uid: of, ...version }, limit.signal);
        }
      } catch (error) {
        // Whoever holds the lease now beats instead.
        if (kubeErrors.is(error, 'kube.not-leader')) return;
        log.warn('heartbeat was not taken away', { reason: describeError(error) });
      } finally {
        limit.dispose();
      }
    },
  };
}
