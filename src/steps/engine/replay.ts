import { equalJson, type JsonObject } from '../../base/index.ts';
import type { StepRecord } from '../../domain/index.ts';
import type { StepDefinition, StepPorts } from '../../ports/index.ts';
import { stepErrors } from '../errors.ts';
import { type AttemptContext, attemptStep, hashConfig } from './attempt.ts';
import type { StepExpressions } from './expressions.ts';
import type { Ledger } from './ledger.ts';
import type { PlannedStep } from './types.ts';

/** What a rebuild of the work directory needs to know of the promotion. */
export interface Replay {
  readonly steps: readonly PlannedStep[];
  readonly definitions: ReadonlyMap<string, StepDefinition>;
  readonly expressions: StepExpressions;
  readonly ledger: Ledger;
  /** Salt of the configuration hashes. */
  readonly salt: string;
  readonly signal: AbortSignal;
  context(
    step: PlannedStep,
    record: StepRecord,
  ): Omit<AttemptContext, 'workdir' | 'claim' | 'pin' | 'claimed'>;
}

/**
 * Fills an empty work directory as the steps before `end` left it: local and fetch steps that ran are run again with the
 * outputs of the steps before them and with their pins; outward and waiting steps never are.
 *
 * Errors: step.replay-diverged when a step would be configured differently, or gives another output, than the first time.
 */
export async function replayInto(workdir: StepPorts['workdir'], end: number, replay: Replay): Promise<void> {
  for (const [index, step] of replay.steps.slice(0, end).entries()) {
    const definition = replay.definitions.get(step.uses);
    const record = replay.ledger.records.find((one) => one.alias === step.as);
    if (definition === undefined || record?.startedAt === undefined) continue;
    if (record.status !== 'Succeeded' && record.status !== 'Skipped') continue;
    if (!definition.needs.includes('workdir') || !isReplayed(definition)) continue;
    await replayStep(workdir, index, step, definition, record, replay);
  }
}

function isReplayed(definition: StepDefinition): boolean {
  return definition.effect === 'local' || definition.effect === 'fetch';
}

async function replayStep(
  workdir: StepPorts['workdir'],
  index: number,
  step: PlannedStep,
  definition: StepDefinition,
  record: StepRecord,
  replay: Replay,
): Promise<void> {
  const { ledger, signal } = replay;
  const evaluated = await replay.expressions.config(step, scopeBefore(index, replay), signal);
  if (!evaluated.ok) throw diverged(step, evaluated.message);
  const entry = ledger.journal[step.as];
  const { config } = evaluated.value;
  if (entry?.config !== undefined && entry.config !== hashConfig(replay.salt, config)) {
    throw diverged(step, 'its configuration evaluates differently now');
  }
  const outcome = await attemptStep(definition, config, {
    ...replay.context(step, record),
    workdir: async () => workdir,
    pins: entry?.pins,
    pin: () => undefined,
    claimed: undefined,
    claim: async () => undefined,
  });
  if (outcome.kind !== 'done') throw diverged(step, outcome.message);
  const before = ledger.outputs[step.as];
  if (!equalJson(dropNulls(outcome.output ?? null), dropNulls(before ?? null))) {
    throw diverged(step, 'its output is not the same as before');
  }
}

/** What the step saw when it first ran: the outputs and records of the steps before it. */
function scopeBefore(index: number, replay: Replay): Parameters<StepExpressions['config']>[1] {
  const earlier = new Set(replay.steps.slice(0, index).map((step) => step.as));
  const tasks = new Set(
    [...earlier].flatMap((alias) => (alias.includes('::') ? [alias.split('::')[0] ?? ''] : [])),
  );
  const outputs: Record<string, JsonObject[string]> = {};
  for (const [alias, output] of Object.entries(replay.ledger.outputs)) {
    if (earlier.has(alias) || tasks.has(alias)) outputs[alias] = output;
  }
  const records = replay.ledger.records.flatMap((record): StepRecord[] => {
    if (earlier.has(record.alias)) return [record];
    const isOwn = record.alias === replay.steps[index]?.as;
    return isOwn
      ? [{ alias: record.alias, startedAt: record.startedAt, errorCount: 0, status: 'Running' }]
      : [];
  });
  return { outputs, journal: replay.ledger.journal, records };
}

function diverged(step: PlannedStep, why: string): Error {
  const message = `the work directory cannot be rebuilt: step "${step.as}" would not do what it did before: ${why}`;
  return stepErrors.create('step.replay-diverged', message);
}

/** Nulls vanish from a status on its way through the API server (merge patches), so they cannot count. */
function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(kept.map(([name, member]) => [name, dropNulls(member)]));
}
