import type { JsonObject } from '../../src/base/index.ts';
import {
  type ApplicationView,
  evaluateApplications,
  mergeHealth,
  readCriteria,
} from '../../src/domain/argocd/index.ts';
import type { HealthStatus } from '../../src/domain/index.ts';
import { compareOutcome, type Table } from './table.ts';

/** Health of a Stage by its Applications, and of two healths together. */
export const argocdHealthTable: Table = {
  name: 'argocd-health',
  prepare: () => (row) => {
    const input = row.input as unknown as HealthInput;
    if (row.group === 'merge') return compareOutcome(row.expect, mergeHealth(input.a, input.b));
    const criteria = readCriteria(input.criteria.input, 'argocd');
    const { status, issues } = evaluateApplications(criteria, (namespace, name) =>
      input.applications?.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    );
    return compareOutcome(row.expect, { status, issues });
  },
};

interface HealthInput {
  readonly a: HealthStatus;
  readonly b: HealthStatus;
  readonly applications: readonly ApplicationView[] | null;
  readonly criteria: { readonly kind: string; readonly input: JsonObject };
}
