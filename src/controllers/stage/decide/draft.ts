import { type Condition, removeCondition, setCondition } from '../../../api/meta/index.ts';
import type { StageStatus } from '../../../api/v1alpha1/index.ts';
import type { JsonObject } from '../../../base/index.ts';
import { formatTime } from '../../../domain/index.ts';
import type { Draft, StageSeen } from '../types.ts';

/** A draft that changes nothing yet. */
export function startDraft(seen: StageSeen): Draft {
  return {
    status: seen.object.status ?? {},
    turn: undefined,
    freightPatches: new Map(),
    creations: [],
    refreshes: [],
    events: [],
    argocdContext: undefined,
    problems: [],
    isImmediate: false,
    wakeAtMs: undefined,
  };
}

/** The draft with other members of the status. */
export function withStatus(draft: Draft, change: Partial<StageStatus>): Draft {
  return { ...draft, status: { ...draft.status, ...change } };
}

/** The draft with a condition set. */
export function withCondition(
  draft: Draft,
  seen: StageSeen,
  condition: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
): Draft {
  const observedGeneration = seen.object.metadata.generation;
  const next = { ...condition, ...(observedGeneration === undefined ? {} : { observedGeneration }) };
  const conditions = setCondition(draft.status.conditions, next, formatTime(seen.nowMs));
  return withStatus(draft, { conditions: [...conditions] });
}

/** The draft without a condition. */
export function withoutCondition(draft: Draft, type: string): Draft {
  return withStatus(draft, { conditions: [...removeCondition(draft.status.conditions, type)] });
}

/** The draft with more to patch in a Freight's status. */
export function withFreightPatch(draft: Draft, name: string, patch: JsonObject | undefined): Draft {
  if (patch === undefined) return draft;
  const freightPatches = new Map(draft.freightPatches);
  freightPatches.set(name, { ...freightPatches.get(name), ...patch });
  return { ...draft, freightPatches };
}
