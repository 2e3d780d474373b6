import type { Promotion, PromotionStatus } from '../../api/v1alpha1/index.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';

const applicationSteps: ReadonlySet<string> = new Set(['argocd-update', 'argocd-wait']);

/**
 * The Applications that a Promotion touched, as the annotation `kargo.akuity.io/argocd-context` lists them:
 * compact JSON `[{"name":…,"namespace":…}]`; `undefined` when there are none.
 *
 * Taken from the outputs of its steps and from its health checks, each Application once.
 */
export function argocdContext(promotion: Promotion): string | undefined {
  const found = new Map<string, JsonObject>();
  for (const app of [...appsInOutputs(promotion), ...appsInHealthChecks(promotion.status)]) {
    if (!isJsonObject(app) || typeof app['name'] !== 'string' || app['name'] === '') continue;
    const namespace = typeof app['namespace'] === 'string' ? app['namespace'] : undefined;
    const key = `${namespace ?? ''}/${app['name']}`;
    if (!found.has(key))
      found.set(key, { name: app['name'], ...(namespace === undefined ? {} : { namespace }) });
  }
  return found.size === 0 ? undefined : JSON.stringify([...found.values()]);
}

function appsInOutputs(promotion: Promotion): readonly JsonValue[] {
  const state = promotion.status?.state ?? {};
  return promotion.spec.steps.flatMap((step) => {
    const output = applicationSteps.has(step.uses ?? '') ? state[step.as ?? ''] : undefined;
    return isJsonObject(output) ? listIn(output) : [];
  });
}

function appsInHealthChecks(status: PromotionStatus | undefined): readonly JsonValue[] {
  return (status?.healthChecks ?? []).flatMap((check) => listIn(check.config ?? {}));
}

function listIn(object: JsonObject): readonly JsonValue[] {
  const apps = object['apps'];
  return Array.isArray(apps) ? apps : [];
}
