import {
  equalJson,
  isJsonObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
} from '../../../base/index.ts';
import { isList, objectAt, textAt } from '../json-path.ts';
import { failure } from '../status.ts';

/** How the members of an object are merged, by the schema of its kind; nothing known replaces lists whole. */
type Schema = JsonObject;

const metadataSchema: Schema = {
  properties: {
    finalizers: { 'x-kubernetes-patch-strategy': 'merge' },
    ownerReferences: { 'x-kubernetes-patch-strategy': 'merge', 'x-kubernetes-patch-merge-key': 'uid' },
  },
};

/**
 * Applies a strategic merge patch to an object of a built-in kind; neither argument is changed.
 *
 * Shape: lists that the schema tells to merge are merged by their key, or as sets of texts; others are replaced.
 */
export function applyStrategicPatch(target: JsonObject, patch: JsonObject, schema: Schema = {}): JsonObject {
  const properties = { ...objectAt(schema, 'properties'), metadata: metadataSchema };
  return mergeObject(target, patch, { properties });
}

function mergeObject(target: JsonObject, patch: JsonObject, schema: Schema): JsonObject {
  const directive = patch['$patch'];
  if (directive === 'replace') return without(patch, ['$patch']);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') {
    throw failure(500, '', `unknown patch type: ${String(directive)} in map: ${JSON.stringify(patch)}`);
  }
  const result: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(target)) if (value !== undefined) result[name] = value;
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || name.startsWith('$')) continue;
    if (value === null) delete result[name];
    else result[name] = mergeMember(result[name], value, memberSchema(schema, name));
  }
  applyDirectives(result, { target, patch, schema });
  return result;
}

function memberSchema(schema: Schema, name: string): Schema {
  const own = objectAt(schema, 'properties', name);
  return Object.keys(own).length > 0 ? own : objectAt(schema, 'additionalProperties');
}

function mergeMember(old: JsonValue | undefined, next: JsonValue, schema: Schema): JsonValue {
  if (isJsonObject(next)) return mergeObject(isJsonObject(old) ? old : {}, next, schema);
  if (!isList(next) || !isMerged(schema)) return next;
  const before = isList(old) ? old : [];
  const key = mergeKeyOf(schema);
  if (key === undefined) {
    return [...before, ...next.filter((item) => !before.some((known) => equalJson(known, item)))];
  }
  const items = next.filter(isJsonObject);
  if (items.length !== next.length) return next;
  const replacing = items.filter((item) => item['$patch'] !== 'replace');
  if (replacing.length < items.length) return replacing;
  const merged = mergeList(before, items, { key, schema: objectAt(schema, 'items') });
  return inOrder(merged, { order: items, live: before, same: sameKey(key) });
}

const isMerged = (schema: Schema): boolean =>
  textAt(schema, 'x-kubernetes-patch-strategy') === 'merge' || mergeKeyOf(schema) !== undefined;

/** The member that tells the items apart; of several, the first one does, as in genuine patches. */
function mergeKeyOf(schema: Schema): string | undefined {
  const [first] = isList(schema['x-kubernetes-list-map-keys']) ? schema['x-kubernetes-list-map-keys'] : [];
  return textAt(schema, 'x-kubernetes-patch-merge-key') ?? (typeof first === 'string' ? first : undefined);
}

type Same = (a: JsonValue, b: JsonValue) => boolean;

const sameKey =
  (key: string): Same =>
  (a, b) =>
    equalJson(objectAt(a)[key] ?? null, objectAt(b)[key] ?? null);

function mergeList(
  before: JsonArray,
  patch: readonly JsonObject[],
  { key, schema }: { readonly key: string; readonly schema: Schema },
): JsonArray {
  const same = sameKey(key);
  let result = [...before];
  for (const item of patch) {
    const index = result.findIndex((known) => same(known, item));
    const old = result[index];
    if (item['$patch'] === 'delete') result = result.filter((_, place) => place !== index);
    else if (index < 0) result.push(mergeObject({}, item, schema));
    else result[index] = mergeObject(isJsonObject(old) ? old : {}, item, schema);
  }
  return result;
}

/** Items that the order names stand in its order, the others where they stood before them. */
function inOrder(
  items: JsonArray,
  { order, live, same }: { readonly order: JsonArray; readonly live: JsonArray; readonly same: Same },
): JsonArray {
  const place = (list: JsonArray, item: JsonValue): number => list.findIndex((other) => same(other, item));
  const named = items
    .filter((item) => place(order, item) >= 0)
    .sort((a, b) => place(order, a) - place(order, b));
  const others = items.filter((item) => place(order, item) < 0);
  const result: JsonValue[] = [];
  for (const item of named) {
    const at = place(live, item);
    // What stood before it on the server still does; what is new comes first.
    while (at >= 0 && others[0] !== undefined && place(live, others[0]) < at)
      result.push(others.shift() ?? null);
    result.push(item);
  }
  return [...result, ...others];
}

interface Directives {
  readonly target: JsonObject;
  readonly patch: JsonObject;
  readonly schema: Schema;
}

/** "$deleteFromPrimitiveList/x", "$setElementOrder/x", "$retainKeys". */
function applyDirectives(result: Record<string, JsonValue>, { target, patch, schema }: Directives): void {
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$setElementOrder/') && !isList(value))
      throw failure(500, '', `expected a list in ${name}`);
    if (!isList(value)) continue;
    const groups = /^\$(?<what>deleteFromPrimitiveList|setElementOrder)\/(?<list>.+)$/.exec(name)?.groups;
    const listName = groups?.['list'] ?? '';
    const current = result[listName];
    if (groups?.['what'] === 'deleteFromPrimitiveList' && isList(current)) {
      result[listName] = current.filter((item) => !value.some((gone) => equalJson(gone, item)));
    }
    if (name !== '$retainKeys') continue;
    for (const member of Object.keys(result)) if (!value.includes(member)) delete result[member];
  }
  for (const [name, order] of Object.entries(patch)) {
    const listName = /^\$setElementOrder\/(?<list>.+)$/.exec(name)?.groups?.['list'] ?? '';
    const current = result[listName];
    if (!isList(order) || !isList(current)) continue;
    const key = mergeKeyOf(memberSchema(schema, listName));
    const same = key === undefined ? equalJson : sameKey(key);
    const live = target[listName];
    result[listName] = inOrder(current, { order, live: isList(live) ? live : [], same });
  }
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
