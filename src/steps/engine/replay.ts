import { AppError, equalJson, isJsonObject, type JsonObject } from '../../base/index.ts';
import type { StepOutcome, StepRecord } from '../../domain/index.ts';
import type { StepDefinition, StepPorts } from '../../ports/index.ts';
import { stepErrors } from '../errors.ts';
import { type AttemptContext, hashConfig } from './attempt.ts';
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
 * Errors: step.replay-diverged when a step would be configured differently, gives another output than the first time or
 * cannot be run again; errors that may pass (an unreachable server) are thrown as they are.
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
  const outcome = await runAgain(workdir, step, definition, config, record, replay);
  if (outcome.kind !== 'done') throw diverged(step, outcome.message);
  const before = ledger.outputs[step.as];
  if (!equalJson(dropNulls(outcome.output ?? null), dropNulls(before ?? null))) {
    throw diverged(step, 'its output is not the same as before');
  }
}

async function runAgain(
  workdir: StepPorts['workdir'],
  step: PlannedStep,
  definition: StepDefinition,
  config: JsonObject,
  record: StepRecord,
  replay: Replay,
): Promise<StepOutcome> {
  const prepared = definition.prepare(config);
  if (!prepared.ok) throw diverged(step, prepared.problems.map(({ problem }) => problem).join('; '));
  const context = replay.context(step, record);
  try {
    return await prepared.run({
      ...context,
      ports: { ...context.ports, workdir },
      pins: replay.ledger.journal[step.as]?.pins,
      pin: () => undefined,
      claimed: undefined,
      claim: async () => undefined,
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.disposition !== 'stop') throw error;
    throw diverged(step, error.message, error);
  }
}

/** What the step saw when it first ran: the outputs and records of the steps before it. */
function scopeBefore(index: number, replay: Replay): Parameters<StepExpressions['config']>[1] {
  const earlier = replay.steps.slice(0, index);
  const outputs: Record<string, JsonObject[string]> = {};
  for (const { as, uses } of earlier) {
    const output = replay.ledger.outputs[as];
    if (output !== undefined) outputs[as] = output;
    const [task, inner] = as.split('::');
    const isShared = replay.definitions.get(uses)?.propagatesTaskOutput === true;
    if (!isShared || task === undefined || inner === undefined || !isJsonObject(output)) continue;
    const shared = outputs[task];
    outputs[task] = { ...(isJsonObject(shared) ? shared : {}), ...output };
  }
  const aliases = new Set(earlier.map((step) => step.as));
  const records = replay.ledger.records.flatMap((record): StepRecord[] => {
    if (aliases.has(record.alias)) return [record];
    const isOwn = record.alias === replay.steps[index]?.as;
    return isOwn
      ? [{ alias: record.alias, startedAt: record.startedAt, errorCount: 0, status: 'Running' }]
      : [];
  });
  return { outputs, journal: replay.ledger.journal, records };
}

function diverged(step: PlannedStep, why: string, cause?: unknown): Error {
  const message = `the work directory cannot be rebuilt: step "${step.as}" would not do what it did before: ${why}`;
  return stepErrors.create('step.replay-diverged', message, { cause });
}

/** Nulls vanish from a status on its way through the API server (merge patches), so they cannot count. */
function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(kept.map(([name, member]) => [name, dropNulls(member)]));
}
