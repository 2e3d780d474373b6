import { equalJson, type JsonArray, type JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { listAt, nameOf, objectAt } from '../json-path.ts';
import { matchLabelSelector } from '../selectors.ts';
import { applyObject } from '../write/apply.ts';
import { ownRequest } from './own-request.ts';

/** Where ClusterRoles are stored. */
export const clusterRoles = 'clusterroles.rbac.authorization.k8s.io';
const controller = 'clusterrole-aggregation-controller';

/** Writes into each aggregated ClusterRole the rules of those that it selects. */
export async function aggregateRoles(context: ServerContext): Promise<void> {
  const roles = context.store.list(clusterRoles, undefined).items;
  for (const role of roles) {
    const selectors = listAt(role, 'aggregationRule', 'clusterRoleSelectors');
    if (selectors.length === 0) continue;
    const rules = distinctRules(
      roles.filter(
        (other) =>
          nameOf(other) !== nameOf(role) &&
          selectors.some((selector) =>
            matchLabelSelector(objectAt(selector), objectAt(other, 'metadata', 'labels')),
          ),
      ),
    );
    if (!equalJson(rules, listAt(role, 'rules'))) await writeRules(context, nameOf(role), rules);
  }
}

function distinctRules(roles: readonly JsonObject[]): JsonArray {
  const rules = roles.flatMap((role) => listAt(role, 'rules'));
  return rules.filter((rule, index) => rules.findIndex((other) => equalJson(other, rule)) === index);
}

async function writeRules(context: ServerContext, name: string, rules: JsonArray): Promise<void> {
  const key = { resource: clusterRoles, namespace: '', name };
  const query = `fieldManager=${controller}&force=true`;
  const request = ownRequest(context, key, { verb: 'patch', controller, query });
  // One that is gone must not come back.
  if (request === undefined || context.store.get(key) === undefined) return;
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const configuration = {
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name },
    ...(rules.length === 0 ? {} : { rules }),
  };
  await applyObject(context, request, JSON.stringify(configuration));
}
