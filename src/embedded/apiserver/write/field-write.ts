import { equalJson, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { type ServerContext, timestamp } from '../context.ts';
import { type FieldWrite, fieldSetOf, noFields, objectShape } from '../fields/index.ts';
import { isList, objectAt, valueAt, withMeta } from '../json-path.ts';
import type { ResourceRequest } from '../request.ts';
import { apiVersionOf } from '../resource.ts';
import { type FieldProblem, invalid } from '../status.ts';

const maxManagerLength = 128;
const optionKinds: Readonly<Record<string, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
};

/** Refuses a field manager that cannot be one; an apply has to name one, and only an apply has a force. */
export function assertFieldManager(request: ResourceRequest, isApply: boolean): void {
  const manager = request.query.get('fieldManager') ?? '';
  const problems: FieldProblem[] = [];
  const add = (field: string, reason: string, message: string): unknown =>
    problems.push({ field, reason, message });
  if (isApply && manager === '') {
    add('fieldManager', 'FieldValueRequired', 'Required value: is required for apply patch');
  }
  if (!isApply && request.verb === 'patch' && request.query.get('force') !== null) {
    add('force', 'FieldValueForbidden', 'Forbidden: may not be specified for non-apply patch');
  }
  if (Buffer.byteLength(manager) > maxManagerLength) {
    add('fieldManager', 'FieldValueTooLong', `Too long: may not be more than ${maxManagerLength} bytes`);
  }
  if (!isPrintable(manager)) {
    const text = `Invalid value: ${JSON.stringify(manager)}: invalid character`;
    add('fieldManager', 'FieldValueInvalid', text);
  }
  if (problems.length === 0) return;
  throw invalid({ group: 'meta.k8s.io', kind: optionKinds[request.verb] ?? 'CreateOptions' }, '', problems);
}

const isPrintable = (text: string): boolean => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);

/** What a request says about the ownership of fields: its manager by name or by user agent, and what it may change. */
export function fieldWriteOf(context: ServerContext, request: ResourceRequest): FieldWrite {
  const { resource } = request;
  const apiVersion = apiVersionOf(resource);
  const given = request.query.get('fieldManager') ?? '';
  return {
    shape: objectShape(resource.schema),
    apiVersion,
    kind: resource.kind,
    empty: resource.empty ?? {},
    manager: given === '' ? managerOfAgent(request.headers['user-agent'] ?? '') : given,
    subresource: request.subresource,
    resets: resetsOf(request),
    now: timestamp(context.clock),
    versionState(other) {
      if (other === apiVersion) return 'same-shape';
      const isServed = context.catalog
        .all()
        .some((known) => known.kind === resource.kind && apiVersionOf(known) === other);
      if (!isServed) return 'gone';
      return resource.custom ? 'same-shape' : 'other-shape';
    },
  };
}

/** "kubectl/v1.32.0 (linux/amd64) kubernetes/70d3cc9" is "kubectl". */
function managerOfAgent(agent: string): string {
  const name = (agent.split('/')[0] ?? '').replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > maxManagerLength) break;
    kept += character;
  }
  return kept;
}

function resetsOf({ resource, subresource }: ResourceRequest): FieldWrite['resets'] {
  if (subresource === 'status') {
    const isDefinition = resource.kind === 'CustomResourceDefinition';
    return isDefinition ? fieldSetOf(['metadata'], ['spec']) : fieldSetOf(['spec']);
  }
  return resource.hasStatus || subresource === 'finalize' ? fieldSetOf(['status']) : noFields;
}

/** The object with the managers of another one. */
export function withManagersOf(object: JsonObject, other: JsonObject): JsonObject {
  return withMeta(object, { managedFields: valueAt(other, 'metadata', 'managedFields') });
}

/** Are two objects the same but for the times at which managers wrote? */
export function isSameWrite(a: JsonObject, b: JsonObject): boolean {
  const plain = (object: JsonObject): JsonObject => withMeta(object, { managedFields: undefined });
  const left = timeless(valueAt(a, 'metadata', 'managedFields'));
  return equalJson(left, timeless(valueAt(b, 'metadata', 'managedFields'))) && equalJson(plain(a), plain(b));
}

function timeless(managedFields: JsonValue | undefined): JsonValue {
  const entries = isList(managedFields) ? managedFields : [];
  return entries.map((entry) => ({ ...objectAt(entry), time: null }));
}
