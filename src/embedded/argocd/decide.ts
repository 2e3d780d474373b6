import type { Application, ApplicationOperationState, ApplicationStatus } from '../../api/argocd/index.ts';
import { equalJson, type JsonObject, type JsonValue, parseDuration } from '../../base/index.ts';
import { formatTime } from '../../domain/index.ts';
import type { Plan, Seen } from './types.ts';

/** Asks for a comparison; taken away when it has been made. */
export const refreshAnnotation = 'argocd.argoproj.io/refresh';

/** Sets what the health shall be, e.g. "Degraded", until it is removed. */
export const simulatedHealthAnnotation = 'gantry.io/simulated-health';

/** How long an Application stays Progressing after a sync, e.g. "10s". */
export const healthDelayAnnotation = 'gantry.io/simulated-health-delay';

const maxHistory = 10;

/**
 * The next thing to happen to an Application.
 *
 *   operation ──▶ Running ──▶ Succeeded + Synced + Progressing ──delay──▶ Healthy
 *                    └──────▶ Error (source cannot be read)
 *   refresh annotation ──▶ compared again (Synced or OutOfSync)
 *
 * Guarantees: pure; one step per pass, so that watchers see each state as with the genuine controller.
 */
export function decide(seen: Seen): Plan {
  const { object, nowMs } = seen;
  const { name, namespace = '' } = object.metadata;
  const next =
    object.metadata.deletionTimestamp === undefined ? nextStep(seen, formatTime(nowMs)) : undefined;
  return { namespace, name, patch: next?.patch, wakeAfterMs: next?.wakeAfterMs };
}

interface Step {
  readonly patch?: JsonObject;
  readonly wakeAfterMs?: number;
}

function nextStep(seen: Seen, now: string): Step | undefined {
  const { object } = seen;
  if (hasOperation(object)) return beginOperation(object, now);
  const state = object.status?.operationState ?? undefined;
  if (state?.phase === 'Running') return finishOperation(seen, state, now);
  if (
    object.metadata.annotations?.[refreshAnnotation] !== undefined ||
    object.status?.reconciledAt === undefined
  ) {
    return compare(seen, now);
  }
  return advanceHealth(seen, now);
}

function beginOperation(object: Application, now: string): Step {
  const operationState = {
    phase: 'Running',
    operation: toJson(object.operation),
    startedAt: now,
    finishedAt: null,
  };
  return { patch: { operation: null, status: { operationState } }, wakeAfterMs: 0 };
}

function finishOperation(seen: Seen, state: ApplicationOperationState, now: string): Step {
  const { object, source } = seen;
  if (source === undefined) return { wakeAfterMs: 0 };
  const annotations = { [refreshAnnotation]: null };
  if (source.kind === 'failed') {
    const operationState = { ...running(state), phase: 'Error', message: source.message, finishedAt: now };
    const conditions = [{ type: 'ComparisonError', message: source.message }];
    return {
      patch: { metadata: { annotations }, status: { operationState, conditions, reconciledAt: now } },
    };
  }
  const { revision, images } = source;
  const history = [...(object.status?.history ?? [])].slice(-(maxHistory - 1));
  const id = (history.at(-1)?.id ?? 0) + 1;
  const status = {
    operationState: {
      ...running(state),
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      finishedAt: now,
      syncResult: { revision },
    },
    sync: { status: 'Synced', revision },
    health: { status: 'Progressing', lastTransitionTime: now },
    summary: { images: [...images] },
    history: [...history.map(toJson), { id, revision, deployedAt: now }],
    conditions: null,
    reconciledAt: now,
  };
  return { patch: { metadata: { annotations }, status }, wakeAfterMs: 0 };
}

/** What runs is compared with what is at the revision; another commit with the same images is in sync. */
function compare(seen: Seen, now: string): Step {
  const { object, source } = seen;
  if (source === undefined) return { wakeAfterMs: 0 };
  const annotations = { [refreshAnnotation]: null };
  if (source.kind === 'failed') {
    const conditions = [{ type: 'ComparisonError', message: source.message }];
    const sync = { status: 'Unknown' };
    return {
      patch: { metadata: { annotations }, status: { conditions, sync, reconciledAt: now } },
      wakeAfterMs: 0,
    };
  }
  const deployed = object.status?.summary?.images;
  const isSynced = deployed !== undefined && equalJson([...deployed].sort(), [...source.images].sort());
  const health =
    object.status?.health === undefined ? { status: 'Missing', lastTransitionTime: now } : undefined;
  const status: Record<string, JsonValue> = {
    sync: { status: isSynced ? 'Synced' : 'OutOfSync', revision: source.revision },
    conditions: null,
    reconciledAt: now,
    ...(health === undefined ? {} : { health }),
  };
  return { patch: { metadata: { annotations }, status }, wakeAfterMs: 0 };
}

function advanceHealth(seen: Seen, now: string): Step | undefined {
  const { object, nowMs } = seen;
  const health = object.status?.health;
  const current = health?.status;
  const wanted = object.metadata.annotations?.[simulatedHealthAnnotation];
  if (wanted !== undefined) return wanted === current ? undefined : setHealth(wanted, now);
  if (current === 'Missing' || current === undefined || current === 'Healthy') return undefined;
  const since = Date.parse(health?.lastTransitionTime ?? now);
  const remainingMs = since + delayOf(object, seen.healthDelayMs) - nowMs;
  return remainingMs > 0 ? { wakeAfterMs: remainingMs } : setHealth('Healthy', now);
}

function setHealth(status: string, now: string): Step {
  return { patch: { status: { health: { status, lastTransitionTime: now }, reconciledAt: now } } };
}

function delayOf(object: Application, defaultMs: number): number {
  return parseDuration(object.metadata.annotations?.[healthDelayAnnotation] ?? '') ?? defaultMs;
}

function running(state: ApplicationOperationState): JsonObject {
  return {
    operation: toJson(state.operation),
    ...(state.startedAt === undefined ? {} : { startedAt: state.startedAt }),
  };
}

function toJson(value: unknown): JsonValue {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as JsonValue);
}

function hasOperation(object: Application): boolean {
  return object.operation !== undefined && object.operation !== null;
}

/** Is it worth reading the source in this pass? Pure. */
export function needsSource(object: Application): boolean {
  const status: ApplicationStatus | undefined = object.status;
  if (hasOperation(object)) return false;
  if (status?.operationState?.phase === 'Running') return true;
  return object.metadata.annotations?.[refreshAnnotation] !== undefined || status?.reconciledAt === undefined;
}
