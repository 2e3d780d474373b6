import { labels, type Project, type ProjectConfig } from '../../api/v1alpha1/index.ts';
import { matchName } from '../stage/index.ts';
import { allow, deny, duplicate, invalid, type Subject, wrongValue } from './answers.ts';
import type { AdmissionRequest, Cause, NamespaceFact, Validated } from './types.ts';

/** What must be known to validate a Project or ProjectConfig. */
export interface ProjectFacts {
  readonly namespace: NamespaceFact | undefined;
}

/**
 * Lets a new Project in when its namespace can be had, and has it made in the same request, so that what follows in
 * the same file can be applied.
 */
export function validateProject(request: AdmissionRequest<Project>, facts: ProjectFacts): Validated {
  const { name } = request.object.metadata;
  if (request.operation !== 'CREATE') return allow();
  const { namespace } = facts;
  if (namespace?.isTerminating === true) {
    const message = `namespace "${name}" is being deleted; try again when it is gone`;
    return deny({ code: 409, reason: 'Conflict', message, causes: [] });
  }
  if (namespace?.isProject === false) {
    const message = `namespace "${name}" exists and is not marked as a Project's; to let the Project have it, label it ${labels.project}=true`;
    return deny({ code: 409, reason: 'Conflict', message, causes: [] });
  }
  if (namespace !== undefined || request.isDryRun) return allow();
  return allow({ effects: [{ kind: 'ensure-namespace', name }] });
}

/** Checks the name of a ProjectConfig and its policies. */
export function validateProjectConfig(
  request: AdmissionRequest<ProjectConfig>,
  facts: ProjectFacts,
): Validated {
  const { metadata } = request.object;
  const subject = { kind: 'ProjectConfig', name: metadata.name };
  if (request.operation === 'CREATE') {
    const refused = checkPlace(request, subject, facts);
    if (refused !== undefined) return refused;
  }
  const causes = checkPolicies(request.object);
  return causes.length > 0 ? invalid(subject, causes) : allow();
}

function checkPlace(
  request: AdmissionRequest<ProjectConfig>,
  subject: Subject,
  facts: ProjectFacts,
): Validated | undefined {
  const { namespace = '' } = request.object.metadata;
  if (subject.name !== namespace) {
    const problem = `must equal the name of its namespace, "${namespace}"`;
    return invalid(subject, [wrongValue('metadata.name', subject.name, problem)]);
  }
  if (request.isDryRun) return undefined;
  if (facts.namespace === undefined)
    return deny({
      code: 500,
      reason: 'InternalError',
      message: `namespace "${namespace}" not found`,
      causes: [],
    });
  if (facts.namespace.isProject) return undefined;
  const message = `namespace "${namespace}" does not belong to a Project`;
  return deny({ code: 403, reason: 'Forbidden', message, causes: [] });
}

function checkPolicies(config: ProjectConfig): readonly Cause[] {
  const causes: Cause[] = [];
  const exact = new Map<string, number>();
  for (const [index, policy] of (config.spec?.promotionPolicies ?? []).entries()) {
    const hasSelector = policy.stageSelector?.name !== undefined;
    const field = `spec.promotionPolicies[${index}].${hasSelector ? 'stageSelector.name' : 'stage'}`;
    const name = policy.stageSelector?.name ?? policy.stage;
    if (name === undefined || name === '') continue;
    if (name.includes(':')) {
      const match = matchName(name, '');
      if (!match.ok) causes.push(wrongValue(field, name, match.problem));
      continue;
    }
    const first = exact.get(name);
    if (first === undefined) exact.set(name, index);
    else causes.push(duplicate(field, name, `has a policy already: spec.promotionPolicies[${first}]`));
  }
  return causes;
}
