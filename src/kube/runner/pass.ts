import { type KubeObject, keyText, type ObjectKey } from '../../api/meta/index.ts';
import { type AppError, isJsonObject, type JsonObject } from '../../base/index.ts';
import type { Report, WakeUp } from '../../domain/index.ts';
import type {
  Clock,
  Events,
  KubeReader,
  KubeWriter,
  Log,
  Pass,
  Random,
  SeenObject,
} from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { compareVersions } from '../version.ts';
import type { AnyController } from './any-controller.ts';
import { isPanic } from './disposition.ts';
import { createStatusWriter, type StatusWriter } from './status-writer.ts';

/** How a pass ended. */
export type PassEnd =
  | { readonly kind: 'gone' }
  | { readonly kind: 'done'; readonly wakeUp: WakeUp; readonly error: AppError | undefined };

/** What a pass needs from its surroundings. */
export interface PassDeps {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly events: Events;
  /** Ends all writing; outlives the passes' own signals by a little. */
  readonly writeSignal: AbortSignal;
}

/** A pass under way. */
export interface RunningPass {
  readonly end: Promise<PassEnd>;
  /** Asks the pass to end; its outcome is still written. */
  interrupt(reason: Error): void;
  /** Has the pass itself read this version of the object or a newer one? */
  hasSeen(resourceVersion: string | undefined): boolean;
  readonly isInterrupted: () => boolean;
}

/** How long after being interrupted a pass may still take before it is complained about. */
const patienceMs = 2000;

/** Starts one pass of a controller over one object: observe, decide, act, report, write. */
export function startPass(deps: PassDeps, controller: AnyController, key: ObjectKey): RunningPass {
  const aborter = new AbortController();
  let isInterrupted = false;
  let seenVersion: string | undefined;
  let cancelPatience: () => void = () => undefined;

  function abort(reason: Error): void {
    if (aborter.signal.aborted) return;
    aborter.abort(reason);
    cancelPatience = deps.clock.schedule(patienceMs, () => {
      deps.log.warn('pass goes on although it was interrupted', { durationMs: patienceMs });
    });
  }

  const cancelDeadline = deps.clock.schedule(controller.deadlineMs, () => {
    const limit = `${controller.deadlineMs} ms`;
    abort(kubeErrors.create('kube.pass-deadline', `pass over "${keyText(key)}" took longer than ${limit}`));
  });
  const end = runPass(deps, controller, key, aborter.signal, (version) => {
    seenVersion = version;
  }).finally(() => {
    cancelDeadline();
    cancelPatience();
  });
  return {
    end,
    interrupt(reason) {
      isInterrupted = true;
      abort(reason);
    },
    isInterrupted: () => isInterrupted,
    hasSeen(version) {
      if (version === undefined || seenVersion === undefined) return false;
      return compareVersions(version, seenVersion) <= 0;
    },
  };
}

async function runPass(
  deps: PassDeps,
  controller: AnyController,
  key: ObjectKey,
  signal: AbortSignal,
  onSeen: (resourceVersion: string | undefined) => void,
): Promise<PassEnd> {
  const writerFor = (object: KubeObject): StatusWriter =>
    createStatusWriter({ ...deps, signal: deps.writeSignal }, controller.type, object, (one) =>
      controller.statusOf(one),
    );
  const seen = await controller.reconciler.observe(key, signal).catch(async (error) => {
    // The pass has seen nothing; the cache knows the object.
    const object = isPanic(error) && !signal.aborted ? deps.reader.get(controller.type, key) : undefined;
    if (object !== undefined) await tellPanic(deps, controller, writerFor(object), error);
    throw error;
  });
  if (seen === 'gone') return { kind: 'gone' };
  onSeen(seen.object.metadata.resourceVersion);
  const status = writerFor(seen.object);
  const report = await carryOut(controller, seen, createPassHandle(status, signal)).catch(async (error) => {
    if (isPanic(error) && !signal.aborted) await tellPanic(deps, controller, status, error);
    throw error;
  });
  if (report.status !== undefined) {
    await status.write(toStatus(report.status), { refuseDeleting: false, mustBeOwn: false });
  }
  try {
    if (report.annotations !== undefined) await status.annotate(report.annotations);
  } finally {
    // The status is written: what the events tell has happened, and no later pass would tell it again.
    for (const draft of report.events) deps.events.emit(draft);
  }
  return { kind: 'done', wakeUp: report.wakeUp, error: report.error };
}

async function carryOut(
  { reconciler }: AnyController,
  seen: SeenObject<KubeObject>,
  pass: Pass<unknown>,
): Promise<Report<unknown>> {
  const plan = reconciler.decide(seen);
  const done = await reconciler.act(plan, pass);
  return reconciler.report(seen, plan, done);
}

/** Says in the status what only the log would say otherwise. The exception's own text may hold anything. */
async function tellPanic(
  deps: PassDeps,
  controller: AnyController,
  writer: StatusWriter,
  error: unknown,
): Promise<void> {
  const name = error instanceof Error ? error.name : typeof error;
  const message = `Internal error (${name}): a mistake in the program; its log has the details, and it is tried again`;
  try {
    const status = controller.toPanicked?.(writer.object, message, deps.clock.nowMs());
    if (status !== undefined)
      await writer.write(toStatus(status), { refuseDeleting: true, mustBeOwn: false });
  } catch {
    // The exception itself is what has to be told; it is logged and retried whether or not the status says so.
  }
}

function createPassHandle(writer: StatusWriter, signal: AbortSignal): Pass<unknown> {
  return {
    signal,
    async checkpoint(status, answers) {
      if (answers === undefined)
        await writer.write(toStatus(status), { refuseDeleting: true, mustBeOwn: true });
      else await writer.writeAnswer(toStatus(status), answers);
    },
  };
}

function toStatus(status: unknown): JsonObject {
  if (isJsonObject(status)) return status;
  throw new TypeError('a status must be a JSON object');
}
