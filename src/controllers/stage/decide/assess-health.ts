import type { Health, HealthCheckStep } from '../../../api/v1alpha1/index.ts';
import type { JsonObject } from '../../../base/index.ts';
import { evaluateApplications, type HealthStatus, mergeHealth, readCriteria } from '../../../domain/index.ts';
import type { Draft, StageSeen } from '../types.ts';
import { withCondition, withStatus } from './draft.ts';

/** The health checks that look at Argo CD Applications. */
export const applicationCheck = 'argocd-update';

/** Tells how healthy what the Stage runs is, by the health checks of the Promotion that deployed it. */
export function assessHealth(draft: Draft, seen: StageSeen): Draft {
  const { currentPromotion, lastPromotion } = draft.status;
  if (currentPromotion !== undefined) {
    const issue = `Promotion "${currentPromotion.name}" is in progress`;
    return withUnknown(draft, seen, 'ActivePromotion', issue);
  }
  if (lastPromotion === undefined) {
    return withCondition(withStatus(draft, { health: undefined }), seen, {
      type: 'Healthy',
      status: 'Unknown',
      reason: 'NoFreight',
      message: 'Stage has no current Freight',
    });
  }
  const phase = lastPromotion.status?.phase;
  if (phase !== 'Succeeded') {
    const issue = `last Promotion "${lastPromotion.name}" ended as ${phase ?? 'Unknown'}`;
    return withUnknown(draft, seen, `LastPromotion${phase ?? 'Unknown'}`, issue);
  }
  return runChecks(draft, seen, lastPromotion.status?.healthChecks ?? []);
}

function withUnknown(draft: Draft, seen: StageSeen, reason: string, issue: string): Draft {
  const health: Health = { status: 'Unknown', issues: [issue] };
  return withCondition(withStatus(draft, { health }), seen, {
    type: 'Healthy',
    status: 'Unknown',
    reason,
    message: issue,
  });
}

function runChecks(draft: Draft, seen: StageSeen, checks: readonly HealthCheckStep[]): Draft {
  let status: HealthStatus = 'Healthy';
  const issues: string[] = [];
  const output: JsonObject[] = [];
  const refreshes = [...draft.refreshes];
  for (const check of checks) {
    if (check.uses !== applicationCheck) {
      status = mergeHealth(status, 'Unknown');
      issues.push(`unknown health check "${check.uses}"`);
      continue;
    }
    const result = evaluateApplications(
      readCriteria(check.config ?? {}, seen.argocdNamespace),
      (namespace, name) => find(seen, namespace, name),
    );
    status = mergeHealth(status, result.status);
    issues.push(...result.issues);
    output.push(result.output);
    refreshes.push(...result.stale);
  }
  issues.push(...seen.applications.flatMap(({ problem }) => (problem === undefined ? [] : [problem])));
  const health: Health = {
    status,
    ...(issues.length === 0 ? {} : { issues }),
    ...(output.length === 0 ? {} : { output }),
  };
  return withCondition({ ...withStatus(draft, { health }), refreshes }, seen, {
    type: 'Healthy',
    ...toCondition(status, issues, checks.length),
  });
}

function toCondition(status: HealthStatus, issues: readonly string[], count: number) {
  if (status === 'Healthy') {
    const message = `Stage is healthy (performed ${count} health checks)`;
    return { status: 'True', reason: 'Healthy', message } as const;
  }
  const message = issues.join('; ');
  if (status === 'Unhealthy') return { status: 'False', reason: 'Unhealthy', message } as const;
  return { status: 'Unknown', reason: status, message } as const;
}

function find(seen: StageSeen, namespace: string, name: string) {
  return seen.applications.find((item) => item.namespace === namespace && item.name === name)?.application;
}
