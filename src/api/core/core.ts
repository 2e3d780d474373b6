import type { KubeObject, ResourceType } from '../meta/index.ts';

/** A Namespace. */
export interface Namespace extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: 'Active' | 'Terminating' };
}

/** A Secret; `data` is base64, `stringData` is accepted on write and never answered. */
export interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** A ConfigMap. */
export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** A ServiceAccount. */
export interface ServiceAccount extends KubeObject {
  readonly automountServiceAccountToken?: boolean;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

/** The object that an Event is about. */
export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}

/** An Event of the core group. Times are RFC 3339 in UTC. */
export interface Event extends KubeObject {
  readonly involvedObject: ObjectReference;
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string | null;
  readonly count?: number;
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
  readonly action?: string;
}

/** A Lease; times have microseconds. */
export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** Namespaces in the Kubernetes API. */
export const namespaces: ResourceType<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
};

/** Secrets in the Kubernetes API. */
export const secrets: ResourceType<Secret> = core('Secret', 'secrets');
/** ConfigMaps in the Kubernetes API. */
export const configMaps: ResourceType<ConfigMap> = core('ConfigMap', 'configmaps');
/** ServiceAccounts in the Kubernetes API. */
export const serviceAccounts: ResourceType<ServiceAccount> = core('ServiceAccount', 'serviceaccounts');
/** Events in the Kubernetes API (core group). */
export const events: ResourceType<Event> = core('Event', 'events');

/** Leases in the Kubernetes API. */
export const leases: ResourceType<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

function core<T extends KubeObject>(kind: string, plural: string): ResourceType<T> {
  return { group: '', version: 'v1', kind, plural, namespaced: true };
}
