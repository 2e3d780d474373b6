import type { JsonObject } from '../../src/base/index.ts';
import { findStep } from './steps.ts';
import { compareOutcome, notYet, type Table } from './table.ts';

/** Which configurations a step accepts. */
export const stepConfigTable: Table = {
  name: 'step-config',
  prepare: () => (row) => {
    const name = String(row.input['step']);
    const definition = findStep(name);
    if (definition === undefined) return notYet(`the step ${name}`);
    const { valid } = row.expect as JsonObject;
    return compareOutcome(valid, definition.prepare(row.input['config'] as JsonObject).ok);
  },
};
