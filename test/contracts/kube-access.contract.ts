import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namespaces, roleBindings, roles } from '../../src/api/core/index.ts';
import type { KubeObject, ResourceType } from '../../src/api/meta/index.ts';
import { kargoGroup, stages } from '../../src/api/v1alpha1/index.ts';
import { type KubeClient, kubeErrors } from '../../src/kube/index.ts';

/** A cluster that asks roles, and an administrator's client. */
export interface AccessCluster {
  readonly client: KubeClient;
  close(): Promise<void>;
}

const signal = AbortSignal.timeout(60_000);
const namespace = 'gantry-access';
const rbacGroup = 'rbac.authorization.k8s.io';

/** The contract of KubeAccess: what roles grant is allowed, with a verb that no request has. */
export function describeAccess(name: string, start: () => Promise<AccessCluster>): void {
  describe(`kube access: ${name}`, () => {
    let cluster: AccessCluster;
    beforeAll(async () => {
      cluster = await start();
      await ensure(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      const head = (kind: string) => ({
        apiVersion: `${rbacGroup}/v1`,
        kind,
        metadata: { name: 'promoter', namespace },
      });
      await ensure(roles, {
        ...head('Role'),
        rules: [
          { apiGroups: [kargoGroup], resources: ['stages'], resourceNames: ['dev'], verbs: ['promote'] },
        ],
      });
      await ensure(roleBindings, {
        ...head('RoleBinding'),
        roleRef: { apiGroup: rbacGroup, kind: 'Role', name: 'promoter' },
        subjects: [
          { kind: 'User', name: 'ann', apiGroup: rbacGroup },
          { kind: 'Group', name: 'releasers', apiGroup: rbacGroup },
        ],
      });
    });
    afterAll(() => cluster?.close());

    async function ensure<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<void> {
      try {
        await cluster.client.writer.create(type, object, signal);
      } catch (error) {
        if (!kubeErrors.is(error, 'kube.already-exists')) throw error;
      }
    }

    test.each([
      { user: 'ann', groups: [], stage: 'dev', want: true, because: 'she is bound' },
      { user: 'bob', groups: ['releasers'], stage: 'dev', want: true, because: 'his group is bound' },
      { user: 'bob', groups: ['readers'], stage: 'dev', want: false, because: 'nobody has bound him' },
      { user: 'ann', groups: [], stage: 'prod', want: false, because: 'the role names one Stage' },
      { user: 'ann', groups: [], stage: 'dev', verb: 'delete', want: false, because: 'it names one verb' },
      {
        user: 'root',
        groups: ['system:masters'],
        stage: 'prod',
        want: true,
        because: 'they may do everything',
      },
    ])('$user of $groups on $stage: $want, $because', async (row) => {
      const { user: username, groups, stage, verb = 'promote', want } = row;
      // A new binding is known to the server's own authorizer a moment later.
      await expect
        .poll(
          () =>
            cluster.client.access.isAllowed(
              { username, groups, verb, type: stages, key: { namespace, name: stage } },
              signal,
            ),
          { timeout: 10_000 },
        )
        .toBe(want);
    });
  });
}
