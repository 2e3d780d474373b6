import { equalJson, type JsonObject } from '../../src/base/index.ts';
import type { EngineResult, EngineStatus, StepOutcome } from '../../src/domain/index.ts';
import { kubeErrors } from '../../src/kube/index.ts';
import type { Pass, PreparedContext, StepDefinition, StepPorts, Workdir } from '../../src/ports/index.ts';
import {
  createEngine,
  createStepExpressions,
  type PlannedStep,
  type StepExpressions,
} from '../../src/steps/engine/index.ts';
import { createFakeCluster } from './fake-cluster.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryMetrics } from './memory-metrics.ts';
import { createRecordingLog, type RecordingLog } from './recording-log.ts';
import { testCommitters, testRun } from './step-attempt.ts';
import { createWorkdir } from './workdir.ts';

/** A step kind whose attempts a test scripts. */
export type ScriptedRun = (
  context: PreparedContext,
  config: JsonObject,
  alias: string,
) => Promise<StepOutcome> | StepOutcome;

/** Builds a step kind for a test; it accepts any configuration, and `repeatable: true` means what it says. */
export function defineScripted(
  name: string,
  run: ScriptedRun,
  options: Partial<Omit<StepDefinition, 'name' | 'prepare' | 'schemas'>> = {},
): StepDefinition {
  return {
    name,
    effect: 'local',
    findsOwnEffect: true,
    needs: [],
    defaultTimeoutMs: undefined,
    defaultErrorThreshold: 1,
    propagatesTaskOutput: false,
    ...options,
    prepare: (config) => ({
      ok: true,
      isRepeatable: config['repeatable'] === true,
      run: async (context) => run(context, config, context.run.alias),
    }),
    schemas: () => ({ config: {}, output: undefined }),
  };
}

/** A promotion in memory: its status as stored, and the engine that works on it. */
export interface EngineWorld {
  readonly clock: ManualClock;
  readonly log: RecordingLog;
  /** The status as the API server has it: nulls do not survive. */
  status: EngineStatus & { readonly startedAt: string };
  /** What was written within passes, in order. */
  readonly checkpoints: readonly { readonly status: EngineStatus; readonly answers: string | undefined }[];
  /** How many work directories were made. */
  readonly workdirs: number;
  /**
   * One pass by a process that remembers nothing; its result is stored unless it throws. Writes are refused as the
   * pass runner's are (kube.conflict): without a claim to answer, when the status is not what the pass knows of it.
   */
  pass(options?: PassOptions): Promise<EngineResult>;
}

/** How a pass is disturbed. */
export interface PassOptions {
  readonly signal?: AbortSignal;
  /** Called before a checkpoint is stored; throw to lose it. */
  readonly beforeCheckpoint?: (count: number) => void | Promise<void>;
  /** Called after a checkpoint is stored; throw to lose its answer. */
  readonly afterCheckpoint?: (count: number) => void | Promise<void>;
  /** Called before and after the result is stored; throw to lose it or the answer. */
  readonly aroundResult?: (when: 'before' | 'after') => void | Promise<void>;
  /** What the pass reads instead of the status as stored: a look that came late. */
  readonly reads?: EngineWorld['status'];
}

/** What a world consists of. */
export interface EngineDraft {
  readonly steps: readonly PlannedStep[];
  readonly definitions: readonly StepDefinition[];
  readonly ports?: Partial<Omit<StepPorts, 'workdir'>>;
  /** Instead of Kargo's expressions. */
  readonly expressions?: StepExpressions;
}

/** A promotion that has just begun. */
export function createEngineWorld(draft: EngineDraft): EngineWorld {
  const clock = createManualClock();
  const startedAt = toTime(clock.nowMs());
  const checkpoints: { status: EngineStatus; answers: string | undefined }[] = [];
  let workdirs = 0;
  const log = createRecordingLog();
  const world: EngineWorld = {
    clock,
    log,
    status: { phase: 'Running', startedAt },
    checkpoints,
    get workdirs() {
      return workdirs;
    },
    async pass(options = {}) {
      const engine = createEngine({
        definitions: new Map(draft.definitions.map((definition) => [definition.name, definition])),
        ports: { committers: testCommitters, ...draft.ports } as Omit<StepPorts, 'workdir'>,
        createWorkdir: (): Workdir => {
          workdirs += 1;
          return createWorkdir();
        },
        clock,
        log,
        metrics: createMemoryMetrics(),
      });
      const status = options.reads ?? world.status;
      let base = status;
      const write = (
        next: EngineStatus,
        answers?: { readonly pointer: string; readonly value: unknown },
        mustBeOwn = true,
      ) => {
        const wanted = { ...store(next), startedAt };
        const isAllowed =
          answers === undefined
            ? isSame(base, world.status) ||
              (!mustBeOwn && isSame(wanted, world.status)) ||
              isSame(base, wanted)
            : isSame(readPointer({ status: world.status }, answers.pointer), answers.value);
        if (!isAllowed) throw kubeErrors.create('kube.conflict', 'somebody else has changed the status');
        if (answers === undefined && isSame(base, wanted)) return;
        base = wanted;
        world.status = wanted;
      };
      const pass: Pass<EngineStatus> = {
        signal: options.signal ?? new AbortController().signal,
        async checkpoint(next, answers) {
          await options.beforeCheckpoint?.(checkpoints.length);
          write(next, answers);
          checkpoints.push({ status: store(next), answers: answers?.pointer });
          await options.afterCheckpoint?.(checkpoints.length - 1);
        },
      };
      const expressions = draft.expressions ?? createTestExpressions(clock);
      const { project, stage, promotion, actor, trailers, uiBaseUrl, argocdNamespace } = testRun;
      const run = { project, stage, promotion, actor, trailers, uiBaseUrl, argocdNamespace };
      const result = await engine.execute(
        { steps: draft.steps, status, expressions, uid: 'uid-1', run },
        pass,
      );
      await options.aroundResult?.('before');
      write(result.status, undefined, false);
      await options.aroundResult?.('after');
      return result;
    },
  };
  return world;
}

/** Kargo's expressions for a promotion without Freight to speak of. */
export function createTestExpressions(clock: ManualClock): StepExpressions {
  const { reader } = createFakeCluster({ clock });
  const create = createStepExpressions({ reader, clock }, { sharedNamespace: undefined });
  const apiVersion = 'kargo.akuity.io/v1alpha1';
  const origin = { kind: 'Warehouse', name: 'main' } as const;
  const metadata = (name: string) => ({ name, namespace: testRun.project });
  return create({
    promotion: {
      apiVersion,
      kind: 'Promotion',
      metadata: metadata(testRun.promotion),
      spec: { stage: testRun.stage, freight: 'f1', steps: [] },
    },
    stage: {
      apiVersion,
      kind: 'Stage',
      metadata: metadata(testRun.stage),
      spec: { requestedFreight: [{ origin, sources: { direct: true } }] },
    },
    freight: { apiVersion, kind: 'Freight', metadata: metadata('f1'), alias: 'a', origin },
    collection: { id: 'c1', items: {} },
    uiBaseUrl: undefined,
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return equalJson(toJson(a), toJson(b));
}

function toJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

function readPointer(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function toTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** What a merge patch through the API server leaves of a status. */
function store(status: EngineStatus): EngineStatus {
  return JSON.parse(JSON.stringify(status), (_, value: unknown) =>
    value === null ? undefined : value,
  ) as EngineStatus;
}
