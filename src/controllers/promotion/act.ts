import { keyOf } from '../../api/meta/index.ts';
import type { PromotionStatus } from '../../api/v1alpha1/index.ts';
import { annotations, promotions, stages } from '../../api/v1alpha1/index.ts';
import {
  type EngineStatus,
  formatAnnotatedRequest,
  formatOrigin,
  nameOfActor,
  trailersOf,
} from '../../domain/index.ts';
import type { KubeWriter, Pass, StepRun } from '../../ports/index.ts';
import type { Engine, PromotionFacts, StepExpressions } from '../../steps/engine/index.ts';
import { mergeEngineStatus } from './report.ts';
import type { Done, Plan, Run } from './types.ts';

/** What `act` writes with and runs steps with. */
export interface ActDeps {
  readonly writer: KubeWriter;
  readonly engine: Engine;
  createExpressions(facts: PromotionFacts): StepExpressions;
}

/** Operator settings that steps get to know. */
export type ActOptions = Pick<StepRun, 'uiBaseUrl' | 'argocdNamespace'>;

/** Carries a plan out. */
export async function act(
  plan: Plan,
  pass: Pass<PromotionStatus>,
  deps: ActDeps,
  options: ActOptions,
): Promise<Done> {
  if (plan.kind === 'release') {
    const patch = { metadata: { finalizers: plan.finalizers } };
    await deps.writer.mergePatch(promotions, plan.key, patch, {}, pass.signal);
    return { kind: 'nothing' };
  }
  if (plan.kind !== 'run') return { kind: 'nothing' };
  const { run } = plan;
  const { promotion } = run;
  const actor = promotion.metadata.annotations?.[annotations.createActor];
  const ending = createEnding(run, deps);
  const result = await deps.engine.execute(
    {
      steps: promotion.spec.steps.map((step, index) => ({
        ...step,
        uses: step.uses ?? '',
        as: step.as ?? `step-${index + 1}`,
      })),
      status: toEngineStatus(run),
      uid: promotion.metadata.uid ?? promotion.metadata.name,
      expressions: deps.createExpressions({
        promotion,
        stage: run.stage,
        freight: run.freight,
        collection: run.status.freightCollection,
        uiBaseUrl: options.uiBaseUrl,
      }),
      run: {
        project: promotion.metadata.namespace ?? '',
        stage: promotion.spec.stage,
        promotion: promotion.metadata.name,
        trailers: trailersOf(promotion.metadata.annotations, {
          project: promotion.metadata.namespace ?? '',
          stage: promotion.spec.stage,
          promotion: promotion.metadata.name,
          freight: run.freight.metadata.name,
        }),
        actor: actor === undefined || actor.startsWith('controller:') ? undefined : nameOfActor(actor),
        ...options,
      },
    },
    {
      signal: pass.signal,
      async checkpoint(status, answers) {
        await ending.before(status);
        await pass.checkpoint(mergeEngineStatus(run.status, status), answers);
      },
    },
  );
  if (result.kind === 'ended') await ending.before(result.status);
  return { kind: 'ran', result };
}

/** What has to be done before the end of a Promotion is written: afterwards nobody looks at it again. */
function createEnding(run: Run, deps: ActDeps): { before(status: EngineStatus): Promise<void> } {
  let isAsked = false;
  // Like a checkpoint, it goes on when the pass is interrupted: everything is done, and that must not be lost. The
  // writer has a time limit of its own.
  const { signal } = new AbortController();
  return {
    async before(status) {
      if (isAsked || status.phase !== 'Succeeded') return;
      await askForReverification(run, deps, signal);
      isAsked = true;
    },
  };
}

function toEngineStatus(run: Run): EngineStatus & { readonly startedAt: string } {
  const { phase, message, currentStep, stepExecutionMetadata, state, healthChecks, startedAt } = run.status;
  return {
    phase,
    message,
    currentStep,
    stepExecutionMetadata,
    state,
    healthChecks,
    startedAt,
  } as EngineStatus & {
    readonly startedAt: string;
  };
}

/** Promoting what a Stage already runs asks for its verification again. Repeating the request changes nothing. */
async function askForReverification(run: Run, deps: ActDeps, signal: AbortSignal): Promise<void> {
  const current = run.stage.status?.freightHistory?.[0];
  const verification = current?.verificationHistory?.[0];
  const item = current?.items?.[formatOrigin(run.freight.origin)];
  if (verification?.id === undefined || item?.name !== run.freight.metadata.name) return;
  const request = { value: verification.id, actor: undefined, isFromControlPlane: false };
  const patch = {
    metadata: { annotations: { [annotations.reverify]: formatAnnotatedRequest(request, 'id') } },
  };
  await deps.writer.mergePatch(stages, keyOf(run.stage), patch, {}, signal);
}
