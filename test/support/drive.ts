import { type KubeObject, keyOf, type ObjectKey } from '../../src/api/meta/index.ts';
import { createMergePatch, deepFreeze, type JsonObject } from '../../src/base/index.ts';
import type { EventDraft, Report } from '../../src/domain/index.ts';
import type { Controller, SeenObject } from '../../src/ports/index.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** One pass of a controller, as it was reported. */
export interface DrivenPass<Status> {
  readonly report: Report<Status>;
  /** Did the pass change the status? */
  readonly isChanged: boolean;
}

/** Runs passes of one controller by hand, with what it sees frozen. */
export interface Driver<Status> {
  /** One pass over one object; `undefined` when it is gone. */
  pass(key: ObjectKey): Promise<DrivenPass<Status> | undefined>;
  /** Passes until one changes nothing and asks for no immediate look; fails after 20. */
  settle(key: ObjectKey): Promise<DrivenPass<Status> | undefined>;
  /** All events so far. */
  readonly events: readonly EventDraft[];
}

const maxPasses = 20;

/** A driver for a controller on a fake cluster. */
export function createDriver<T extends KubeObject, Seen extends SeenObject<T>, Plan, Done, Status>(
  cluster: FakeCluster,
  controller: Controller<T, Seen, Plan, Done, Status>,
): Driver<Status> {
  const events: EventDraft[] = [];
  const { signal } = new AbortController();

  async function pass(key: ObjectKey): Promise<DrivenPass<Status> | undefined> {
    const seen = await controller.reconciler.observe(key, signal);
    if (seen === 'gone') return undefined;
    deepFreeze(seen);
    const plan = controller.reconciler.decide(seen);
    const done = await controller.reconciler.act(plan, { signal, checkpoint: async () => undefined });
    const report = controller.reconciler.report(seen, plan, done);
    events.push(...report.events);
    const isChanged = await write(seen.object, report);
    return { report, isChanged };
  }

  async function write(object: T, report: Report<Status>): Promise<boolean> {
    if (cluster.stored(controller.type, keyOf(object)) === undefined) return false;
    const annotations = Object.entries(report.annotations ?? {}).filter(
      ([name, value]) => (object.metadata.annotations?.[name] ?? null) !== value,
    );
    if (annotations.length > 0) {
      const patch = { metadata: { annotations: Object.fromEntries(annotations) } };
      await cluster.writer.mergePatch(controller.type, keyOf(object), patch, {}, signal);
    }
    if (report.status === undefined) return annotations.length > 0;
    const before = { status: toJson(controller.statusOf(object) ?? {}) };
    const patch = createMergePatch(before, { status: toJson(report.status) });
    if (patch === undefined) return annotations.length > 0;
    await cluster.writer.mergePatch(controller.type, keyOf(object), patch, { subresource: 'status' }, signal);
    return true;
  }

  return {
    events,
    pass,
    async settle(key) {
      for (let count = 0; count < maxPasses; count += 1) {
        const result = await pass(key);
        const { wakeUp } = result?.report ?? {};
        const isImmediate = wakeUp?.kind === 'after' && wakeUp.delayMs === 0;
        if (result === undefined || (!result.isChanged && !isImmediate)) return result;
      }
      throw new Error(`no rest after ${maxPasses} passes over ${key.name}`);
    },
  };
}

function toJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
