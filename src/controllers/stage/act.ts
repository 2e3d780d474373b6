import { keyOf } from '../../api/meta/index.ts';
import {
  finalizer,
  freights,
  kargoApiVersion,
  type Promotion,
  promotions,
  type Stage,
  stages,
} from '../../api/v1alpha1/index.ts';
import { AppError, describeError, type JsonObject } from '../../base/index.ts';
import type { ArgoCd, KubeWriter, StageTurns } from '../../ports/index.ts';
import { stageErrors } from './errors.ts';
import type { Draft, StageDone, StagePlan } from './types.ts';

/** What the Stage controller writes with. */
export interface ActDeps {
  readonly writer: KubeWriter;
  readonly applications: Pick<ArgoCd, 'get' | 'refresh'>;
  readonly turns: Pick<StageTurns, 'give'>;
}

/** Where a plan is carried out. */
interface Place {
  readonly namespace: string;
  readonly stage: Stage;
  readonly signal: AbortSignal;
}

const nothing: StageDone = { created: [], refused: [], error: undefined };

/**
 * Carries out a plan for one Stage. Every write is safe to repeat: patches of a Stage's own entries, and Promotions that
 * the cache shows from the moment they are made.
 *
 * Guarantees: a failure does not keep what follows from being tried; the first one is returned.
 */
export async function act(deps: ActDeps, plan: StagePlan, signal: AbortSignal): Promise<StageDone> {
  if (plan.kind === 'ignore') return nothing;
  const place = { namespace: plan.stage.metadata.namespace ?? '', stage: plan.stage, signal };
  // First of all: a Promotion waits for nothing else.
  deps.turns.give(keyOf(plan.stage), plan.kind === 'run' ? plan.draft.turn : undefined);
  if (plan.kind === 'release') return release(deps, plan.freightPatches, place);
  return run(deps, plan.draft, place);
}

async function release(
  deps: ActDeps,
  patches: ReadonlyMap<string, JsonObject>,
  place: Place,
): Promise<StageDone> {
  const error = await patchFreight(deps, patches, place);
  if (error !== undefined) return { ...nothing, error };
  const { metadata } = place.stage;
  if (!(metadata.finalizers ?? []).includes(finalizer)) return nothing;
  const rest = (metadata.finalizers ?? []).filter((name) => name !== finalizer);
  const patch = {
    metadata: {
      finalizers: rest,
      ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
    },
  };
  const key = { namespace: place.namespace, name: metadata.name };
  const failure = await attempt(
    () => deps.writer.mergePatch(stages, key, patch, {}, place.signal),
    ['kube.not-found'],
  );
  return { ...nothing, error: failure };
}

async function run(deps: ActDeps, draft: Draft, place: Place): Promise<StageDone> {
  let error = await patchFreight(deps, draft.freightPatches, place);
  for (const { namespace, name } of draft.refreshes)
    error = (await attempt(() => deps.applications.refresh(namespace, name, place.signal), [])) ?? error;
  const created: { readonly origin: string; readonly promotion: Promotion }[] = [];
  const refused: string[] = [];
  for (const { origin, freight } of draft.creations) {
    const draftPromotion = minimalPromotion(place, freight.metadata.name);
    try {
      const promotion = await deps.writer.create(promotions, draftPromotion, place.signal);
      created.push({ origin, promotion });
    } catch (failure) {
      if (place.signal.aborted) throw failure;
      if (isCode(failure, ['kube.forbidden', 'kube.invalid']))
        refused.push(`Freight "${freight.metadata.name}" of ${origin}: ${describeError(failure)}`);
      else error ??= toError(failure);
    }
  }
  return { created, refused, error };
}

/** Stage and Freight are all that a Promotion needs; admission fills in the rest. */
function minimalPromotion(place: Place, freight: string): Promotion {
  return {
    apiVersion: kargoApiVersion,
    kind: 'Promotion',
    metadata: { name: '', generateName: 'promo-', namespace: place.namespace },
    spec: { stage: place.stage.metadata.name, freight, steps: [] },
  };
}

async function patchFreight(
  deps: ActDeps,
  patches: ReadonlyMap<string, JsonObject>,
  place: Place,
): Promise<AppError | undefined> {
  const failures = await Promise.all(
    [...patches].map(([name, status]) => {
      const key = { namespace: place.namespace, name };
      // A Freight that is gone has nothing left to be said about it.
      return attempt(
        () => deps.writer.mergePatch(freights, key, { status }, { subresource: 'status' }, place.signal),
        ['kube.not-found'],
      );
    }),
  );
  return failures.find((failure) => failure !== undefined);
}

async function attempt(
  run: () => Promise<unknown>,
  expected: readonly string[],
): Promise<AppError | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return isCode(error, expected) ? undefined : toError(error);
  }
}

function isCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof AppError && codes.includes(error.code);
}

function toError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return stageErrors.create('stage.unexpected', describeError(error), { cause: error });
}
