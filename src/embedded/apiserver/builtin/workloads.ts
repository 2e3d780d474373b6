import { equalJson, isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { listAt, nameOf, objectAt, textAt, valueAt, withMeta, withValue } from '../json-path.ts';
import type { Resource } from '../resource.ts';
import type { FieldProblem } from '../status.ts';
import { completePodSpec, podSpecProblems, qosClassOf } from './pod-spec.ts';

type Strategy = Required<Pick<Resource, 'defaults' | 'prepare' | 'validate'>>;

const toleration = (key: string): JsonObject => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
});

/** Pods are completed and checked as far as clients look at it, and wait for a node that never comes. */
export const podStrategy: Strategy = {
  defaults: (object) => ({
    ...object,
    spec: completePodSpec({ enableServiceLinks: true, ...objectAt(object, 'spec') }),
  }),
  prepare(object, old) {
    if (old !== undefined) return object;
    const spec = objectAt(object, 'spec');
    const given = listAt(spec, 'tolerations');
    const own = ['not-ready', 'unreachable'].map(toleration);
    const tolerations = [
      ...given,
      ...own.filter((one) => !given.some((other) => objectAt(other)['key'] === one['key'])),
    ];
    return {
      ...object,
      spec: { priority: 0, preemptionPolicy: 'PreemptLowerPriority', ...spec, tolerations },
      status: { phase: 'Pending', qosClass: qosClassOf(spec) },
    };
  },
  validate(object, old) {
    const problems = podSpecProblems(objectAt(object, 'spec'), 'spec');
    if (old === undefined || problems.length > 0) return problems;
    return equalJson(frozenPart(object), frozenPart(old)) ? [] : [podIsFrozen];
  },
};

const podIsFrozen: FieldProblem = {
  field: 'spec',
  reason: 'FieldValueForbidden',
  message:
    'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
};

/** All of a pod's spec that never changes. */
function frozenPart(pod: JsonObject): JsonObject {
  const spec = objectAt(pod, 'spec');
  const withoutImage = (container: JsonValue): JsonValue =>
    isJsonObject(container) ? { ...container, image: null, imagePullPolicy: null } : container;
  return {
    ...spec,
    containers: listAt(spec, 'containers').map(withoutImage),
    initContainers: listAt(spec, 'initContainers').map(withoutImage),
    activeDeadlineSeconds: null,
    tolerations: null,
    terminationGracePeriodSeconds: null,
  };
}

/** All of a job's spec that never changes; where its pods will run may change while it waits. */
function frozenJobPart(job: JsonObject, isWaiting: boolean): Record<string, JsonValue> {
  const at = (member: string): JsonValue => valueAt(job, 'spec', member) ?? null;
  const template = objectAt(job, 'spec', 'template');
  const place = { nodeSelector: null, tolerations: null, affinity: null, schedulingGates: null };
  const part = isWaiting
    ? { ...template, metadata: null, spec: { ...objectAt(template, 'spec'), ...place } }
    : template;
  return {
    completions: at('completions'),
    selector: at('selector'),
    template: part,
    completionMode: at('completionMode'),
  };
}

/** Jobs get their selector and labels, and never start. */
export const jobStrategy: Strategy = {
  defaults(object) {
    const spec = objectAt(object, 'spec');
    const isUncounted = spec['completions'] === undefined && spec['parallelism'] === undefined;
    const template = objectAt(spec, 'template');
    return {
      ...object,
      spec: {
        ...(isUncounted ? { completions: 1 } : {}),
        parallelism: 1,
        backoffLimit: 6,
        manualSelector: false,
        completionMode: 'NonIndexed',
        suspend: false,
        podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
        ...spec,
        template: { ...template, spec: completePodSpec(objectAt(template, 'spec')) },
      },
    };
  },
  prepare(object, old, facts) {
    if (old !== undefined || valueAt(object, 'spec', 'manualSelector') === true) return object;
    const uid = { 'batch.kubernetes.io/controller-uid': facts.uid };
    const labels = {
      ...uid,
      'batch.kubernetes.io/job-name': nameOf(object),
      'controller-uid': facts.uid,
      'job-name': nameOf(object),
    };
    const template = objectAt(object, 'spec', 'template');
    const labeled = withMeta(template, {
      labels: { ...objectAt(template, 'metadata', 'labels'), ...labels },
    });
    const own = { ...objectAt(object, 'metadata', 'labels'), ...labels };
    return withValue(
      withValue(withMeta(object, { labels: own }), ['spec', 'template'], labeled),
      ['spec', 'selector'],
      { matchLabels: uid },
    );
  },
  validate(object, old) {
    const field = 'spec.template.spec';
    const template = objectAt(object, 'spec', 'template', 'spec');
    const problems = podSpecProblems(template, field);
    const policy = textAt(template, 'restartPolicy') ?? '';
    if (policy === 'Always' || policy === '') {
      const message = 'Required value: valid values: "OnFailure", "Never"';
      problems.push({ field: `${field}.restartPolicy`, reason: 'FieldValueRequired', message });
    }
    if (old === undefined) return problems;
    const isWaiting = valueAt(old, 'spec', 'suspend') === true;
    const before = frozenJobPart(old, isWaiting);
    const after = frozenJobPart(object, isWaiting);
    const changed = Object.keys(after).filter(
      (member) => !equalJson(after[member] ?? null, before[member] ?? null),
    );
    const frozen = changed.map((member) => ({
      field: `spec.${member}`,
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(valueAt(object, 'spec', member) ?? null)}: field is immutable`,
    }));
    return [...problems, ...frozen];
  },
};
