import { boolType, type FunctionSignature, type HostFunction, refuse, stringType } from '../../expr/index.ts';
import type { StepRecord } from './records.ts';

/** Functions on the steps before the current one; for `if` and `config` only. */
export const statusFunctions: readonly FunctionSignature[] = [
  {
    name: 'always',
    signature: 'always(): bool',
    summary: 'True: the step runs whatever happened before it.',
    example: { source: 'always()', result: 'true' },
    overloads: [{ params: [], result: boolType }],
  },
  {
    name: 'success',
    signature: 'success(): bool',
    summary: 'Has no earlier step failed, those with continueOnError aside?',
    example: { source: 'success()', result: 'false' },
    overloads: [{ params: [], result: boolType }],
  },
  {
    name: 'failure',
    signature: 'failure(): bool',
    summary: 'Has an earlier step failed, those with continueOnError aside?',
    example: { source: 'failure()', result: 'true' },
    overloads: [{ params: [], result: boolType }],
  },
  {
    name: 'status',
    signature: 'status(alias: string): string',
    summary:
      'Status of a step of the same task or, outside of tasks, of a step outside of tasks; empty when unknown.',
    example: { source: "status('build')", result: '"Failed"' },
    overloads: [{ params: [stringType], result: stringType }],
  },
];

/** What the functions do. `alias` is the current step's, with its task prefix. */
export function createStatusFunctions(
  steps: readonly StepRecord[],
  alias: string,
): Readonly<Record<string, HostFunction>> {
  const hasFailed = (): boolean =>
    steps.some(
      (step) => step.continueOnError !== true && (step.status === 'Failed' || step.status === 'Errored'),
    );
  const separator = alias.indexOf('::');
  const prefix = separator < 0 ? '' : alias.slice(0, separator + 2);
  return {
    always: () => true,
    success: () => !hasFailed(),
    failure: hasFailed,
    status: ([name]) => {
      if (typeof name !== 'string' || name === '') throw refuse('the alias must not be empty');
      if (name.includes('::')) return '';
      return steps.find((step) => step.alias === prefix + name)?.status ?? '';
    },
  };
}
