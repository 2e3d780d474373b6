import type { MetricDeclaration } from '../ports/index.ts';

/** Counts the answers of image registries. */
export const registryRequestsMetric: MetricDeclaration<'status'> = {
  name: 'gantry_registry_requests_total',
  help: 'Answers of image registries by class of status',
  labels: ['status'],
};
