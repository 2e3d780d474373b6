import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { parseYaml } from '../../src/base/yaml/index.ts';
import type { StepDefinition } from '../../src/ports/index.ts';
import { createWorkdir } from '../../test/support/workdir.ts';
import { attemptRow, fillWorkdir, findStep, readWorkdir, statusOf } from './steps.ts';
import { compareOutcome, notYet, type Outcome, type Row, type Table } from './table.ts';

/** Whole steps that touch the work directory only. */
export const stepRunTable: Table = {
  name: 'step-run',
  prepare: () => (row) => {
    const name = String(row.input['step']);
    const definition = findStep(name);
    if (definition === undefined) return notYet(`the step ${name}`);
    if (row.input['response'] !== undefined) return notYet('a server to ask');
    return runStep(definition, row);
  },
};

type Files = Readonly<Record<string, string | null>>;

interface Expected {
  readonly status: string;
  readonly output?: JsonObject;
  readonly files?: Files;
}

async function runStep(definition: StepDefinition, row: Row): Promise<Outcome> {
  const workdir = createWorkdir();
  await fillWorkdir(workdir, (row.input['files'] ?? {}) as Readonly<Record<string, string>>);
  const before = await readWorkdir(workdir);
  const config = row.input['config'] as JsonObject;
  const want = row.expect as unknown as Expected;
  const outcome = await attemptRow(definition, config, { ports: { workdir } });
  const actual = { outcome, files: await readWorkdir(workdir) };
  if (want.status !== 'Succeeded')
    return { passed: outcome.kind === 'failed' || outcome.kind === 'thrown', actual };
  if (statusOf(outcome) !== want.status) return { passed: false, actual };
  const output = outcome.kind === 'done' ? (outcome.output ?? {}) : {};
  const isSameOutput = compareOutcome(want.output ?? {}, output).passed;
  return { passed: isSameOutput && hasFiles(actual.files, { before, changed: want.files ?? {} }), actual };
}

/** The files are those of before with the changes; data files are compared by what they say. */
function hasFiles(
  files: Files,
  { before, changed }: { readonly before: Files; readonly changed: Files },
): boolean {
  const wanted = { ...before, ...changed };
  const names = Object.keys(wanted).filter((path) => !path.endsWith('/') && wanted[path] !== null);
  if (!compareOutcome([...names].sort(), Object.keys(files).sort()).passed) return false;
  return names.every((path) => files[path] === wanted[path] || saysSame(files[path], wanted[path]));
}

function saysSame(actual: string | null | undefined, wanted: string | null | undefined): boolean {
  return compareOutcome(readData(wanted ?? ''), readData(actual ?? '')).passed;
}

function readData(text: string): JsonValue {
  try {
    return parseYaml(text) as JsonValue;
  } catch {
    return text;
  }
}
