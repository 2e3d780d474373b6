import type { JsonObject } from '../../../base/index.ts';
import { type ServerContext, timestamp } from '../context.ts';

const group = 'rbac.authorization.k8s.io';
const bootstrapLabels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const aggregateTo = (name: string): string => `rbac.authorization.k8s.io/aggregate-to-${name}`;
const paths = (...nonResourceURLs: string[]): JsonObject => ({ nonResourceURLs, verbs: ['get'] });
const reading = ['get', 'list', 'watch'];
const writing = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const health = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

interface FirstRole {
  readonly name: string;
  readonly rules: readonly JsonObject[];
  readonly labels?: Readonly<Record<string, string>>;
  /** The role takes the rules of all roles with the label of this name. */
  readonly aggregates?: string;
  /** The groups that it is bound to under its own name. */
  readonly groups?: readonly string[];
}

const roles: readonly FirstRole[] = [
  {
    name: 'cluster-admin',
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
    groups: ['system:masters'],
  },
  {
    name: 'system:discovery',
    rules: [paths('/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...health)],
    groups: ['system:authenticated'],
  },
  {
    name: 'system:public-info-viewer',
    rules: [paths(...health)],
    groups: ['system:authenticated', 'system:unauthenticated'],
  },
  {
    name: 'system:basic-user',
    rules: [
      {
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        verbs: ['create'],
      },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ],
    groups: ['system:authenticated'],
  },
  { name: 'admin', rules: [], aggregates: 'admin' },
  { name: 'edit', rules: [], aggregates: 'edit', labels: { [aggregateTo('admin')]: 'true' } },
  { name: 'view', rules: [], aggregates: 'view', labels: { [aggregateTo('edit')]: 'true' } },
  {
    name: 'system:aggregate-to-admin',
    rules: [
      { apiGroups: [group], resources: ['rolebindings', 'roles'], verbs: [...reading, ...writing] },
      { apiGroups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
    ],
    labels: { [aggregateTo('admin')]: 'true' },
  },
  {
    name: 'system:aggregate-to-edit',
    rules: [
      { apiGroups: [''], resources: ['secrets'], verbs: reading },
      { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
      {
        apiGroups: [''],
        resources: ['configmaps', 'events', 'pods', 'secrets', 'serviceaccounts'],
        verbs: writing,
      },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: writing },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...reading, ...writing] },
    ],
    labels: { [aggregateTo('edit')]: 'true' },
  },
  {
    name: 'system:aggregate-to-view',
    rules: [
      {
        apiGroups: [''],
        resources: ['configmaps', 'events', 'namespaces', 'pods', 'pods/status', 'serviceaccounts'],
        verbs: reading,
      },
      { apiGroups: ['batch'], resources: ['jobs', 'jobs/status'], verbs: reading },
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: reading },
    ],
    labels: { [aggregateTo('view')]: 'true' },
  },
];

/** Writes the roles and bindings that a cluster with role-based authorization is born with, where they are missing. */
export async function createFirstRoles(context: ServerContext): Promise<void> {
  for (const role of roles) {
    await createMissing(context, 'clusterroles', toRole(role));
    if (role.groups !== undefined) {
      await createMissing(context, 'clusterrolebindings', toBinding(role.name, role.groups));
    }
  }
}

function toRole({ name, rules, labels, aggregates }: FirstRole): JsonObject {
  const selector = (label: string): JsonObject => ({ matchLabels: { [aggregateTo(label)]: 'true' } });
  return {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRole',
    metadata: { name, labels: { ...bootstrapLabels, ...labels } },
    ...(aggregates === undefined
      ? {}
      : { aggregationRule: { clusterRoleSelectors: [selector(aggregates)] } }),
    rules,
  };
}

function toBinding(name: string, groups: readonly string[]): JsonObject {
  return {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: bootstrapLabels },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name },
    subjects: groups.map((subject) => ({ apiGroup: group, kind: 'Group', name: subject })),
  };
}

async function createMissing(context: ServerContext, plural: string, object: JsonObject): Promise<void> {
  const metadata = object['metadata'] as JsonObject;
  const key = { resource: `${plural}.${group}`, namespace: '', name: String(metadata['name']) };
  if (context.store.get(key) !== undefined) return;
  const born = { uid: context.random.uuid(), creationTimestamp: timestamp(context.clock) };
  await context.store.put(key, { ...object, metadata: { ...metadata, ...born } }, 0);
}
