import { equalJson } from '../../../base/index.ts';
import { listAt, nameOf, textAt, valueAt } from '../json-path.ts';
import type { PermissionFacts, Resource, User } from '../resource.ts';
import { forbidden, notFound, type Subject } from '../status.ts';
import { anything, anywhere, type ResourceAttributes, type Rule } from './attributes.ts';
import { toRule } from './rbac.ts';
import { coversRule, showRule, singleRules } from './rule-cover.ts';

const group = 'rbac.authorization.k8s.io';

type AssertPermitted = NonNullable<Resource['assertPermitted']>;

/**
 * Nobody writes a role that grants more than he may do himself, unless he may "escalate" it; who says which other roles
 * are taken in says everything.
 */
export const assertRoleWithin =
  (plural: 'roles' | 'clusterroles'): AssertPermitted =>
  (object, old, facts) => {
    const same = (member: string): boolean => equalJson(old?.[member] ?? null, object[member] ?? null);
    if (old !== undefined && same('rules') && same('aggregationRule')) return;
    const subject = { group, kind: '', plural };
    if (mayDo(facts, 'escalate', { resource: plural, name: nameOf(object) })) return;
    const wanted = listAt(object, 'rules').map(toRule);
    const isAggregating = valueAt(object, 'aggregationRule') !== undefined && !same('aggregationRule');
    const all = isAggregating ? [...wanted, anything, anywhere] : wanted;
    assertHeld(all, facts, { subject, name: nameOf(object) });
  };

/** Nobody grants a role that allows more than he may do himself, unless he may "bind" it. */
export const assertBindingWithin =
  (plural: 'rolebindings' | 'clusterrolebindings'): AssertPermitted =>
  (object, old, facts) => {
    const same = (member: string): boolean => equalJson(old?.[member] ?? null, object[member] ?? null);
    if (old !== undefined && same('roleRef') && same('subjects')) return;
    const kind = textAt(object, 'roleRef', 'kind') ?? '';
    const name = textAt(object, 'roleRef', 'name') ?? '';
    const subject = { group, kind: '', plural };
    if (mayDo(facts, 'bind', { resource: kind === 'Role' ? 'roles' : 'clusterroles', name })) return;
    const rules = facts.authorizer.rulesOfRole({ kind, name, namespace: facts.namespace });
    // The genuine server names the binding's resource here, not the role's.
    if (rules === undefined) throw notFound(subject, name);
    assertHeld(rules, facts, { subject, name: nameOf(object) });
  };

function mayDo(
  { user, namespace, authorizer }: PermissionFacts,
  verb: string,
  what: Pick<ResourceAttributes, 'resource' | 'name'>,
): boolean {
  const attributes = { kind: 'resource', user, verb, group, subresource: '', namespace, ...what } as const;
  return authorizer.decide(attributes).isAllowed;
}

function assertHeld(
  wanted: readonly Rule[],
  { user, namespace, authorizer }: PermissionFacts,
  { subject, name }: { readonly subject: Subject; readonly name: string },
): void {
  const held = authorizer.rulesOf(user, namespace);
  const missing = wanted.flatMap(singleRules).filter((rule) => !held.some((own) => coversRule(own, rule)));
  if (missing.length === 0) return;
  const list = compact(missing).map(showRule).sort().join('\n');
  const who = `user ${JSON.stringify(user.username)} (groups=${showGroups(user)})`;
  throw forbidden(
    subject,
    name,
    `${who} is attempting to grant RBAC permissions not currently held:\n${list}`,
  );
}

const showGroups = ({ groups }: User): string => `[${groups.map((one) => JSON.stringify(one)).join(' ')}]`;

/** One rule for each resource, with all the verbs. */
function compact(rules: readonly Rule[]): readonly Rule[] {
  const known = new Map<string, Rule>();
  for (const rule of rules) {
    const { verbs, ...rest } = rule;
    const key = JSON.stringify(rest);
    const before = known.get(key)?.verbs ?? [];
    known.set(key, { ...rest, verbs: [...new Set([...before, ...verbs])] });
  }
  return [...known.values()];
}
