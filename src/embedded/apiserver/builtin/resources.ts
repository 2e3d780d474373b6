import type { JsonObject } from '../../../base/index.ts';
import { assertBindingWithin, assertRoleWithin } from '../auth/index.ts';
import { crdStrategy } from '../crd/strategy.ts';
import { type Resource, storedVerbs } from '../resource.ts';
import { qualified } from '../status.ts';
import { ageColumn, builtinColumns, nameColumn } from './columns.ts';
import { emptyEvent, eventsView, validateEvent } from './events-view.ts';
import {
  completeSecret,
  completeWebhooks,
  labelNamespace,
  prepareNamespace,
  validateConfigMap,
  validateSecret,
  validateWebhooks,
} from './prepare.ts';
import { completeBinding, validateBinding, validateRole } from './rbac-kinds.ts';
import {
  reviewAccess,
  reviewLocalAccess,
  reviewOwnAccess,
  reviewRules,
  reviewSelf,
  reviewToken,
} from './reviews.ts';
import {
  admissionSchemas,
  coreSchemas,
  crdSchema,
  jobSchema,
  leaseSchema,
  rbacSchemas,
  reviewSchemas,
} from './schemas.ts';
import { jobStrategy, podStrategy } from './workloads.ts';

interface Given extends Partial<Resource> {
  readonly kind: string;
  readonly plural: string;
}

function resource(group: string, version: string, given: Given): Resource {
  return {
    group,
    version,
    listKind: `${given.kind}List`,
    singular: given.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    storage: qualified(given.plural, group),
    verbs: storedVerbs,
    hasStatus: false,
    custom: false,
    schema: undefined,
    counted: false,
    unconditionalUpdate: true,
    columns: builtinColumns[given.kind] ?? [nameColumn, ageColumn],
    selectable: {},
    ...given,
  };
}

const role = (kind: string, plural: 'roles' | 'clusterroles', namespaced: boolean): Resource =>
  resource('rbac.authorization.k8s.io', 'v1', {
    kind,
    plural,
    namespaced,
    schema: rbacSchemas[kind],
    assertPermitted: assertRoleWithin(plural),
    validate: validateRole(namespaced),
  });

const binding = (
  kind: string,
  plural: 'rolebindings' | 'clusterrolebindings',
  namespaced: boolean,
): Resource =>
  resource('rbac.authorization.k8s.io', 'v1', {
    kind,
    plural,
    namespaced,
    schema: rbacSchemas[kind],
    defaults: completeBinding,
    assertPermitted: assertBindingWithin(plural),
    validate: validateBinding(namespaced),
  });

const review = (
  group: string,
  kind: string,
  answer: NonNullable<Resource['review']>,
  namespaced = false,
): Resource =>
  resource(group, 'v1', {
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced,
    verbs: ['create'],
    schema: reviewSchemas[kind],
    review: answer,
  });

const eventFields: Readonly<Record<string, readonly string[]>> = Object.fromEntries([
  ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((name) => [
    `involvedObject.${name}`,
    ['involvedObject', name],
  ]),
  ['reason', ['reason']],
  ['type', ['type']],
  ['source', ['source', 'component']],
  ['reportingComponent', ['reportingComponent']],
]);

const regardingFields: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(eventFields).map(([name, path]) => [name.replace('involvedObject', 'regarding'), path]),
);

const eventsV1Schema: JsonObject = {
  ...coreSchemas['Event'],
  properties: eventsView.read(coreSchemas['Event']?.['properties'] as JsonObject),
};

const webhooks = (kind: string, mutating: boolean): Resource =>
  resource('admissionregistration.k8s.io', 'v1', {
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced: false,
    categories: ['api-extensions'],
    counted: true,
    schema: admissionSchemas[kind],
    defaults: completeWebhooks(mutating),
    validate: validateWebhooks,
  });

/** Everything the server serves without any CustomResourceDefinition, in the order of discovery. */
export const builtinResources: readonly Resource[] = [
  resource('', 'v1', {
    kind: 'ConfigMap',
    plural: 'configmaps',
    shortNames: ['cm'],
    schema: coreSchemas['ConfigMap'],
    validate: validateConfigMap,
  }),
  resource('', 'v1', {
    kind: 'Event',
    plural: 'events',
    shortNames: ['ev'],
    schema: coreSchemas['Event'],
    empty: emptyEvent,
    selectable: eventFields,
  }),
  resource('', 'v1', {
    kind: 'Namespace',
    plural: 'namespaces',
    shortNames: ['ns'],
    namespaced: false,
    verbs: storedVerbs.filter((verb) => verb !== 'deletecollection'),
    hasStatus: true,
    schema: coreSchemas['Namespace'],
    selectable: { 'status.phase': ['status', 'phase'] },
    defaults: labelNamespace,
    prepare: prepareNamespace,
  }),
  resource('', 'v1', {
    kind: 'Pod',
    plural: 'pods',
    shortNames: ['po'],
    categories: ['all'],
    hasStatus: true,
    schema: coreSchemas['Pod'],
    selectable: { 'spec.nodeName': ['spec', 'nodeName'], 'status.phase': ['status', 'phase'] },
    counted: true,
    empty: { spec: { containers: null } },
    answersDeleted: true,
    ...podStrategy,
  }),
  resource('', 'v1', {
    kind: 'Secret',
    plural: 'secrets',
    schema: coreSchemas['Secret'],
    selectable: { type: ['type'] },
    defaults: completeSecret,
    validate: validateSecret,
  }),
  resource('', 'v1', {
    kind: 'ServiceAccount',
    plural: 'serviceaccounts',
    shortNames: ['sa'],
    schema: coreSchemas['ServiceAccount'],
  }),
  webhooks('MutatingWebhookConfiguration', true),
  webhooks('ValidatingWebhookConfiguration', false),
  resource('apiextensions.k8s.io', 'v1', {
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    namespaced: false,
    hasStatus: true,
    counted: true,
    schema: crdSchema,
    ...crdStrategy,
  }),
  review('authentication.k8s.io', 'SelfSubjectReview', reviewSelf),
  review('authentication.k8s.io', 'TokenReview', reviewToken),
  review('authorization.k8s.io', 'LocalSubjectAccessReview', reviewLocalAccess, true),
  review('authorization.k8s.io', 'SelfSubjectAccessReview', reviewOwnAccess),
  review('authorization.k8s.io', 'SelfSubjectRulesReview', reviewRules),
  review('authorization.k8s.io', 'SubjectAccessReview', reviewAccess),
  resource('batch', 'v1', {
    kind: 'Job',
    plural: 'jobs',
    categories: ['all'],
    hasStatus: true,
    counted: true,
    schema: jobSchema,
    selectable: { 'status.successful': ['status', 'succeeded'] },
    defaultPropagation: 'Orphan',
    empty: { spec: { template: { spec: { containers: null } } } },
    ...jobStrategy,
  }),
  resource('coordination.k8s.io', 'v1', {
    kind: 'Lease',
    plural: 'leases',
    schema: leaseSchema,
    empty: { spec: {} },
  }),
  resource('events.k8s.io', 'v1', {
    kind: 'Event',
    plural: 'events',
    shortNames: ['ev'],
    storage: 'events',
    schema: eventsV1Schema,
    empty: eventsView.read(emptyEvent),
    selectable: regardingFields,
    view: eventsView,
    validate: validateEvent,
  }),
  binding('ClusterRoleBinding', 'clusterrolebindings', false),
  role('ClusterRole', 'clusterroles', false),
  binding('RoleBinding', 'rolebindings', true),
  role('Role', 'roles', true),
];
