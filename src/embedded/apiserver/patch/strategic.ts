import { equalJson, isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { isList } from '../json-path.ts';
import { badRequest, failure } from '../status.ts';

/** Members that tell the items of a list apart, by the list's name. Other lists of objects are replaced whole. */
const mergeKeys: Readonly<Record<string, string>> = {
  conditions: 'type',
  ownerReferences: 'uid',
  webhooks: 'name',
  secrets: 'name',
  imagePullSecrets: 'name',
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
};
/** Lists of texts that are merged as sets. */
const mergedSets: readonly string[] = ['finalizers'];

/** Applies a strategic merge patch to an object of a built-in kind; neither argument is changed. */
export function applyStrategicPatch(target: JsonObject, patch: JsonObject): JsonObject {
  const directive = patch['$patch'];
  if (directive === 'replace') return without(patch, ['$patch']);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw failure(500, '', `unknown patch type: ${String(directive)} in map`);
  const result: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(target)) if (value !== undefined) result[name] = value;
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || name.startsWith('$')) continue;
    if (value === null) delete result[name];
    else result[name] = mergeMember(name, result[name], value);
  }
  applyDirectives(result, patch);
  return result;
}

function mergeMember(name: string, old: JsonValue | undefined, next: JsonValue): JsonValue {
  if (isJsonObject(next)) return applyStrategicPatch(isJsonObject(old) ? old : {}, next);
  if (!isList(next)) return next;
  const before = isList(old) ? old : [];
  if (mergedSets.includes(name)) {
    return [...before, ...next.filter((item) => !before.some((known) => equalJson(known, item)))];
  }
  const key = mergeKeys[name];
  return key === undefined || !next.every(isJsonObject) ? next : mergeList(before, next, key);
}

function mergeList(
  before: readonly JsonValue[],
  patch: readonly JsonObject[],
  key: string,
): readonly JsonValue[] {
  if (patch.some((item) => item['$patch'] === 'replace')) {
    return patch.filter((item) => item['$patch'] !== 'replace');
  }
  let result = [...before];
  for (const item of patch) {
    const value = item[key];
    if (value === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    }
    const index = result.findIndex((known) => isJsonObject(known) && known[key] === value);
    const old = result[index];
    if (item['$patch'] === 'delete') result = result.filter((_, place) => place !== index);
    else if (index < 0) result.push(applyStrategicPatch({}, item));
    else result[index] = applyStrategicPatch(isJsonObject(old) ? old : {}, item);
  }
  return result;
}

/** "$deleteFromPrimitiveList/x", "$retainKeys"; "$setElementOrder/x" changes no content and is passed over. */
function applyDirectives(result: Record<string, JsonValue>, patch: JsonObject): void {
  for (const [name, value] of Object.entries(patch)) {
    const listName = /^\$deleteFromPrimitiveList\/(?<list>.+)$/.exec(name)?.groups?.['list'];
    const current = listName === undefined ? undefined : result[listName];
    if (name.startsWith('$setElementOrder/') && !isList(value))
      throw failure(500, '', `expected a list in ${name}`);
    if (listName !== undefined && isList(value) && isList(current)) {
      result[listName] = current.filter((item) => !value.some((gone) => equalJson(gone, item)));
    }
    if (name !== '$retainKeys' || !isList(value)) continue;
    for (const member of Object.keys(result)) if (!value.includes(member)) delete result[member];
  }
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
