import { equalJson, type JsonObject, type JsonValue } from '../../../base/index.ts';
import type { Random } from '../../../ports/index.ts';
import { whyNoVersion } from '../http/query.ts';
import { listAt, nameOf, namespaceOf, objectAt, textAt, textsAt, withMeta } from '../json-path.ts';
import type { ResourceRequest } from '../request.ts';
import { badRequest, conflict, type FieldProblem, failure, invalid, modifiedMessage } from '../status.ts';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const maxGeneratedBase = 58;
// "my-name.v1": what most kinds allow
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const qualifiedName =
  /^(?:(?<prefix>[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)\/)?(?<name>[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;
const labelText = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const maxAnnotationBytes = 256 * 1024;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** Members that metadata has; others are unknown fields. */
export const metadataMembers: readonly string[] = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** The name for an object without one, from its `generateName`. */
export function generateName(base: string, random: Random): string {
  let suffix = '';
  for (let index = 0; index < 5; index += 1) {
    suffix += alphabet[Math.floor(random.next() * alphabet.length)] ?? 'x';
  }
  return base.slice(0, maxGeneratedBase) + suffix;
}

/** What a client sends for the server's own members does not count. */
export function wipeSystemFields(object: JsonObject): JsonObject {
  return withMeta(object, {
    uid: undefined,
    creationTimestamp: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    generation: undefined,
    selfLink: undefined,
    managedFields: undefined,
  });
}

/** Sets the namespace from the path; another one in the body is a 400 Status. */
export function matchNamespace(object: JsonObject, request: ResourceRequest): JsonObject {
  const given = namespaceOf(object) ?? '';
  const wanted = request.resource.namespaced ? (request.namespace ?? '') : '';
  if (!request.resource.namespaced) {
    return given === '' ? withMeta(object, { namespace: undefined }) : wrongNamespace();
  }
  if (given !== '' && given !== wanted) return wrongNamespace();
  return withMeta(object, { namespace: wanted });
}

function wrongNamespace(): never {
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** Checks name, uid and version of an update against what is stored, and keeps what a client cannot change. */
export function matchStored(object: JsonObject, old: JsonObject, request: ResourceRequest): JsonObject {
  const name = request.name ?? '';
  const given = nameOf(object);
  if (given !== '' && given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
  const uid = textAt(object, 'metadata', 'uid') ?? '';
  const oldUid = textAt(old, 'metadata', 'uid') ?? '';
  const isPatch = request.verb === 'patch';
  // The status of a custom resource is taken out of the patched object, and nothing else is looked at.
  const isIgnored = isPatch && request.resource.custom && request.subresource === 'status';
  if (uid !== '' && uid !== oldUid && isPatch && !isIgnored) {
    const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
    throw invalid(request.resource, name, [problem('metadata.uid', 'FieldValueInvalid', message)]);
  }
  if (uid !== '' && uid !== oldUid && !isPatch) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${oldUid}`;
    throw conflict(request.resource, name, why);
  }
  const version = textAt(object, 'metadata', 'resourceVersion') ?? '';
  const whyNot = version === '' ? undefined : whyNoVersion(version);
  if (whyNot !== undefined) throw failure(500, '', whyNot);
  if (version !== '' && version !== '0' && version !== textAt(old, 'metadata', 'resourceVersion')) {
    throw conflict(request.resource, name, modifiedMessage);
  }
  const kept = objectAt(old, 'metadata');
  return withMeta(object, {
    name,
    uid: kept['uid'],
    generateName: kept['generateName'],
    creationTimestamp: kept['creationTimestamp'],
    deletionTimestamp: kept['deletionTimestamp'],
    deletionGracePeriodSeconds: kept['deletionGracePeriodSeconds'],
    generation: kept['generation'],
    resourceVersion: kept['resourceVersion'],
    selfLink: undefined,
  });
}

/** Rules that all objects share: names, labels, annotations, owners, finalizers. */
export function metadataProblems(
  object: JsonObject,
  old: JsonObject | undefined,
  request: ResourceRequest,
): readonly FieldProblem[] {
  const metadata = objectAt(object, 'metadata');
  return [
    ...(old === undefined ? nameProblems(nameOf(object), request) : []),
    ...labelProblems(metadata['labels']),
    ...annotationProblems(metadata['annotations']),
    ...ownerProblems(object),
    ...finalizerProblems(object, old),
    ...(isLenient(request) ? [] : shortFinalizerProblems(object)),
  ];
}

const problem = (field: string, reason: string, message: string): FieldProblem => ({
  field,
  reason,
  message,
});

function nameProblems(name: string, request: ResourceRequest): FieldProblem[] {
  if (name === '') {
    const text = 'Required value: name or generateName is required';
    return [problem('metadata.name', 'FieldValueRequired', text)];
  }
  const { group, plural } = request.resource;
  const wrong = (rule: string): FieldProblem =>
    problem('metadata.name', 'FieldValueInvalid', `Invalid value: "${name}": ${rule}`);
  if (group === 'rbac.authorization.k8s.io') {
    return /[/%]/.test(name) || name === '.' || name === '..' ? [wrong("may not contain '/' or '%'")] : [];
  }
  const isLabel = group === '' && plural === 'namespaces';
  const limit = isLabel ? 63 : 253;
  const problems = name.length > limit ? [wrong(`must be no more than ${limit} characters`)] : [];
  if (isLabel && subdomain.test(name) && name.includes('.')) problems.push(wrong('must not contain dots'));
  else if (!(isLabel ? label : subdomain).test(name)) {
    problems.push(wrong(isLabel ? labelRule : subdomainRule));
  }
  return problems;
}

function isQualified(key: string): boolean {
  const found = qualifiedName.exec(key)?.groups;
  return found !== undefined && (found['name'] ?? '').length <= 63 && (found['prefix'] ?? '').length <= 253;
}

function keyProblem(field: string, key: string): FieldProblem {
  const rule =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  return problem(field, 'FieldValueInvalid', `Invalid value: "${key}": ${rule}`);
}

function labelProblems(labels: JsonValue | undefined): FieldProblem[] {
  return Object.entries(objectAt(labels)).flatMap(([key, value]) => {
    const problems = isQualified(key) ? [] : [keyProblem('metadata.labels', key)];
    const text = String(value);
    if (text.length > 63) {
      const rule = `Invalid value: "${text}": must be no more than 63 characters`;
      problems.push(problem('metadata.labels', 'FieldValueInvalid', rule));
    }
    if (!labelText.test(text)) {
      const rule = `Invalid value: "${text}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`;
      problems.push(problem('metadata.labels', 'FieldValueInvalid', rule));
    }
    return problems;
  });
}

function annotationProblems(annotations: JsonValue | undefined): FieldProblem[] {
  const entries = Object.entries(objectAt(annotations));
  const problems = entries
    .filter(([key]) => !isQualified(key.toLowerCase()))
    .map(([key]) => keyProblem('metadata.annotations', key));
  const bytes = entries.reduce((sum, [key, value]) => sum + key.length + Buffer.byteLength(String(value)), 0);
  if (bytes > maxAnnotationBytes) {
    const text = `Too long: may not be more than ${maxAnnotationBytes} bytes`;
    problems.push(problem('metadata.annotations', 'FieldValueTooLong', text));
  }
  return problems;
}

function ownerProblems(object: JsonObject): FieldProblem[] {
  const owners = listAt(object, 'metadata', 'ownerReferences');
  const problems = owners.flatMap((owner, index) =>
    ['apiVersion', 'kind', 'name', 'uid']
      .filter((member) => (textAt(owner, member) ?? '') === '')
      .map((member) => {
        const field = `metadata.ownerReferences[${index}].${member}`;
        return problem(field, 'FieldValueInvalid', 'Invalid value: "": must not be empty');
      }),
  );
  const controllers = owners.filter((owner) => objectAt(owner)['controller'] === true);
  if (controllers.length > 1) {
    const text = `Invalid value: "": Only one reference can have Controller set to true. Found "true" in references for ${textAt(controllers[0], 'kind')}/${textAt(controllers[0], 'name')} and ${textAt(controllers[1], 'kind')}/${textAt(controllers[1], 'name')}`;
    problems.push(problem('metadata.ownerReferences', 'FieldValueInvalid', text));
  }
  return problems;
}

function isLenient({ resource }: ResourceRequest): boolean {
  return resource.custom || resource.group === 'apiextensions.k8s.io';
}

/** Kinds of Kubernetes itself take finalizers without a domain only when they are its own. */
function shortFinalizerProblems(object: JsonObject): FieldProblem[] {
  const known = ['kubernetes', 'orphan', 'foregroundDeletion'];
  return textsAt(object, 'metadata', 'finalizers').flatMap((name, index) => {
    if (name.includes('/') || known.includes(name) || !isQualified(name)) return [];
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    const text = `Invalid value: "${name}": ${why}`;
    return [problem(`metadata.finalizers[${index}]`, 'FieldValueInvalid', text)];
  });
}

function finalizerProblems(object: JsonObject, old: JsonObject | undefined): FieldProblem[] {
  const problems = textsAt(object, 'metadata', 'finalizers')
    .filter((name) => !isQualified(name))
    .map((name) => keyProblem('metadata.finalizers', name));
  if (textAt(old, 'metadata', 'deletionTimestamp') === undefined) return problems;
  const before = textsAt(old, 'metadata', 'finalizers');
  const added = textsAt(object, 'metadata', 'finalizers').filter((name) => !before.includes(name));
  if (added.length === 0) return problems;
  const list = added.map((name) => JSON.stringify(name)).join(', ');
  const text = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return [...problems, problem('metadata.finalizers', 'FieldValueForbidden', text)];
}

/** The generation after an update: one more when anything but metadata (and the status, if it is separate) differs. */
export function nextGeneration(
  object: JsonObject,
  old: JsonObject,
  request: ResourceRequest,
): number | undefined {
  if (!request.resource.counted) return undefined;
  const before = Number(objectAt(old, 'metadata')['generation'] ?? 1);
  const strip = (value: JsonObject): JsonObject => {
    const { metadata: _metadata, status, apiVersion: _apiVersion, ...rest } = value;
    return request.resource.hasStatus ? rest : { ...rest, status };
  };
  return equalJson(strip(object), strip(old)) ? before : before + 1;
}
