import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { badRequest } from '../status.ts';

/** How one field of a message is read. */
type Field =
  | { readonly kind: 'text' | 'bytes' | 'number' | 'bool' | 'time' }
  | { readonly kind: 'texts' }
  | { readonly kind: 'map'; readonly values: 'text' | 'bytes' }
  | { readonly kind: 'message' | 'messages'; readonly message: Message };
/** Fields by their number. */
type Message = Readonly<Record<number, readonly [name: string, field: Field]>>;

const text: Field = { kind: 'text' };
const bool: Field = { kind: 'bool' };
const texts: Field = { kind: 'texts' };
const number: Field = { kind: 'number' };
const message = (inner: Message): Field => ({ kind: 'message', message: inner });
const messages = (inner: Message): Field => ({ kind: 'messages', message: inner });

const ownerReference: Message = {
  1: ['kind', text],
  3: ['name', text],
  4: ['uid', text],
  5: ['apiVersion', text],
  6: ['controller', bool],
  7: ['blockOwnerDeletion', bool],
};
const objectMeta: Message = {
  1: ['name', text],
  2: ['generateName', text],
  3: ['namespace', text],
  5: ['uid', text],
  6: ['resourceVersion', text],
  7: ['generation', number],
  8: ['creationTimestamp', { kind: 'time' }],
  9: ['deletionTimestamp', { kind: 'time' }],
  11: ['labels', { kind: 'map', values: 'text' }],
  12: ['annotations', { kind: 'map', values: 'text' }],
  13: ['ownerReferences', messages(ownerReference)],
  14: ['finalizers', texts],
};
const objectReference: Message = {
  1: ['kind', text],
  2: ['namespace', text],
  3: ['name', text],
  4: ['uid', text],
  5: ['apiVersion', text],
  6: ['resourceVersion', text],
  7: ['fieldPath', text],
};
const resourceAttributes: Message = {
  1: ['namespace', text],
  2: ['verb', text],
  3: ['group', text],
  4: ['version', text],
  5: ['resource', text],
  6: ['subresource', text],
  7: ['name', text],
};
const rules = messages({
  1: ['verbs', texts],
  2: ['apiGroups', texts],
  3: ['resources', texts],
  4: ['resourceNames', texts],
  5: ['nonResourceURLs', texts],
});
const metadata: Message = { 1: ['metadata', message(objectMeta)] };
const binding: Message = {
  ...metadata,
  2: [
    'subjects',
    messages({ 1: ['kind', text], 2: ['apiGroup', text], 3: ['name', text], 4: ['namespace', text] }),
  ],
  3: ['roleRef', message({ 1: ['apiGroup', text], 2: ['kind', text], 3: ['name', text] })],
};

/** The kinds that clients send in protobuf form and that are understood, by group and kind. */
const kinds: Readonly<Record<string, Message>> = {
  'v1/Namespace': {
    ...metadata,
    2: ['spec', message({ 1: ['finalizers', texts] })],
    3: ['status', message({ 1: ['phase', text] })],
  },
  'v1/Secret': {
    ...metadata,
    2: ['data', { kind: 'map', values: 'bytes' }],
    3: ['type', text],
    4: ['stringData', { kind: 'map', values: 'text' }],
    5: ['immutable', bool],
  },
  'v1/ConfigMap': {
    ...metadata,
    2: ['data', { kind: 'map', values: 'text' }],
    3: ['binaryData', { kind: 'map', values: 'bytes' }],
    4: ['immutable', bool],
  },
  'v1/ServiceAccount': {
    ...metadata,
    2: ['secrets', messages(objectReference)],
    3: ['imagePullSecrets', messages({ 1: ['name', text] })],
    4: ['automountServiceAccountToken', bool],
  },
  'authorization.k8s.io/v1/SelfSubjectAccessReview': {
    ...metadata,
    2: [
      'spec',
      message({
        1: ['resourceAttributes', message(resourceAttributes)],
        2: ['nonResourceAttributes', message({ 1: ['path', text], 2: ['verb', text] })],
      }),
    ],
  },
  'authorization.k8s.io/v1/SelfSubjectRulesReview': {
    ...metadata,
    2: ['spec', message({ 1: ['namespace', text] })],
  },
  'authentication.k8s.io/v1/SelfSubjectReview': metadata,
  'authentication.k8s.io/v1/TokenRequest': {
    ...metadata,
    2: [
      'spec',
      message({
        1: ['audiences', texts],
        3: [
          'boundObjectRef',
          message({ 1: ['kind', text], 2: ['apiVersion', text], 3: ['name', text], 4: ['uid', text] }),
        ],
        4: ['expirationSeconds', number],
      }),
    ],
  },
  'rbac.authorization.k8s.io/v1/Role': { ...metadata, 2: ['rules', rules] },
  'rbac.authorization.k8s.io/v1/ClusterRole': { ...metadata, 2: ['rules', rules] },
  'rbac.authorization.k8s.io/v1/RoleBinding': binding,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': binding,
};

function deleteOptions(): Message {
  return {
    1: ['gracePeriodSeconds', number],
    2: ['preconditions', message({ 1: ['uid', text], 2: ['resourceVersion', text] })],
    3: ['orphanDependents', bool],
    4: ['propagationPolicy', text],
    5: ['dryRun', texts],
  };
}

interface RawField {
  readonly number: number;
  readonly value: number;
  readonly bytes: Buffer;
}

function readVarint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let scale = 1;
  for (let index = start; index < bytes.length && index < start + 10; index += 1) {
    const byte = bytes[index] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: index + 1 };
    scale *= 128;
  }
  throw broken();
}

function broken(): Error {
  return badRequest('the protobuf body is truncated or malformed');
}

function* readFields(bytes: Buffer): Iterable<RawField> {
  let position = 0;
  while (position < bytes.length) {
    const tag = readVarint(bytes, position);
    const number = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    if (wire === 0) {
      const { value, end } = readVarint(bytes, tag.end);
      yield { number, value, bytes: Buffer.alloc(0) };
      position = end;
      continue;
    }
    const size = wire === 2 ? readVarint(bytes, tag.end) : { value: wire === 1 ? 8 : 4, end: tag.end };
    if (wire !== 2 && wire !== 1 && wire !== 5) throw broken();
    position = size.end + size.value;
    if (position > bytes.length) throw broken();
    yield { number, value: 0, bytes: bytes.subarray(size.end, position) };
  }
}

function readMessage(bytes: Buffer, fields: Message): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const raw of readFields(bytes)) {
    const known = fields[raw.number];
    if (known === undefined) continue;
    const [name, field] = known;
    const value = readValue(raw, field, result[name]);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** Texts that are empty are absent, as the messages have no other way to say so. */
function readValue(raw: RawField, field: Field, before: JsonValue | undefined): JsonValue | undefined {
  const list = Array.isArray(before) ? before : [];
  switch (field.kind) {
    case 'text':
      return raw.bytes.length === 0 ? undefined : raw.bytes.toString('utf8');
    case 'bytes':
      return raw.bytes.toString('base64');
    case 'number':
      return raw.value === 0 ? undefined : raw.value;
    case 'bool':
      return raw.value !== 0;
    case 'time':
      return readTime(raw.bytes);
    case 'texts':
      return [...list, raw.bytes.toString('utf8')];
    case 'map':
      return { ...(before as JsonObject | undefined), ...readEntry(raw.bytes, field.values) };
    case 'message':
      return readMessage(raw.bytes, field.message);
    case 'messages':
      return [...list, readMessage(raw.bytes, field.message)];
  }
}

function readTime(bytes: Buffer): JsonValue | undefined {
  for (const raw of readFields(bytes)) {
    if (raw.number === 1 && raw.value > 0) return `${new Date(raw.value * 1000).toISOString().slice(0, 19)}Z`;
  }
  return undefined;
}

function readEntry(bytes: Buffer, values: 'text' | 'bytes'): JsonObject {
  let name = '';
  let value = '';
  for (const raw of readFields(bytes)) {
    if (raw.number === 1) name = raw.bytes.toString('utf8');
    if (raw.number === 2) value = raw.bytes.toString(values === 'text' ? 'utf8' : 'base64');
  }
  return { [name]: value };
}

const magic = Buffer.from('k8s\0', 'latin1');

/** Decodes an object in Kubernetes's protobuf envelope; `undefined` when its kind is not among those understood. */
export function decodeProtobuf(body: Buffer): JsonObject | undefined {
  if (!body.subarray(0, magic.length).equals(magic)) {
    throw badRequest(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  }
  let apiVersion = '';
  let kind = '';
  let raw = Buffer.alloc(0);
  for (const field of readFields(body.subarray(magic.length))) {
    if (field.number === 1) {
      const type = readMessage(field.bytes, { 1: ['apiVersion', text], 2: ['kind', text] });
      apiVersion = String(type['apiVersion'] ?? '');
      kind = String(type['kind'] ?? '');
    }
    if (field.number === 2) raw = Buffer.from(field.bytes);
  }
  const fields = kind === 'DeleteOptions' ? deleteOptions() : kinds[`${apiVersion}/${kind}`];
  return fields === undefined ? undefined : { apiVersion, kind, ...readMessage(raw, fields) };
}
