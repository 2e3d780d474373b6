import type { ObjectKey } from '../../src/api/meta/index.ts';
import { type PromotionStatus, promotions } from '../../src/api/v1alpha1/index.ts';
import { createMergePatch, type JsonObject } from '../../src/base/index.ts';
import { createPromotionController } from '../../src/controllers/promotion/index.ts';
import { createStageTurns } from '../../src/controllers/turns/index.ts';
import type { EventDraft, WakeUp } from '../../src/domain/index.ts';
import type { StepDefinition } from '../../src/ports/index.ts';
import { createEngine } from '../../src/steps/engine/index.ts';
import { createTestExpressions } from './engine-world.ts';
import type { FakeCluster } from './fake-cluster.ts';
import { createManualClock } from './manual-clock.ts';
import { createMemoryMetrics } from './memory-metrics.ts';
import { createRecordingLog } from './recording-log.ts';
import { createWorkdir } from './workdir.ts';

/** Calls `pass` at one moment of many; the moments are before and after every write and every effect. */
export interface Moments {
  pass(): Promise<void>;
}

/** Moments at which nothing happens. */
export const quiet: Moments = { pass: async () => undefined };

/** What a process works on. */
export interface PromotionPass {
  readonly cluster: FakeCluster;
  readonly key: ObjectKey;
  /** The step kinds; they call the moments around their effects. */
  define(moments: Moments): readonly StepDefinition[];
  readonly moments?: Moments;
  /** The Events of the pass are added to these. */
  readonly events?: EventDraft[];
}

/** What a pass has told its queue. */
export interface PromotionPassed {
  readonly wakeUp: WakeUp;
  readonly plan: string;
  readonly isChanged: boolean;
}

/** In Events. */
export const promotionComponent = 'promotion-controller';

/** A process: a controller and its engine, which remember nothing of earlier ones. */
function startProcess(cluster: FakeCluster, definitions: readonly StepDefinition[]) {
  const clock = createManualClock();
  const engine = createEngine({
    definitions: new Map(definitions.map((definition) => [definition.name, definition])),
    ports: {} as Parameters<typeof createEngine>[0]['ports'],
    createWorkdir,
    clock,
    log: createRecordingLog(),
    metrics: createMemoryMetrics(),
  });
  return createPromotionController(
    {
      ...cluster,
      clock,
      turns: createStageTurns({ clock }, () => undefined),
      engine,
      createExpressions: () => createTestExpressions(clock),
    },
    {
      component: promotionComponent,
      concurrency: 1,
      watchesApplications: false,
      shard: { name: undefined, isDefault: true },
      uiBaseUrl: undefined,
      argocdNamespace: 'argocd',
    },
  );
}

/** One pass of a process of its own, as the pass runner does it: it interrupts when the controller says so. */
export async function passPromotion(input: PromotionPass): Promise<PromotionPassed> {
  const { cluster, key, events = [] } = input;
  const abort = new AbortController();
  const { signal } = new AbortController();
  let follow = (): void => undefined;
  const moments: Moments = {
    async pass() {
      await input.moments?.pass();
      follow();
    },
  };
  const { reconciler, interrupt } = startProcess(cluster, input.define(moments));
  const seen = await reconciler.observe(key, signal);
  if (seen === 'gone') throw new Error('the Promotion is gone');
  const old = seen.object;
  follow = () => {
    const now = cluster.stored(promotions, key);
    if (now === undefined || interrupt?.(old, now) === true) abort.abort();
  };

  async function write(status: PromotionStatus | undefined): Promise<boolean> {
    const before = toJson(cluster.stored(promotions, key)?.status);
    const patch = status === undefined ? undefined : createMergePatch(before, toJson(status));
    if (patch === undefined) return false;
    await moments.pass();
    await cluster.writer.mergePatch(promotions, key, { status: patch }, { subresource: 'status' }, signal);
    await moments.pass();
    return true;
  }

  const plan = reconciler.decide(seen);
  const done = await reconciler.act(plan, {
    signal: abort.signal,
    checkpoint: async (status) => void (await write(status)),
  });
  const report = reconciler.report(seen, plan, done);
  const isChanged = await write(report.status);
  events.push(...report.events);
  return { wakeUp: report.wakeUp, plan: plan.kind, isChanged };
}

function toJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value ?? {})) as JsonObject;
}
