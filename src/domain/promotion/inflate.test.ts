import { describe, expect, test } from 'vitest';
import { readTable } from '../../../test/support/tables.ts';
import { inflateSteps, type StepTemplate, type TaskContent, type Variable } from './inflate.ts';

interface Row {
  readonly promotion: { readonly steps: readonly StepTemplate[]; readonly vars?: readonly Variable[] };
  readonly tasks: readonly (TaskContent & { readonly kind: string; readonly name: string })[];
}

const table = readTable<Row, { readonly steps: readonly StepTemplate[] }>('task-inflation.jsonl');

describe.skipIf(table === undefined)('inflation as in the original (table task-inflation)', () => {
  test.each((table ?? []).map((row) => [row.id, row] as const))('%s', (_id, row) => {
    const { promotion, tasks } = row.input;
    const inflation = inflateSteps(promotion.steps, promotion.vars ?? [], (kind, name) =>
      tasks.find((task) => task.kind === kind && task.name === name),
    );
    expect(inflation.ok).toBe(row.error !== true);
    if (inflation.ok) expect(inflation.steps.map(withoutEmpty)).toEqual(row.expect.steps.map(withoutEmpty));
  });
});

describe('problems', () => {
  test.each([
    {
      name: 'missing task',
      task: { name: 'nope' },
      want: 'PromotionTask "nope" not found',
      because: 'the sentence must name it',
    },
    {
      name: 'unknown kind',
      task: { name: 'x', kind: 'Recipe' },
      want: 'unknown task kind "Recipe"',
      because: 'only two kinds exist',
    },
  ])('$name', ({ task, want }) => {
    const inflation = inflateSteps([{ uses: 'a' }, { task }], [], () => undefined);
    expect(inflation.ok ? '' : inflation.problem).toMatchObject({ message: want, index: 1 });
  });
});

/** The original omits empty texts and lists. */
function withoutEmpty(step: StepTemplate): unknown {
  const vars = step.vars?.map(({ name, value }) => (value === '' ? { name } : { name, value }));
  return JSON.parse(JSON.stringify({ ...step, vars }));
}
