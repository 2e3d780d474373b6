import type { DiscoveredArtifacts } from '../../src/api/v1alpha1/index.ts';
import { evaluateCriteria } from '../../src/controllers/warehouse/index.ts';
import { compareOutcome, type Table } from './table.ts';

/** Whether the artifacts that were found are wanted as Freight. */
export const creationCriteriaTable: Table = {
  name: 'creation-criteria',
  prepare: () => (row) => {
    const expression = String(row.input['expression'] ?? '');
    const result = evaluateCriteria(expression, row.input['discoveredArtifacts'] as DiscoveredArtifacts);
    if (row.error === true) return { passed: !result.ok, actual: result };
    return result.ok ? compareOutcome(row.expect, result.isSatisfied) : { passed: false, actual: result };
  },
};
