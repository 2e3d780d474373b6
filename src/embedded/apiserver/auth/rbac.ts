import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { listAt, nameOf, namespaceOf, textAt, textsAt } from '../json-path.ts';
import type { User } from '../resource.ts';
import type { Store } from '../storage.ts';
import {
  type Attributes,
  type Authorizer,
  anything,
  anywhere,
  type Decision,
  type RoleReference,
  type Rule,
} from './attributes.ts';

const group = 'rbac.authorization.k8s.io';
/** The group that may do everything, whatever the roles say. */
const masters = 'system:masters';

/** One binding that names the user, with the rules of its role. */
interface Grant {
  readonly reason: string;
  readonly rules: readonly Rule[];
  /** Set when the role does not exist. */
  readonly problem: string | undefined;
}

/** Decides by the Roles, ClusterRoles and bindings in a store, as they are at that moment. */
export function createRbacAuthorizer(store: Store): Authorizer {
  return {
    decide: (attributes) => decide(store, attributes),
    rulesOfRole(ref) {
      const role = findRole(store, ref);
      return role === undefined ? undefined : listAt(role, 'rules').map(toRule);
    },
    rulesOf(user, namespace) {
      if (user.groups.includes(masters)) return [anything, anywhere];
      return [...grantsOf(store, user, namespace)].flatMap((grant) => grant.rules);
    },
  };
}

function decide(store: Store, attributes: Attributes): Decision {
  if (attributes.user.groups.includes(masters)) return { isAllowed: true, reason: '' };
  const namespace = attributes.kind === 'resource' ? attributes.namespace : '';
  const problems: string[] = [];
  for (const grant of grantsOf(store, attributes.user, namespace)) {
    if (grant.problem !== undefined) problems.push(grant.problem);
    if (grant.rules.some((rule) => permits(rule, attributes))) {
      return { isAllowed: true, reason: `RBAC: allowed by ${grant.reason}` };
    }
  }
  if (problems.length === 0) return { isAllowed: false, reason: '' };
  const text = problems.length === 1 ? problems[0] : `[${[...new Set(problems)].join(', ')}]`;
  return { isAllowed: false, reason: `RBAC: ${text}` };
}

function* grantsOf(store: Store, user: User, namespace: string): Iterable<Grant> {
  for (const binding of store.list(`clusterrolebindings.${group}`, undefined).items) {
    const grant = grantOf(store, binding, user);
    if (grant !== undefined) yield grant;
  }
  if (namespace === '') return;
  for (const binding of store.list(`rolebindings.${group}`, namespace).items) {
    const grant = grantOf(store, binding, user);
    if (grant !== undefined) yield grant;
  }
}

function grantOf(store: Store, binding: JsonObject, user: User): Grant | undefined {
  const namespace = namespaceOf(binding) ?? '';
  const subject = listAt(binding, 'subjects').find((candidate) => isSubject(candidate, user, namespace));
  if (subject === undefined) return undefined;
  const kind = textAt(binding, 'roleRef', 'kind') ?? '';
  const name = textAt(binding, 'roleRef', 'name') ?? '';
  const role = findRole(store, { kind, name, namespace });
  const place = namespace === '' ? nameOf(binding) : `${nameOf(binding)}/${namespace}`;
  const bindingKind = namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
  const whom = describeSubject(subject, namespace);
  return {
    reason: `${bindingKind} ${JSON.stringify(place)} of ${kind} ${JSON.stringify(name)} to ${whom}`,
    rules: listAt(role, 'rules').map(toRule),
    problem:
      role === undefined ? `${kind.toLowerCase()}.${group} ${JSON.stringify(name)} not found` : undefined,
  };
}

function isSubject(subject: JsonValue, user: User, namespace: string): boolean {
  const name = textAt(subject, 'name') ?? '';
  switch (textAt(subject, 'kind')) {
    case 'User':
      return user.username === name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const own = textAt(subject, 'namespace') ?? '';
      return user.username === `system:serviceaccount:${own === '' ? namespace : own}:${name}`;
    }
    default:
      return false;
  }
}

function describeSubject(subject: JsonValue, namespace: string): string {
  const kind = textAt(subject, 'kind') ?? '';
  const name = textAt(subject, 'name') ?? '';
  if (kind !== 'ServiceAccount') return `${kind} ${JSON.stringify(name)}`;
  const own = textAt(subject, 'namespace') ?? '';
  return `${kind} ${JSON.stringify(`${name}/${own === '' ? namespace : own}`)}`;
}

function findRole(store: Store, { kind, name, namespace }: RoleReference): JsonObject | undefined {
  if (kind === 'ClusterRole') return store.get({ resource: `clusterroles.${group}`, namespace: '', name });
  return kind === 'Role' ? store.get({ resource: `roles.${group}`, namespace, name }) : undefined;
}

/** A rule of a role as authorization works with it. */
export function toRule(rule: JsonValue): Rule {
  return {
    verbs: textsAt(rule, 'verbs'),
    groups: textsAt(rule, 'apiGroups'),
    resources: textsAt(rule, 'resources'),
    names: textsAt(rule, 'resourceNames'),
    paths: textsAt(rule, 'nonResourceURLs'),
  };
}

const names = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

function permits(rule: Rule, attributes: Attributes): boolean {
  if (!names(rule.verbs, attributes.verb)) return false;
  if (attributes.kind === 'path') return rule.paths.some((path) => isUnder(path, attributes.path));
  if (!names(rule.groups, attributes.group)) return false;
  const { resource, subresource, name } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const isNamed =
    names(rule.resources, full) || (subresource !== '' && rule.resources.includes(`*/${subresource}`));
  return isNamed && (rule.names.length === 0 || rule.names.includes(name));
}

function isUnder(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}
