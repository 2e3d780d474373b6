import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { listAt, objectAt, textAt, valueAt } from '../json-path.ts';
import type { FieldProblem } from '../status.ts';

const fileMode = 420;
const containerLists = ['containers', 'initContainers'] as const;

/** A pod's spec with the defaults of a genuine decoder, as far as they do not depend on a node. */
export function completePodSpec(spec: JsonObject): JsonObject {
  const lists = containerLists.filter((name) => listAt(spec, name).length > 0);
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    ...Object.fromEntries(lists.map((name) => [name, listAt(spec, name).map(completeContainer)])),
    ...(listAt(spec, 'volumes').length === 0 ? {} : { volumes: listAt(spec, 'volumes').map(completeVolume) }),
    ...(textAt(spec, 'serviceAccountName') === undefined
      ? {}
      : { serviceAccount: textAt(spec, 'serviceAccountName') ?? '' }),
  };
}

function completeContainer(given: JsonValue): JsonValue {
  if (!isJsonObject(given)) return given;
  const resources = objectAt(given, 'resources');
  const limits = objectAt(resources, 'limits');
  const requests = { ...limits, ...objectAt(resources, 'requests') };
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isMovingTag(textAt(given, 'image') ?? '') ? 'Always' : 'IfNotPresent',
    ...given,
    resources: Object.keys(requests).length === 0 ? resources : { ...resources, requests },
  };
}

/** "nginx" and "nginx:latest" move; "nginx:1.2" and "nginx@sha256:…" do not. */
function isMovingTag(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = (image.split('/').at(-1) ?? '').split(':')[1];
  return tag === undefined || tag === 'latest';
}

function completeVolume(given: JsonValue): JsonValue {
  if (!isJsonObject(given)) return given;
  const source = ['secret', 'configMap', 'projected', 'downwardAPI'].find((name) =>
    isJsonObject(given[name]),
  );
  if (source !== undefined)
    return { ...given, [source]: { defaultMode: fileMode, ...objectAt(given, source) } };
  return Object.keys(given).length > 1 ? given : { ...given, emptyDir: {} };
}

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** What a pod cannot be run without. */
export function podSpecProblems(spec: JsonObject, field: string): FieldProblem[] {
  const containers = listAt(spec, 'containers');
  if (containers.length === 0) return [required(`${field}.containers`)];
  const problems = containerLists.flatMap((list) =>
    listAt(spec, list).flatMap((container, index) =>
      containerProblems(container, `${field}.${list}[${index}]`, listAt(spec, list).slice(0, index)),
    ),
  );
  const policy = textAt(spec, 'restartPolicy') ?? '';
  const policies = ['Always', 'OnFailure', 'Never'];
  if (policies.includes(policy)) return problems;
  const values = policies.map((name) => `"${name}"`).join(', ');
  const message = `Unsupported value: "${policy}": supported values: ${values}`;
  return [...problems, { field: `${field}.restartPolicy`, reason: 'FieldValueNotSupported', message }];
}

function containerProblems(
  container: JsonValue,
  field: string,
  before: readonly JsonValue[],
): FieldProblem[] {
  const name = textAt(container, 'name') ?? '';
  const problems: FieldProblem[] = [];
  if (name === '') problems.push(required(`${field}.name`));
  else if (!label.test(name)) {
    const message = `Invalid value: "${name}": ${labelRule}`;
    problems.push({ field: `${field}.name`, reason: 'FieldValueInvalid', message });
  } else if (before.some((other) => textAt(other, 'name') === name)) {
    const message = `Duplicate value: "${name}"`;
    problems.push({ field: `${field}.name`, reason: 'FieldValueDuplicate', message });
  }
  if ((textAt(container, 'image') ?? '') === '') problems.push(required(`${field}.image`));
  return problems;
}

const required = (field: string): FieldProblem => ({
  field,
  reason: 'FieldValueRequired',
  message: 'Required value',
});

/** The class of service by which a node would choose whom to stop first. */
export function qosClassOf(spec: JsonObject): string {
  const resources = containerLists.flatMap((list) =>
    listAt(spec, list).map((container) => objectAt(container, 'resources')),
  );
  const isEmpty = (one: JsonObject): boolean =>
    Object.keys(objectAt(one, 'limits')).length + Object.keys(objectAt(one, 'requests')).length === 0;
  if (resources.every(isEmpty)) return 'BestEffort';
  const isGuaranteed = resources.every((one) =>
    ['cpu', 'memory'].every((name) => {
      const limit = valueAt(one, 'limits', name);
      return limit !== undefined && limit === valueAt(one, 'requests', name);
    }),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
