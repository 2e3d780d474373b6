import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { isList, textAt, valueAt } from '../json-path.ts';
import { decodeFields, encodeFields, type FieldSet, union } from './field-set.ts';

/** Who manages which fields, as `metadata.managedFields` says it. */
export interface ManagerEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty for writes of the object itself. */
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** All entries of an object by their identity. */
export type Managers = ReadonlyMap<string, ManagerEntry>;

/** Nobody. */
export const noManagers: Managers = new Map();

/** What tells entries apart: those who apply have one for all versions. */
export function identityOf(entry: Omit<ManagerEntry, 'time' | 'fields'>): string {
  const { manager, operation, apiVersion, subresource } = entry;
  return JSON.stringify({
    ...(manager === '' ? {} : { manager }),
    operation,
    ...(operation === 'Apply' ? {} : { apiVersion }),
    ...(subresource === '' ? {} : { subresource }),
  });
}

/** Reads `metadata.managedFields`; `undefined` when an entry is not one. */
export function decodeManagers(json: JsonValue | undefined): Managers | undefined {
  const managers = new Map<string, ManagerEntry>();
  for (const given of isList(json) ? json : []) {
    const entry = decodeEntry(given);
    if (entry === undefined) return undefined;
    managers.set(identityOf(entry), entry);
  }
  return managers;
}

function decodeEntry(given: JsonValue): ManagerEntry | undefined {
  if (!isJsonObject(given)) return undefined;
  const operation = textAt(given, 'operation');
  const apiVersion = textAt(given, 'apiVersion') ?? '';
  if (operation !== 'Apply' && operation !== 'Update') return undefined;
  if (apiVersion === '' || textAt(given, 'fieldsType') !== 'FieldsV1') return undefined;
  const fields = decodeFields(given['fieldsV1']);
  if (fields === undefined) return undefined;
  const manager = textAt(given, 'manager') ?? '';
  const subresource = textAt(given, 'subresource') ?? '';
  return { manager, operation, apiVersion, subresource, time: textAt(given, 'time'), fields };
}

/** Is this the way to ask for an object without managers: an empty list, or one of one empty entry? */
export function isReset(json: JsonValue | undefined): boolean {
  if (!isList(json) || json.length > 1) return false;
  const [only] = json;
  return only === undefined || (isJsonObject(only) && Object.keys(only).length === 0);
}

/** The object with these managers written into its metadata; without the member when there are none. */
export function withManagers(object: JsonObject, managers: Managers): JsonObject {
  const { managedFields: _old, ...metadata } = (valueAt(object, 'metadata') ?? {}) as JsonObject;
  const entries = [...managers.values()].sort(compareEntries).map(encodeEntry);
  return {
    ...object,
    metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries },
  };
}

function encodeEntry(entry: ManagerEntry): JsonObject {
  const { manager, operation, apiVersion, subresource, time, fields } = entry;
  return {
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeFields(fields),
    ...(subresource === '' ? {} : { subresource }),
  };
}

const secondsOf = ({ time }: ManagerEntry): number => (time === undefined ? 0 : Date.parse(time));
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function compareEntries(a: ManagerEntry, b: ManagerEntry): number {
  return (
    compareTexts(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    compareTexts(a.manager, b.manager) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  );
}

const maxUpdaters = 10;
const bucketName = 'ancient-changes';

/** Keeps ten entries of updates; the oldest beyond that become one entry per version. */
export function capUpdaters(managers: Managers): Managers {
  const updaters = [...managers].filter(([, entry]) => entry.operation === 'Update');
  if (updaters.length <= maxUpdaters) return managers;
  updaters.sort(([a, left], [b, right]) => secondsOf(left) - secondsOf(right) || compareTexts(a, b));
  const result = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [identity, entry] of updaters) {
    if (count <= maxUpdaters) break;
    const { apiVersion } = entry;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, identity);
      continue;
    }
    const bucket = { manager: bucketName, operation: 'Update', apiVersion, subresource: '' } as const;
    const bucketIdentity = identityOf(bucket);
    const held = result.get(bucketIdentity) ?? result.get(first);
    if (held === undefined) continue;
    if (!result.has(bucketIdentity)) result.delete(first);
    result.set(bucketIdentity, { ...bucket, time: entry.time, fields: union(entry.fields, held.fields) });
    result.delete(identity);
    count -= 1;
  }
  return result;
}
