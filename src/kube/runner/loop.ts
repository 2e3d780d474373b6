import { type KubeObject, keyOf, keyText, type ObjectKey, parseKeyText } from '../../api/meta/index.ts';
import { describeError, equalJson } from '../../base/index.ts';
import type { WakeUp } from '../../domain/index.ts';
import type { Change, KubeChanges, Metrics } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { createControllerMetrics, createQueueMetrics, type PassResult } from '../metrics.ts';
import { createQueue, type QueueOptions } from '../queue/queue.ts';
import type { AnyController } from './any-controller.ts';
import { createFailureLog, isPanic, toDisposal } from './disposition.ts';
import type { Progress } from './health.ts';
import { type PassDeps, type PassEnd, type RunningPass, startPass } from './pass.ts';
import { isOvertaken } from './transient.ts';

/** One controller at work. */
export interface Loop {
  readonly name: string;
  start(): void;
  wake(key: ObjectKey): void;
  /** Interrupts what runs, takes up nothing new, and resolves when all passes have ended. */
  stop(): Promise<void>;
  progress(): Progress;
}

/** What a loop needs beyond what its passes need. */
export interface LoopDeps extends PassDeps {
  readonly changes: KubeChanges;
  readonly metrics: Metrics;
}

/** Timings of a loop. */
export interface LoopOptions extends Partial<Pick<QueueOptions, 'backoff' | 'bucket'>> {
  /** After this time, in milliseconds, every object is looked at again, whatever happened. */
  readonly resyncMs?: number;
}

const defaultResyncMs = 300_000;

/** Did anything but the status change? A pass must never be interrupted by its own writing of the status. */
function isMoreThanStatus(old: KubeObject, object: KubeObject): boolean {
  const { metadata: before } = old;
  const { metadata: after } = object;
  return (
    before.generation !== after.generation ||
    before.deletionTimestamp !== after.deletionTimestamp ||
    !equalJson(before.annotations, after.annotations) ||
    !equalJson(before.labels, after.labels)
  );
}

/** Ties a controller to its queue and its watches. */
export function createLoop(deps: LoopDeps, controller: AnyController, options: LoopOptions = {}): Loop {
  const { clock, random } = deps;
  const log = deps.log.child({ controller: controller.name });
  const metrics = createControllerMetrics(deps.metrics, controller.name, controller.concurrency);
  const failures = createFailureLog();
  const running = new Map<string, RunningPass>();
  const subscriptions: (() => void)[] = [];
  const resyncMs = options.resyncMs ?? defaultResyncMs;
  /** Since when nothing but unforeseen exceptions, and the last one. */
  let panicking: { readonly sinceMs: number; readonly key: string; readonly reason: string } | undefined;
  let isReplaying = false;
  let isStopping = false;
  const queue = createQueue(
    {
      clock,
      random,
      metrics: createQueueMetrics(deps.metrics, controller.name),
      onPanic: (key, error) => failures.failed(key, log, error),
    },
    {
      ...options,
      concurrency: controller.concurrency,
      groupOf: (key) => parseKeyText(key).namespace ?? '',
    },
  );

  function takeOwnChange(change: Change<KubeObject>): void {
    const key = keyText(keyOf(change.object));
    const isWaking = change.kind !== 'updated' || controller.wakes(change.old, change.object);
    if (isWaking) queue.add(key, isReplaying ? 'resync' : 'change');
    const isInterrupting =
      change.kind === 'deleted' ||
      (change.kind === 'updated' &&
        isMoreThanStatus(change.old, change.object) &&
        controller.interrupt?.(change.old, change.object) === true);
    const pass = running.get(key);
    if (
      pass === undefined ||
      (change.kind === 'updated' && pass.hasSeen(change.object.metadata.resourceVersion))
    )
      return;
    if (isInterrupting) pass.interrupt(new Error('the object has changed'));
  }

  function subscribe(): void {
    isReplaying = true;
    subscriptions.push(deps.changes.subscribe(controller.type, takeOwnChange));
    for (const watch of controller.watches) {
      const end = deps.changes.subscribe(watch.type, (change) => {
        for (const key of watch.toKeys(change, deps.reader)) {
          if (isReplaying) queue.add(keyText(key), 'resync');
          else queue.addAfter(keyText(key), watch.settleMs ?? 0, 'change');
        }
      });
      subscriptions.push(end);
    }
    isReplaying = false;
  }

  async function work(key: string): Promise<void> {
    const startedMs = clock.nowMs();
    const place = parseKeyText(key);
    const passLog = log.child({ namespace: place.namespace, name: place.name });
    const pass = startPass({ ...deps, log: passLog }, controller, place);
    running.set(key, pass);
    let result: PassResult;
    try {
      const end = await pass.end;
      panicking = undefined;
      if (pass.isInterrupted() && end.kind !== 'gone' && !isStopping) queue.add(key, 'change');
      result = takeEnd(key, passLog, end);
    } catch (error) {
      result = takeError(key, passLog, pass, error);
    } finally {
      running.delete(key);
    }
    metrics.pass(result, (clock.nowMs() - startedMs) / 1000);
  }

  function takeEnd(key: string, passLog: typeof log, end: PassEnd): PassResult {
    if (end.kind === 'gone') {
      queue.drop(key);
      failures.succeeded(key);
      return 'success';
    }
    if (kubeErrors.is(end.error, 'kube.conflict')) {
      passLog.debug('pass overtaken', { code: end.error.code });
      queue.addBackoff(key);
      return 'requeue';
    }
    if (end.error !== undefined) failures.failed(key, passLog, end.error);
    else failures.succeeded(key);
    if (end.wakeUp.kind === 'backoff' && end.error !== undefined) return dispose(key, end.error);
    return takeWakeUp(key, end.wakeUp);
  }

  function takeWakeUp(key: string, wakeUp: WakeUp): PassResult {
    if (wakeUp.kind === 'backoff') {
      queue.addBackoff(key);
      return 'requeue';
    }
    queue.forget(key);
    scheduleResync(key);
    if (wakeUp.kind === 'none') return 'success';
    // To the millisecond: somebody may wait for it. Only resyncs, which nobody waits for, are spread.
    queue.addAfter(key, wakeUp.delayMs, 'timer');
    return 'requeue_after';
  }

  function scheduleResync(key: string): void {
    queue.addAfter(key, resyncMs * (0.9 + random.next() / 5), 'resync');
  }

  /** Puts the key where the error's own policy says. */
  function dispose(key: string, error: unknown): PassResult {
    const { disposition, retryAfterMs } = toDisposal(error);
    if (disposition === 'panic') metrics.panic();
    if (disposition === 'wait' && retryAfterMs !== undefined) queue.addAfter(key, retryAfterMs, 'timer');
    else if (disposition === 'stop') {
      metrics.terminalError();
      scheduleResync(key);
    } else queue.addBackoff(key);
    return 'error';
  }

  function takeError(key: string, passLog: typeof log, pass: RunningPass, error: unknown): PassResult {
    if (isStopping) return 'requeue';
    if (pass.isInterrupted()) {
      passLog.debug('pass interrupted');
      queue.add(key, 'change');
      return 'requeue';
    }
    if (isOvertaken(error)) {
      passLog.debug('pass overtaken', { code: error.code });
      queue.addBackoff(key);
      return 'requeue';
    }
    if (isPanic(error)) {
      panicking = { sinceMs: panicking?.sinceMs ?? clock.nowMs(), key, reason: describeError(error) };
    } else panicking = undefined;
    failures.failed(key, passLog, error);
    return dispose(key, error);
  }

  return {
    name: controller.name,
    start() {
      subscribe();
      queue.start(work);
    },
    wake: (key) => queue.add(keyText(key), 'change'),
    async stop() {
      isStopping = true;
      for (const end of subscriptions.splice(0)) end();
      for (const pass of running.values()) pass.interrupt(new Error('the process is stopping'));
      await queue.stop();
    },
    progress: () => ({
      controller: controller.name,
      queue: queue.state,
      concurrency: controller.concurrency,
      deadlineMs: controller.deadlineMs,
      panicking,
    }),
  };
}
