import type { KubeObject, ResourceType } from '../meta/index.ts';

const group = 'rbac.authorization.k8s.io';

/** What may be done to what. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Who is bound to a role. */
export interface RbacSubject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

/** The role that a binding is about. */
export interface RoleReference {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

/** A Role. */
export interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[];
}

/** A ClusterRole. */
export interface ClusterRole extends KubeObject {
  readonly rules?: readonly PolicyRule[];
}

/** A RoleBinding. */
export interface RoleBinding extends KubeObject {
  readonly roleRef: RoleReference;
  readonly subjects?: readonly RbacSubject[];
}

/** A ClusterRoleBinding. */
export interface ClusterRoleBinding extends KubeObject {
  readonly roleRef: RoleReference;
  readonly subjects?: readonly RbacSubject[];
}

/** The question whether somebody may do something; the answer is its status. It has no name. */
export interface SubjectAccessReview extends KubeObject {
  readonly spec: {
    readonly resourceAttributes?: {
      readonly namespace?: string;
      readonly verb?: string;
      readonly group?: string;
      readonly version?: string;
      readonly resource?: string;
      readonly subresource?: string;
      readonly name?: string;
    };
    readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
    readonly user?: string;
    readonly groups?: readonly string[];
    readonly uid?: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly status?: {
    readonly allowed: boolean;
    readonly denied?: boolean;
    readonly reason?: string;
    readonly evaluationError?: string;
  };
}

/** Roles in the Kubernetes API. */
export const roles: ResourceType<Role> = {
  group,
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
};

/** ClusterRoles in the Kubernetes API. */
export const clusterRoles: ResourceType<ClusterRole> = {
  group,
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
};

/** RoleBindings in the Kubernetes API. */
export const roleBindings: ResourceType<RoleBinding> = {
  group,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
};

/** ClusterRoleBindings in the Kubernetes API. */
export const clusterRoleBindings: ResourceType<ClusterRoleBinding> = {
  group,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};

/** SubjectAccessReviews in the Kubernetes API; they can only be created. */
export const subjectAccessReviews: ResourceType<SubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};
