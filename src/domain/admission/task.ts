import type { ClusterPromotionTask, PromotionTask } from '../../api/v1alpha1/index.ts';
import { allow, invalid } from './answers.ts';
import { checkProject, checkStepAliases } from './shared-rules.ts';
import type { AdmissionRequest, NamespaceFact, Validated } from './types.ts';

/** Checks the aliases of a PromotionTask's steps and, for a new one, its namespace. */
export function validatePromotionTask(
  request: AdmissionRequest<PromotionTask>,
  facts: { readonly namespace: NamespaceFact | undefined },
): Validated {
  const { metadata, spec } = request.object;
  const subject = { kind: 'PromotionTask', name: metadata.name };
  if (request.operation === 'CREATE') {
    const refused = checkProject(subject, metadata.namespace ?? '', facts.namespace);
    if (refused !== undefined) return refused;
  }
  const causes = checkStepAliases(spec.steps, 'spec.steps');
  return causes.length > 0 ? invalid(subject, causes) : allow();
}

/** Checks the aliases of a ClusterPromotionTask's steps. */
export function validateClusterPromotionTask(request: AdmissionRequest<ClusterPromotionTask>): Validated {
  const { metadata, spec } = request.object;
  const causes = checkStepAliases(spec.steps, 'spec.steps');
  return causes.length > 0 ? invalid({ kind: 'ClusterPromotionTask', name: metadata.name }, causes) : allow();
}
