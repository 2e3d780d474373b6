import type { JsonObject } from '../../../base/index.ts';
import { conditionProblems } from '../admission/conditions.ts';
import { listAt, nameOf, objectAt, textAt, valueAt, withMeta, withValue } from '../json-path.ts';
import type { Resource } from '../resource.ts';
import type { FieldProblem } from '../status.ts';

type Defaults = NonNullable<Resource['defaults']>;
type Prepare = NonNullable<Resource['prepare']>;
type Validate = NonNullable<Resource['validate']>;

/** Namespaces carry their name as a label; one whose name is still to be made gets it with the name. */
export const labelNamespace: Defaults = (object) => {
  if (nameOf(object) === '') return object;
  const labels = { ...objectAt(object, 'metadata', 'labels'), 'kubernetes.io/metadata.name': nameOf(object) };
  return withMeta(object, { labels });
};

/** Namespaces are born active and hold the finalizer under which their content is deleted. */
export const prepareNamespace: Prepare = (object, old, facts) => {
  if (old === undefined) {
    return { ...object, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
  }
  if (facts.subresource === 'finalize') return object;
  return withValue(object, ['spec'], old['spec']);
};

const encodeBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** Secrets are Opaque unless they say otherwise; `stringData` goes into `data`. */
export const completeSecret: Defaults = (object) => {
  const data: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectAt(object, 'data'))) {
    if (typeof value === 'string') data[name] = value;
  }
  for (const [name, value] of Object.entries(objectAt(object, 'stringData'))) {
    if (typeof value === 'string') data[name] = encodeBase64(value);
  }
  const plain = withValue({ type: 'Opaque', ...object }, ['stringData'], undefined);
  return Object.keys(data).length === 0 ? plain : { ...plain, data };
};

const dataKey = /^[-._a-zA-Z0-9]+$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const maxDataBytes = 1024 * 1024;

/** Both ConfigMaps and Secrets end at a mebibyte of values. */
function tooLong(object: JsonObject, field: string, members: readonly string[]): FieldProblem[] {
  const values = members.flatMap((member) => Object.values(objectAt(object, member)));
  const bytes = values.reduce<number>((sum, value) => sum + Buffer.byteLength(String(value)), 0);
  if (bytes <= maxDataBytes) return [];
  const message = `Too long: may not be more than ${maxDataBytes} bytes`;
  return [{ field, reason: 'FieldValueTooLong', message }];
}

/** Keys that are not file names below their folder. */
function escapingKeys(object: JsonObject, field: string): FieldProblem[] {
  return Object.keys(objectAt(object, field)).flatMap((key) => {
    const rule = key === '.' || key === '..' ? `must not be '${key}'` : "must not start with '..'";
    if (key !== '.' && !key.startsWith('..')) return [];
    return [
      { field: `${field}[${key}]`, reason: 'FieldValueInvalid', message: `Invalid value: "${key}": ${rule}` },
    ];
  });
}

function wrongKeys(object: JsonObject, field: string): FieldProblem[] {
  return [...escapingKeys(object, field), ...unreadableKeys(object, field)];
}

function unreadableKeys(object: JsonObject, field: string): FieldProblem[] {
  return Object.keys(objectAt(object, field))
    .filter((key) => !dataKey.test(key) || key.length > 253)
    .map((key) => ({
      field: `${field}[${key}]`,
      reason: 'FieldValueInvalid',
      message: `Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
    }));
}

const immutable = (field: string): FieldProblem => ({
  field,
  reason: 'FieldValueForbidden',
  message: 'Forbidden: field is immutable when `immutable` is set',
});

function frozenProblems(object: JsonObject, old: JsonObject | undefined, fields: string[]): FieldProblem[] {
  if (old?.['immutable'] !== true) return [];
  const problems = fields
    .filter((field) => JSON.stringify(object[field] ?? {}) !== JSON.stringify(old[field] ?? {}))
    .map(immutable);
  return object['immutable'] === true ? problems : [immutable('immutable'), ...problems];
}

/** A Secret's type never changes, its keys are file names, its values base64. */
export const validateSecret: Validate = (object, old) => {
  const problems = [
    ...wrongKeys(object, 'data'),
    ...tooLong(object, 'data', ['data']),
    ...frozenProblems(object, old, ['data']),
  ];
  for (const [name, value] of Object.entries(objectAt(object, 'data'))) {
    if (typeof value !== 'string' || base64.test(value)) continue;
    problems.push({
      field: `data[${name}]`,
      reason: 'FieldValueInvalid',
      message: 'Invalid value: "<redacted>": must be base64',
    });
  }
  problems.push(...typeProblems(object));
  if (old !== undefined && textAt(old, 'type') !== textAt(object, 'type')) {
    problems.push({
      field: 'type',
      reason: 'FieldValueInvalid',
      message: `Invalid value: "${textAt(object, 'type') ?? ''}": field is immutable`,
    });
  }
  return problems;
};

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};
const accountAnnotation = 'kubernetes.io/service-account.name';

/** What the known types of Secrets have to hold. */
function typeProblems(secret: JsonObject): FieldProblem[] {
  const type = textAt(secret, 'type') ?? '';
  const required = (field: string): FieldProblem => ({
    field,
    reason: 'FieldValueRequired',
    message: 'Required value',
  });
  const has = (key: string): boolean => valueAt(secret, 'data', key) !== undefined;
  if (type === 'kubernetes.io/service-account-token') {
    const isNamed = (textAt(secret, 'metadata', 'annotations', accountAnnotation) ?? '') !== '';
    return isNamed ? [] : [required(`metadata.annotations[${accountAnnotation}]`)];
  }
  if (type === 'kubernetes.io/basic-auth' && !has('username') && !has('password')) {
    return [required('data[username]'), required('data[password]')];
  }
  const keys = requiredKeys[type] ?? [];
  const missing = keys.filter((key) => !has(key)).map((key) => required(`data[${key}]`));
  const isDocker = type.startsWith('kubernetes.io/dockerc');
  const unreadable = isDocker ? keys.filter((key) => has(key) && !isJson(textAt(secret, 'data', key))) : [];
  const wrong = unreadable.map((key) => ({
    field: `data[${key}]`,
    reason: 'FieldValueInvalid',
    message: 'Invalid value: "<secret contents redacted>": not JSON',
  }));
  return [...missing, ...wrong];
}

function isJson(encoded = ''): boolean {
  try {
    JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** A ConfigMap's keys are file names. */
export const validateConfigMap: Validate = (object, old) => [
  ...wrongKeys(object, 'data'),
  ...wrongKeys(object, 'binaryData'),
  ...tooLong(object, '[]', ['data', 'binaryData']),
  ...frozenProblems(object, old, ['data', 'binaryData']),
];

/** Webhooks get Kubernetes's defaults. */
export const completeWebhooks =
  (mutating: boolean): Defaults =>
  (object) => ({
    ...object,
    webhooks: listAt(object, 'webhooks').map((webhook) => ({
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
      ...(mutating ? { reinvocationPolicy: 'Never' } : {}),
      ...objectAt(webhook),
      rules: listAt(webhook, 'rules').map((rule) => ({ scope: '*', ...objectAt(rule) })),
      ...(valueAt(webhook, 'clientConfig', 'service') === undefined
        ? {}
        : { clientConfig: withServicePort(objectAt(webhook, 'clientConfig')) }),
    })),
  });

function withServicePort(clientConfig: JsonObject): JsonObject {
  return { ...clientConfig, service: { port: 443, ...objectAt(clientConfig, 'service') } };
}

/** Every webhook needs a qualified name, a declared side effect class and versions it understands. */
export const validateWebhooks: Validate = (object) =>
  listAt(object, 'webhooks').flatMap((webhook, index) => webhookProblems(webhook, `webhooks[${index}]`));

function webhookProblems(webhook: Parameters<typeof textAt>[0], field: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const name = textAt(webhook, 'name') ?? '';
  if (name.split('.').length < 3) {
    problems.push({
      field: `${field}.name`,
      reason: 'FieldValueInvalid',
      message: `Invalid value: "${name}": should be a domain with at least three segments separated by dots`,
    });
  }
  const sideEffects = textAt(webhook, 'sideEffects');
  if (sideEffects === undefined) {
    problems.push({
      field: `${field}.sideEffects`,
      reason: 'FieldValueRequired',
      message: 'Required value: must specify one of None, NoneOnDryRun',
    });
  } else if (sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    problems.push({
      field: `${field}.sideEffects`,
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: "${sideEffects}": supported values: "None", "NoneOnDryRun"`,
    });
  }
  if (listAt(webhook, 'admissionReviewVersions').length === 0) {
    problems.push({
      field: `${field}.admissionReviewVersions`,
      reason: 'FieldValueRequired',
      message: 'Required value: must specify one of v1, v1beta1',
    });
  }
  problems.push(...conditionProblems(webhook ?? null, field));
  const config = objectAt(webhook, 'clientConfig');
  if ((config['url'] === undefined) === (config['service'] === undefined)) {
    problems.push({
      field: `${field}.clientConfig`,
      reason: 'FieldValueRequired',
      message: 'Required value: exactly one of url or service is required',
    });
  }
  return problems;
}
