import type { JsonObject } from '../../../base/index.ts';
import {
  anything,
  atomic,
  bool,
  integer,
  kindSchema,
  list,
  listMap,
  map,
  mergedList,
  object,
  oneOf,
  openObject,
  text,
  time,
} from './schema-forms.ts';

const objectReference = atomic(
  object('Refers to an object.', {
    apiVersion: text('API version of the referent.'),
    kind: text('Kind of the referent.'),
    namespace: text('Namespace of the referent.'),
    name: text('Name of the referent.'),
    uid: text('UID of the referent.'),
    resourceVersion: text('Version to which this reference is made.'),
    fieldPath: text('Refers to a piece of an object.'),
  }),
);
const localReference = atomic(
  object('Refers to an object in the same namespace.', { name: text('Its name.') }),
);
const labelSelector = atomic(
  object('A label query.', {
    matchLabels: map('Pairs of label and value, all of which must hold.', { type: 'string' }),
    matchExpressions: list(
      'Requirements, all of which must hold.',
      object('A requirement.', {
        key: text('The label.'),
        operator: text('In, NotIn, Exists or DoesNotExist.'),
        values: list('The values compared with.', { type: 'string' }),
      }),
    ),
  }),
);
const condition = object('A condition.', {
  type: text('Type of the condition.'),
  status: text('True, False or Unknown.'),
  reason: text('One word that says why.'),
  message: text('A sentence for people.'),
  lastTransitionTime: time('When the status last changed.'),
  observedGeneration: integer('The generation that was looked at.'),
});

const containers = (description: string): JsonObject =>
  mergedList(
    description,
    'name',
    openObject('A container.', {
      env: mergedList('Environment variables.', 'name', anything('A variable.')),
      ports: {
        ...list('Ports.', openObject('A port.', { protocol: { ...text('TCP or UDP.'), default: 'TCP' } })),
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
      },
      volumeMounts: mergedList('Mounts.', 'mountPath', anything('A mount.')),
    }),
  );
const podSpec = openObject('The desired state.', {
  containers: containers('The containers.'),
  initContainers: containers('Run before the containers.'),
  volumes: mergedList('Volumes.', 'name', anything('A volume.')),
  imagePullSecrets: mergedList('Secrets for pulling images.', 'name', localReference),
});

/** The schemas of the core group's kinds that are served. */
export const coreSchemas: Readonly<Record<string, JsonObject>> = {
  Namespace: kindSchema('Namespace provides a scope for names.', {
    spec: object('The desired state.', {
      finalizers: list('Must be empty before the namespace goes.', { type: 'string' }),
    }),
    status: object('The observed state.', {
      phase: text('Active or Terminating.'),
      conditions: mergedList('The latest observations.', 'type', condition),
    }),
  }),
  Secret: kindSchema('Secret holds secret data of a certain type.', {
    data: map('The secret data, in base64.', { type: 'string', format: 'byte' }),
    stringData: map('Secret data as text; write only, merged into data.', { type: 'string' }),
    type: text('Facilitates programmatic handling of secret data.'),
    immutable: bool('If true, the data cannot be changed.'),
  }),
  ConfigMap: kindSchema('ConfigMap holds configuration data.', {
    data: map('The configuration data, as text.', { type: 'string' }),
    binaryData: map('The configuration data, in base64.', { type: 'string', format: 'byte' }),
    immutable: bool('If true, the data cannot be changed.'),
  }),
  ServiceAccount: kindSchema('ServiceAccount is an identity for processes.', {
    secrets: mergedList('Secrets that pods may use.', 'name', objectReference),
    imagePullSecrets: list('Secrets for pulling images.', localReference),
    automountServiceAccountToken: bool('Is a token mounted into pods?'),
  }),
  Event: kindSchema('Event is a report of an event somewhere.', {
    involvedObject: objectReference,
    reason: text('Why it happened, one word.'),
    message: text('What happened, for people.'),
    source: object('Who reports it.', { component: text('The component.'), host: text('The node.') }),
    firstTimestamp: time('When it was first recorded.'),
    lastTimestamp: time('When it was last recorded.'),
    count: integer('How often it has occurred.'),
    type: text('Normal or Warning.'),
    eventTime: time('When it was first observed.'),
    series: object('The series it belongs to.', {
      count: integer('How many so far.'),
      lastObservedTime: time('When the last was observed.'),
    }),
    action: text('What was done or failed.'),
    related: objectReference,
    reportingComponent: text('The controller that reports it.'),
    reportingInstance: text('The instance of that controller.'),
  }),
  Pod: kindSchema('Pod is a group of containers. It is stored here and run by nobody.', {
    spec: podSpec,
    status: openObject('The observed state.', {
      conditions: mergedList('The latest observations.', 'type', anything('A condition.')),
    }),
  }),
};

/** The schema of batch's Job. */
export const jobSchema: JsonObject = kindSchema(
  'Job is a task that ends. It is stored here and run by nobody.',
  {
    spec: openObject('The desired state.', {
      parallelism: integer('How many pods run at once.'),
      completions: integer('How many pods have to succeed.'),
      backoffLimit: integer('How many may fail.'),
      activeDeadlineSeconds: integer('How long it may take.'),
      ttlSecondsAfterFinished: integer('How long it stays.'),
      suspend: bool('Does it wait?'),
      template: openObject('The pod.', { spec: podSpec }),
    }),
    status: openObject('The observed state.', {
      active: integer('Pods that run.'),
      succeeded: integer('Pods that have succeeded.'),
      failed: integer('Pods that have failed.'),
      startTime: time('When it was started.'),
      completionTime: time('When it was done.'),
      conditions: mergedList('The latest observations.', 'type', condition),
    }),
  },
);

const subject = atomic(
  object('Whom the binding is for.', {
    kind: text('User, Group or ServiceAccount.'),
    apiGroup: text('The API group of the subject.'),
    name: text('Its name.'),
    namespace: text('Its namespace.'),
  }),
);
const policyRule = object('What may be done to what.', {
  verbs: list('What may be done.', { type: 'string' }),
  apiGroups: list('The groups of the resources.', { type: 'string' }),
  resources: list('The resources.', { type: 'string' }),
  resourceNames: list('Only objects of these names.', { type: 'string' }),
  nonResourceURLs: list('Paths outside of resources.', { type: 'string' }),
});
const roleRef = atomic(
  object('The role that is granted.', {
    apiGroup: text('The API group of the role.'),
    kind: text('Role or ClusterRole.'),
    name: text('Its name.'),
  }),
);

/** The schemas of rbac.authorization.k8s.io. */
export const rbacSchemas: Readonly<Record<string, JsonObject>> = {
  Role: kindSchema('Role is a set of rules in a namespace.', { rules: list('The rules.', policyRule) }),
  RoleBinding: kindSchema('RoleBinding grants a role in a namespace.', {
    subjects: list('Who gets it.', subject),
    roleRef,
  }),
  ClusterRole: kindSchema('ClusterRole is a set of rules.', {
    rules: list('The rules.', policyRule),
    aggregationRule: object('How to build the rules from other roles.', {
      clusterRoleSelectors: list('Selects them.', labelSelector),
    }),
  }),
  ClusterRoleBinding: kindSchema('ClusterRoleBinding grants a role everywhere.', {
    subjects: list('Who gets it.', subject),
    roleRef,
  }),
};

/** The schema of coordination.k8s.io's Lease. */
export const leaseSchema: JsonObject = kindSchema('Lease is a claim that has to be renewed.', {
  spec: object('The claim.', {
    holderIdentity: text('Who holds it.'),
    leaseDurationSeconds: integer('How long it holds without renewal.'),
    acquireTime: time('When it was acquired.'),
    renewTime: time('When it was last renewed.'),
    leaseTransitions: integer('How often the holder has changed.'),
    strategy: text('How the holder is chosen.'),
    preferredHolder: text('Who should hold it.'),
  }),
});

const webhookRule = object('Operations and resources.', {
  operations: list('CREATE, UPDATE, DELETE, CONNECT or *.', { type: 'string' }),
  apiGroups: list('API groups or *.', { type: 'string' }),
  apiVersions: list('API versions or *.', { type: 'string' }),
  resources: list('Resources, with sub-resource, or *.', { type: 'string' }),
  scope: oneOf('Which scope.', ['Cluster', 'Namespaced', '*']),
});
const webhook = object(
  'A webhook.',
  {
    name: text('Its full name.'),
    clientConfig: object('How to reach it.', {
      url: text('Its address.'),
      caBundle: { type: 'string', format: 'byte', description: 'The CA, PEM in base64.' },
      service: object('A service in the cluster.', {
        namespace: text('Its namespace.'),
        name: text('Its name.'),
        path: text('The path.'),
        port: integer('The port.'),
      }),
    }),
    rules: list('What it is called for.', webhookRule),
    failurePolicy: oneOf('What happens when it cannot be reached.', ['Ignore', 'Fail']),
    matchPolicy: oneOf('How rules match other versions.', ['Exact', 'Equivalent']),
    namespaceSelector: labelSelector,
    objectSelector: labelSelector,
    sideEffects: text('None or NoneOnDryRun.'),
    timeoutSeconds: integer('1 to 30; 10 by default.'),
    admissionReviewVersions: list('Versions it understands.', { type: 'string' }),
    reinvocationPolicy: text('Never or IfNeeded.'),
    matchConditions: list(
      'CEL conditions.',
      object('A condition.', { name: text('Its name.'), expression: text('CEL.') }),
    ),
  },
  ['name', 'clientConfig'],
);

/** The schemas of admissionregistration.k8s.io that are served. */
export const admissionSchemas: Readonly<Record<string, JsonObject>> = {
  MutatingWebhookConfiguration: kindSchema('Registers webhooks that may change objects.', {
    webhooks: listMap('The webhooks, in their order.', ['name'], webhook),
  }),
  ValidatingWebhookConfiguration: kindSchema('Registers webhooks that accept or reject objects.', {
    webhooks: listMap('The webhooks.', ['name'], webhook),
  }),
};

/** The schema of apiextensions.k8s.io's CustomResourceDefinition. */
export const crdSchema: JsonObject = kindSchema('CustomResourceDefinition serves a kind of its own.', {
  spec: object(
    'What is served.',
    {
      group: text('The API group.'),
      names: object(
        'The names.',
        {
          plural: text('As in paths.'),
          singular: text('For the command line.'),
          kind: text('As in manifests.'),
          listKind: text('The kind of lists.'),
          shortNames: list('For the command line.', { type: 'string' }),
          categories: list('Groups of kinds, as in "all".', { type: 'string' }),
        },
        ['plural', 'kind'],
      ),
      scope: oneOf('Where objects live.', ['Cluster', 'Namespaced']),
      versions: list(
        'The versions.',
        object(
          'A version.',
          {
            name: text('As in v1.'),
            served: bool('Is it served?'),
            storage: bool('Is it the one that is stored?'),
            deprecated: bool('Is it deprecated?'),
            deprecationWarning: text('What users are told.'),
            schema: object('The schema.', { openAPIV3Schema: anything('A structural schema.') }),
            subresources: object('Sub-resources.', {
              status: anything('Serves /status.'),
              scale: anything('Serves /scale.'),
            }),
            additionalPrinterColumns: list(
              'Columns of tables.',
              object(
                'A column.',
                {
                  name: text('Its title.'),
                  type: text('Its type.'),
                  format: text('Its format.'),
                  description: text('What it shows.'),
                  priority: integer('More than 0: only when there is room.'),
                  jsonPath: text('Where the value is.'),
                },
                ['name', 'type', 'jsonPath'],
              ),
            ),
            selectableFields: list(
              'Fields for field selectors.',
              object('A field.', { jsonPath: text('Where the value is.') }, ['jsonPath']),
            ),
          },
          ['name', 'served', 'storage'],
        ),
      ),
      conversion: anything('How versions are converted.'),
      preserveUnknownFields: bool('Must be false.'),
    },
    ['group', 'names', 'scope', 'versions'],
  ),
  status: anything('What the server has made of it.'),
});

const review = (description: string): JsonObject =>
  kindSchema(description, { spec: anything('What is asked.'), status: anything('The answer.') });

/** The schemas of authorization.k8s.io and authentication.k8s.io that are served. */
export const reviewSchemas: Readonly<Record<string, JsonObject>> = {
  SelfSubjectAccessReview: review('Asks whether the current user may do something.'),
  SubjectAccessReview: review('Asks whether a user may do something.'),
  LocalSubjectAccessReview: review('Asks whether a user may do something in a namespace.'),
  SelfSubjectRulesReview: review('Asks what the current user may do in a namespace.'),
  SelfSubjectReview: review('Asks who the current user is.'),
  TokenReview: review('Asks whose a token is.'),
};
