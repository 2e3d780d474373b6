import type { JsonObject } from '../../src/base/index.ts';
import {
  inflateSteps,
  type StepTemplate,
  type TaskContent,
  type Variable,
} from '../../src/domain/promotion/index.ts';
import { compareOutcome, type Table } from './table.ts';

/** Steps of a Promotion with its tasks put in. */
export const taskInflationTable: Table = {
  name: 'task-inflation',
  prepare: () => (row) => {
    const { promotion, tasks } = row.input as unknown as InflationInput;
    const inflation = inflateSteps(promotion.steps, promotion.vars ?? [], (kind, name) =>
      tasks.find((task) => task.kind === kind && task.name === name),
    );
    if (row.error === true) return { passed: !inflation.ok, actual: inflation };
    if (!inflation.ok) return { passed: false, actual: inflation.problem };
    const { steps } = row.expect as unknown as { readonly steps: readonly StepTemplate[] };
    return compareOutcome(steps.map(withoutEmpty), inflation.steps.map(withoutEmpty));
  },
};

interface InflationInput {
  readonly promotion: { readonly steps: readonly StepTemplate[]; readonly vars?: readonly Variable[] };
  readonly tasks: readonly (TaskContent & { readonly kind: string; readonly name: string })[];
}

/** The original omits empty texts and lists. */
function withoutEmpty(step: StepTemplate): JsonObject {
  const vars = step.vars?.map(({ name, value }) => (value === '' ? { name } : { name, value }));
  return JSON.parse(JSON.stringify({ ...step, vars })) as JsonObject;
}
