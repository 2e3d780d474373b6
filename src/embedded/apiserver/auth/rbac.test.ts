import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../base/index.ts';
import { createMemoryStore } from '../memory-store.ts';
import type { Store } from '../storage.ts';
import type { Attributes } from './attributes.ts';
import { createRbacAuthorizer } from './rbac.ts';

const group = 'rbac.authorization.k8s.io';
const role = (name: string, rules: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  kind: 'ClusterRole',
  metadata: { name, ...more },
  rules,
});
const maps = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] };

const objects: Readonly<Record<string, readonly JsonObject[]>> = {
  clusterroles: [
    role('reader', [maps]),
    role('one', [{ ...maps, resourceNames: ['a'] }]),
    role('status', [{ apiGroups: ['*'], resources: ['*/status'], verbs: ['update'] }]),
    role('paths', [{ nonResourceURLs: ['/metrics', '/debug/*'], verbs: ['get'] }]),
    {
      ...role('whole', [{ ...maps, verbs: ['patch'] }]),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'example.com/in': 'whole' } }] },
    },
  ],
  roles: [
    { kind: 'Role', metadata: { name: 'local', namespace: 'ns' }, rules: [{ ...maps, verbs: ['delete'] }] },
  ],
  clusterrolebindings: [
    bind('all', { kind: 'ClusterRole', name: 'reader' }, [{ kind: 'Group', name: 'readers' }]),
    bind('paths', { kind: 'ClusterRole', name: 'paths' }, [{ kind: 'User', name: 'ann' }]),
    bind('status', { kind: 'ClusterRole', name: 'status' }, [{ kind: 'User', name: 'ann' }]),
    bind('lost', { kind: 'ClusterRole', name: 'gone' }, [{ kind: 'User', name: 'lou' }]),
  ],
  rolebindings: [
    bind('local', { kind: 'Role', name: 'local' }, [{ kind: 'ServiceAccount', name: 'bot' }], 'ns'),
    bind('one', { kind: 'ClusterRole', name: 'one' }, [{ kind: 'User', name: 'ann' }], 'ns'),
    bind('whole', { kind: 'ClusterRole', name: 'whole' }, [{ kind: 'User', name: 'ann' }], 'ns'),
  ],
};

function bind(
  name: string,
  roleRef: JsonObject,
  subjects: readonly JsonObject[],
  namespace?: string,
): JsonObject {
  return { metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, roleRef, subjects };
}

async function createStore(): Promise<Store> {
  const store = createMemoryStore({ historyLength: 10 });
  for (const [plural, list] of Object.entries(objects)) {
    for (const object of list) {
      const { name, namespace = '' } = object['metadata'] as { name: string; namespace?: string };
      await store.put({ resource: `${plural}.${group}`, namespace, name }, object, 0);
    }
  }
  return store;
}

/** "get configmaps/a in ns", "update widgets:status/a in ns", "get /metrics" */
function attributesOf(username: string, groups: readonly string[], text: string): Attributes {
  const user = { username, groups };
  const path = /^(?<verb>\w+) (?<path>\/.*)$/.exec(text)?.groups;
  if (path !== undefined) return { kind: 'path', user, verb: path['verb'] ?? '', path: path['path'] ?? '' };
  const parts = /^(?<verb>\w+) (?<resource>\w+)(?::(?<sub>\w+))?(?:\/(?<name>\w+))?(?: in (?<ns>\w+))?$/.exec(
    text,
  )?.groups;
  return {
    kind: 'resource',
    user,
    verb: parts?.['verb'] ?? '',
    group: '',
    resource: parts?.['resource'] ?? '',
    subresource: parts?.['sub'] ?? '',
    name: parts?.['name'] ?? '',
    namespace: parts?.['ns'] ?? '',
  };
}

const bot = 'system:serviceaccount:ns:bot';
const rows = [
  { who: 'ann', groups: ['system:masters'], what: 'delete nodes/x', want: true, reason: '' },
  {
    who: 'rob',
    groups: ['readers'],
    what: 'list configmaps in other',
    want: true,
    reason: 'RBAC: allowed by ClusterRoleBinding "all" of ClusterRole "reader" to Group "readers"',
  },
  { who: 'rob', groups: ['readers'], what: 'list configmaps', want: true },
  { who: 'rob', groups: ['readers'], what: 'delete configmaps/a in ns', want: false, reason: '' },
  { who: 'rob', groups: ['readers'], what: 'get configmaps:status/a in ns', want: false },
  {
    who: bot,
    what: 'delete configmaps/a in ns',
    want: true,
    reason: 'RBAC: allowed by RoleBinding "local/ns" of Role "local" to ServiceAccount "bot/ns"',
  },
  { who: bot, what: 'delete configmaps/a in other', want: false },
  { who: 'ann', what: 'get configmaps/a in ns', want: true },
  { who: 'ann', what: 'get configmaps/b in ns', want: false },
  { who: 'ann', what: 'list configmaps in ns', want: false },
  { who: 'ann', what: 'patch configmaps/b in ns', want: true },
  { who: 'ann', what: 'update widgets:status/a in ns', want: true },
  { who: 'ann', what: 'update widgets/a in ns', want: false },
  { who: 'ann', what: 'get /metrics', want: true },
  { who: 'ann', what: 'get /debug/x/y', want: true },
  { who: 'ann', what: 'get /metrics/x', want: false },
  { who: 'ann', what: 'post /metrics', want: false },
  {
    who: 'lou',
    what: 'get configmaps/a in ns',
    want: false,
    reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
  },
];

describe('role-based authorization', async () => {
  const authorizer = createRbacAuthorizer(await createStore());
  test.each(rows)('$who: $what → $want', ({ who, groups = [], what, want, reason }) => {
    const decision = authorizer.decide(attributesOf(who, groups, what));
    expect(decision.isAllowed).toBe(want);
    if (reason !== undefined) expect(decision.reason).toBe(reason);
  });
});
