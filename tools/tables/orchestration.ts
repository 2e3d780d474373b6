import type { JsonObject } from '../../src/base/index.ts';
import type { EngineStatus, StepOutcome } from '../../src/domain/index.ts';
import { journalKey, type PlannedStep } from '../../src/steps/engine/index.ts';
import { createEngineWorld, defineScripted, type EngineWorld } from '../../test/support/engine-world.ts';
import { compareOutcome, type Outcome, type Row, type Table } from './table.ts';

/** Whole promotions of scripted steps, call by call. */
export const orchestrationTable: Table = { name: 'orchestration', prepare: () => runCalls };

interface Script {
  readonly status?: string;
  readonly output?: JsonObject;
  readonly error?: string;
  readonly message?: string;
  readonly terminal?: boolean;
  readonly panic?: string;
}

interface Input {
  readonly maxCalls: number;
  readonly steps: readonly PlannedStep[];
  readonly script?: Readonly<Record<string, readonly Script[]>>;
}

interface Call {
  readonly phase: string;
  readonly currentStep: number;
  readonly message?: string;
  readonly error?: string;
  readonly steps: readonly JsonObject[];
  readonly state: JsonObject;
}

async function runCalls(row: Row): Promise<Outcome> {
  const world = createWorld(row.input as unknown as Input);
  const { calls } = row.expect as unknown as { readonly calls: readonly Call[] };
  const actual: unknown[] = [];
  let passed = true;
  for (const call of calls) {
    const result = await world.pass();
    const described = describeStatus(world.status);
    actual.push({ ...described, message: world.status.message, result: result.kind });
    passed &&=
      compareOutcome(expected(call), described).passed &&
      hasMessages(world.status, call) &&
      (result.kind === 'retry') === (call.error !== undefined);
  }
  return { passed, actual };
}

function hasMessages(status: EngineStatus, call: Call): boolean {
  if (call.phase !== 'Running' && !sameStart(status.message, call.message)) return false;
  return call.steps.every(
    ({ message }, index) =>
      message === undefined || sameStart(status.stepExecutionMetadata?.[index]?.message, message),
  );
}

function toOutcome(script: Script): StepOutcome {
  const { status, output, error, message, terminal } = script;
  const extra = {
    ...(output === undefined ? {} : { output }),
    ...(message === undefined ? {} : { message }),
  };
  if (error === undefined && (status === 'Succeeded' || status === 'Skipped'))
    return { kind: 'done', status, ...extra };
  if (error === undefined && status === 'Running')
    return { kind: 'waiting', message: message ?? '', pollAfterMs: 1000, wakes: [] };
  const kind = status === 'Failed' ? 'Failed' : 'Errored';
  return {
    kind: 'failed',
    status: kind,
    code: 'test.failed',
    message: error ?? '',
    terminal: terminal === true,
  };
}

function createWorld(input: Input): EngineWorld {
  const attempts = new Map<string, number>();
  const scripted = async (_: unknown, __: unknown, alias: string): Promise<StepOutcome> => {
    await world.clock.advance(1);
    const count = attempts.get(alias) ?? 0;
    attempts.set(alias, count + 1);
    const script = input.script?.[alias] ?? [];
    const entry = script[Math.min(count, script.length - 1)] ?? { status: 'Succeeded' };
    if (entry.panic !== undefined) throw new Error(entry.panic);
    return toOutcome(entry);
  };
  const world = createEngineWorld({
    steps: input.steps,
    definitions: [
      defineScripted('scripted', scripted),
      defineScripted('composer', scripted, { propagatesTaskOutput: true }),
      defineScripted('tolerant', scripted, { defaultErrorThreshold: 3 }),
    ],
  });
  return world;
}

const firstLine = (text: unknown): string => String(text ?? '').split('\n')[0] ?? '';

/** What Gantry says more than the original: what a step waited for, where an expression stands. */
function sameStart(actual: string | undefined, want: unknown): boolean {
  const expected = withoutKind(firstLine(want).replace(/; if you are a Kargo Enterprise user.*/, ''));
  const found = withoutKind(firstLine(actual));
  return found.startsWith(expected) || mentionsSame(found, expected);
}

/** Whether an error is called one depends in the original on a status that may contradict it. */
function withoutKind(text: string): string {
  return text.replace(/(?:error running )?step "[^"]+": (?=;|$)/, '').replace('error running step', 'step');
}

/** Wordings of the expression language are its own; which step and which part failed is what counts. */
function mentionsSame(actual: string, want: string): boolean {
  const part = /^(?<part>error checking if step "[^"]+" should be skipped|failed to build step context)/;
  const wanted = part.exec(want)?.groups?.['part'];
  return wanted !== undefined && actual.startsWith(wanted);
}

function describeStatus(status: EngineStatus): JsonObject {
  const { [journalKey]: _, ...state } = (status.state ?? {}) as JsonObject;
  const steps = (status.stepExecutionMetadata ?? []).map((record) => ({
    alias: record.alias,
    status: record.status,
    errorCount: record.errorCount ?? 0,
    started: record.startedAt !== undefined,
    finished: record.finishedAt !== undefined,
    ...(record.continueOnError === true ? { continueOnError: true } : {}),
  }));
  return { phase: status.phase, currentStep: status.currentStep, steps, state };
}

/** Nulls do not survive in a status. */
function expected(call: Call): JsonObject {
  const state = Object.fromEntries(Object.entries(call.state).filter(([, output]) => output !== null));
  const steps = call.steps.map(({ message: _, ...step }) => step);
  return { phase: call.phase, currentStep: call.currentStep, steps, state };
}
