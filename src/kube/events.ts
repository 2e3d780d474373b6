import type { KubeObject, ResourceType } from '../api/meta/index.ts';
import { AppError, describeError, sha256Hex } from '../base/index.ts';
import type { EventDraft } from '../domain/index.ts';
import type { Clock, Events, KubeWriter, Log, Random } from '../ports/index.ts';
import { backoffMs } from './backoff.ts';
import { kubeErrors } from './errors.ts';
import { pause } from './http/limits.ts';
import { isTransient } from './runner/transient.ts';

/** Events of the core group. */
const eventType: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

/** Above this many unwritten Events new ones are dropped. */
const maxPending = 1000;
/** Of so many things that are told once it is remembered that they were. */
const maxRemembered = 10_000;
const maxAttempts = 8;
/** How long an Event waits for a moment in which the server has less to do. */
const settleMs = 1_000;
/** The longest that the end of a process waits for Events. */
const flushLimitMs = 5_000;
const backoff = { baseMs: 500, maxMs: 30_000 };
/** Longest name of a Kubernetes object, less a dot and sixteen hex digits. */
const maxInvolvedName = 253 - 17;

/** The Events port on a cluster, with a way to end it. */
export interface KubeEvents extends Events {
  /** Resolves when everything emitted so far is written or given up, or after five seconds. */
  flush(): Promise<void>;
}

/**
 * Writes core/v1 Events one after the other in the background, each as an object of its own, a second after they were told:
 * what they tell of comes first.
 *
 * Guarantees: transient failures are retried, everything else is logged and dropped; `emit` never throws.
 */
export function createKubeEvents(
  deps: { readonly writer: KubeWriter; readonly clock: Clock; readonly random: Random; readonly log: Log },
  signal: AbortSignal,
): KubeEvents {
  const pending: KubeObject[] = [];
  let draining: Promise<void> | undefined;
  let hurry = (): void => undefined;
  let lastNanos = 0n;

  /** What is told once and has been told by this process; other processes are met at the Event's name. */
  const told = new Set<string>();

  function remember(once: string): void {
    told.add(once);
    for (const oldest of told) {
      if (told.size <= maxRemembered) break;
      told.delete(oldest);
    }
  }

  /** Nanoseconds since the epoch, never the same twice. */
  function nextNanos(): bigint {
    const nanos = BigInt(Math.floor(deps.clock.nowMs())) * 1_000_000n;
    lastNanos = nanos > lastNanos ? nanos : lastNanos + 1n;
    return lastNanos;
  }

  async function writeOne(object: KubeObject): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await deps.writer.create(eventType, object, signal);
        return;
      } catch (error) {
        if (signal.aborted || kubeErrors.is(error, 'kube.already-exists')) return;
        if (!isTransient(error) || attempt === maxAttempts) {
          const code = error instanceof AppError ? error.code : 'panic';
          deps.log.warn('event dropped', {
            namespace: object.metadata.namespace,
            code,
            reason: describeError(error),
          });
          return;
        }
        const delayMs = Math.max(error.retryAfterMs ?? 0, backoffMs(backoff, attempt, deps.random));
        await pause(deps.clock, delayMs, signal);
      }
    }
  }

  /** Writes what there is; more may come meanwhile. */
  async function drain(): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = deps.clock.schedule(settleMs, resolve);
      hurry = () => {
        cancel();
        resolve();
      };
    });
    for (let next = pending[0]; next !== undefined; next = pending[0]) {
      await writeOne(next);
      pending.shift();
    }
    draining = undefined;
  }

  return {
    emit(draft) {
      if (draft.once !== undefined && told.has(draft.once)) return;
      if (pending.length >= maxPending) {
        deps.log.warn('event dropped', {
          namespace: draft.involved.namespace,
          reason: 'too many are waiting',
        });
        return;
      }
      if (draft.once !== undefined) remember(draft.once);
      pending.push(toEvent(draft, nextNanos(), deps.clock.nowMs()));
      draining ??= drain();
    },
    async flush() {
      if (draining === undefined) return;
      hurry();
      let cancel = (): void => undefined;
      const late = new Promise<void>((resolve) => {
        cancel = deps.clock.schedule(flushLimitMs, resolve);
      });
      await Promise.race([draining, late]);
      cancel();
    },
  };
}

/** Sixteen hex digits. */
const digestOf = (text: string): string => sha256Hex(text).slice(0, 16);

/** The core/v1 Event of a draft. */
function toEvent(draft: EventDraft, nanos: bigint, nowMs: number): KubeObject {
  const { namespace, name } = draft.involved;
  const timestamp = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${name.slice(0, maxInvolvedName)}.${draft.once === undefined ? nanos.toString(16) : digestOf(draft.once)}`,
      namespace,
      ...(draft.annotations === undefined ? {} : { annotations: draft.annotations }),
    },
    involvedObject: draft.involved,
    type: draft.type,
    reason: draft.reason,
    message: draft.message,
    source: { component: draft.component },
    firstTimestamp: timestamp,
    lastTimestamp: timestamp,
    count: 1,
  };
  return event;
}
