import type { JsonObject } from '../../src/base/index.ts';
import type { StepOutcome, StepPins } from '../../src/domain/index.ts';
import type { Committers, StepDefinition, StepPorts, StepRun } from '../../src/ports/index.ts';
import { defaultStartMs } from './manual-clock.ts';

/** What a test says about an attempt; everything else has a usual value. */
export interface AttemptDraft {
  readonly ports?: Partial<StepPorts>;
  readonly run?: Partial<StepRun>;
  readonly previousOutput?: JsonObject;
  readonly pins?: StepPins;
  readonly claimed?: StepPins;
  readonly signal?: AbortSignal;
}

/** What came of an attempt. */
export interface Attempted {
  readonly outcome: StepOutcome;
  readonly pinned: StepPins | undefined;
  readonly claims: readonly StepPins[];
}

/** The facts that steps get to know in tests. */
export const testRun: StepRun = {
  project: 'demo',
  stage: 'prod',
  promotion: 'prod.01.abc',
  trailers: [],
  alias: 'step-1',
  startedAtMs: defaultStartMs,
  stepStartedAtMs: defaultStartMs,
  nowMs: defaultStartMs,
  actor: undefined,
  uiBaseUrl: undefined,
  argocdNamespace: 'argocd',
};

/** Who commits in tests unless they say so. */
export const testCommitters: Committers = {
  find: async () => ({ name: 'Kargo', email: 'no-reply@kargo.io' }),
};

/** Tries a step once, as the engine does, but lets its errors through. */
export async function attempt(
  definition: StepDefinition,
  config: JsonObject,
  draft: AttemptDraft = {},
): Promise<Attempted> {
  const prepared = definition.prepare(config);
  if (!prepared.ok) {
    const message = prepared.problems.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
    const failed = { kind: 'failed', status: 'Failed', code: 'step.invalid-config', terminal: true } as const;
    return { outcome: { ...failed, message }, pinned: undefined, claims: [] };
  }
  let pinned: StepPins | undefined;
  const claims: StepPins[] = [];
  const outcome = await prepared.run({
    ports: { committers: testCommitters, ...draft.ports },
    run: { ...testRun, ...draft.run },
    previousOutput: draft.previousOutput,
    pins: draft.pins,
    pin: (pins) => {
      pinned = pins;
    },
    claimed: draft.claimed,
    claim: async (claim) => {
      claims.push(claim);
    },
    signal: draft.signal ?? new AbortController().signal,
  });
  return { outcome, pinned, claims };
}
