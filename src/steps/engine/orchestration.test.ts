import { describe, expect, test } from 'vitest';
import { createEngineWorld, defineScripted } from '../../../test/support/engine-world.ts';
import { readTable } from '../../../test/support/tables.ts';
import { AppError, type JsonObject } from '../../base/index.ts';
import type { EngineResult, EngineStatus, StepOutcome } from '../../domain/index.ts';
import { journalKey } from './journal.ts';
import type { PlannedStep } from './types.ts';

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

/** Rows whose scripts say what a step of Gantry cannot say: its outcome has one channel, so that it cannot contradict itself. */
function whyNot(row: { readonly input: Input }): string | undefined {
  const scripts = Object.values(row.input.script ?? {}).flat();
  for (const { status, error, panic } of scripts) {
    if (panic !== undefined || error !== undefined) continue;
    if (status === 'Failed') return 'a failure is one, and not another way to wait';
    if (!['Succeeded', 'Skipped', 'Running', 'Failed', 'Errored'].includes(status ?? ''))
      return `a step cannot give the status "${status}"`;
  }
  return undefined;
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

function run(input: Input) {
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

const table = readTable<Input, { readonly calls: readonly Call[] }>('orchestration.jsonl');

describe.skipIf(table === undefined)('orchestration.jsonl', () => {
  const rows = (table ?? []).map((row) => ({ ...row, name: row.id, why: whyNot(row) }));
  const possible = rows.filter((row) => row.why === undefined);

  test.each(possible)('$name', async ({ input, expect: want }) => {
    const world = run(input);
    for (const call of want.calls) {
      const result: EngineResult = await world.pass();
      expect(describeStatus(world.status)).toEqual(expected(call));
      if (call.phase !== 'Running') expect(sameStart(world.status.message, call.message)).toBe(true);
      for (const [index, step] of call.steps.entries()) {
        const { message } = world.status.stepExecutionMetadata?.[index] ?? {};
        if (step['message'] !== undefined)
          expect([message, sameStart(message, step['message'])]).toEqual([message, true]);
      }
      expect(result.kind === 'retry').toBe(call.error !== undefined);
    }
  });

  test('every other row says what a step cannot say here', () => {
    const others = rows.filter((row) => row.why !== undefined);
    expect(possible.length + others.length).toBe(rows.length);
    expect(possible.length).toBeGreaterThan(40);
  });
});

test('errors of the program itself end a step for good', async () => {
  const world = createEngineWorld({
    steps: [{ uses: 'x', as: 'a', retry: { errorThreshold: 5 } }],
    definitions: [
      defineScripted('x', () => {
        throw new AppError('test.stop', 'no', { disposition: 'stop' });
      }),
    ],
  });
  expect((await world.pass()).kind).toBe('ended');
  expect(world.status.phase).toBe('Errored');
});
