import { equalJson, isJsonObject, type JsonObject } from '../../../base/index.ts';
import { nameOf, namespaceOf, objectAt, textAt, withMeta } from '../json-path.ts';
import { badRequest, failure } from '../status.ts';
import { compareValues, withoutFields } from './compare.ts';
import { applyConflict, type Conflict } from './conflicts.ts';
import {
  difference,
  differenceBelow,
  type FieldSet,
  fieldSetOf,
  intersection,
  noFields,
  reconcileFields,
  union,
  withDeclaredMembers,
} from './field-set.ts';
import { allowedByLastApplied, lastAppliedManager, withLastApplied } from './last-applied.ts';
import {
  capUpdaters,
  decodeManagers,
  identityOf,
  isReset,
  type ManagerEntry,
  type Managers,
  noManagers,
  withManagers,
} from './managers.ts';
import { mergeValues } from './merge.ts';
import type { Shape } from './shape.ts';
import { fieldsOf, removeFields, shapeProblems } from './values.ts';

/** One write, as the ownership of fields sees it. */
export interface FieldWrite {
  readonly shape: Shape;
  readonly apiVersion: string;
  readonly kind: string;
  /** What an object has that nobody has written. */
  readonly empty: JsonObject;
  /** The field manager; "unknown" when it is empty. */
  readonly manager: string;
  readonly subresource: string | undefined;
  /** Fields that this way of writing cannot change, with all under them. */
  readonly resets: FieldSet;
  /** RFC 3339. */
  readonly now: string;
  /** What is known of fields that were written in another version. */
  versionState(apiVersion: string): 'same-shape' | 'other-shape' | 'gone';
}

/** What the server writes itself belongs to nobody. */
const stripped: FieldSet = fieldSetOf(
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => ['metadata', name]),
);
const beforeFirstApply = 'before-first-apply';

/**
 * The object of a create, an update or a patch with the ownership of its fields: whoever changes a field takes it.
 * `managedFields` in the object count where a client may write them; an empty list ends the tracking.
 */
export function trackUpdate(write: FieldWrite, old: JsonObject | undefined, next: JsonObject): JsonObject {
  const managers = managersToStart(write, old, next);
  const plain = withManagers(next, noManagers);
  const isTracked = old === undefined || managers.size > 0;
  if (!isTracked) return plain;
  const tracked = updateManagers(write, { old, next: plain, managers });
  return tracked === undefined ? plain : withManagers(plain, tracked);
}

function managersToStart(write: FieldWrite, old: JsonObject | undefined, next: JsonObject): Managers {
  const held = decodeManagers(objectAt(old, 'metadata')['managedFields']) ?? noManagers;
  if (write.subresource !== undefined) return held;
  const given = objectAt(next, 'metadata')['managedFields'];
  if (isReset(given)) return noManagers;
  const decoded = decodeManagers(given);
  return decoded === undefined || decoded.size === 0 ? held : decoded;
}

interface Update {
  readonly old: JsonObject | undefined;
  readonly next: JsonObject;
  readonly managers: Managers;
}

/** The managers after an update; `undefined` when one of the objects does not fit the shape. */
function updateManagers(write: FieldWrite, { old, next, managers }: Update): Managers | undefined {
  const before = bare(write, old);
  const isTyped = [before, next].every(
    (object) => shapeProblems(write.shape, object, { allowsDuplicates: true }).length === 0,
  );
  if (!isTyped) return undefined;
  const taken = takeOver(write, { before, after: next, managers: reconcile(write, managers), self: '' });
  const { modified, added } = taken.comparison;
  const fields = difference(differenceBelow(union(modified, added), write.resets), stripped);
  if (fields.size === 0) return capUpdaters(taken.managers);
  const identity = identityFor(write, 'Update');
  const previous = taken.managers.get(identity)?.fields ?? noFields;
  const entry = { ...entryFor(write, 'Update'), time: write.now, fields: union(fields, previous) };
  return capUpdaters(new Map([...taken.managers, [identity, entry]]));
}

/** An object without its managers, or an empty one of the kind. */
function bare({ apiVersion, kind, empty }: FieldWrite, object: JsonObject | undefined): JsonObject {
  return object === undefined
    ? { apiVersion, kind, ...empty }
    : withMeta(object, { managedFields: undefined });
}

function entryFor(write: FieldWrite, operation: 'Apply' | 'Update'): Omit<ManagerEntry, 'time' | 'fields'> {
  const manager = write.manager === '' ? 'unknown' : write.manager;
  return { manager, operation, apiVersion: write.apiVersion, subresource: write.subresource ?? '' };
}

const identityFor = (write: FieldWrite, operation: 'Apply' | 'Update'): string =>
  identityOf(entryFor(write, operation));

function reconcile(write: FieldWrite, managers: Managers): Managers {
  const result = new Map<string, ManagerEntry>();
  for (const [identity, entry] of managers) {
    const state = write.versionState(entry.apiVersion);
    if (state === 'gone') continue;
    const fields = state === 'same-shape' ? reconcileFields(entry.fields, write.shape) : entry.fields;
    result.set(identity, { ...entry, fields });
  }
  return result;
}

interface TakeOver {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly managers: Managers;
  /** The identity that makes the change; its own fields are left alone. */
  readonly self: string;
}

/** Takes changed and removed fields from all other managers, and tells whom they were taken from. */
function takeOver(write: FieldWrite, { before, after, managers, self }: TakeOver) {
  const comparison = withoutFields(compareValues(write.shape, before, after), write.resets);
  const changed = union(comparison.modified, comparison.added);
  const conflicts: Conflict[] = [];
  const left = new Map<string, ManagerEntry>();
  for (const [identity, entry] of managers) {
    if (identity === self || write.versionState(entry.apiVersion) !== 'same-shape') {
      left.set(identity, entry);
      continue;
    }
    const fields = intersection(entry.fields, changed);
    if (fields.size > 0) conflicts.push({ holder: entry, fields });
    const kept = difference(difference(entry.fields, fields), comparison.removed);
    if (kept.size > 0) left.set(identity, { ...entry, fields: kept });
  }
  return { comparison, conflicts, managers: left };
}

/** A configuration that is applied. */
export interface Application {
  readonly live: JsonObject | undefined;
  readonly patch: JsonObject;
  /** Are fields taken from those who hold them? */
  readonly force: boolean;
}

/**
 * Server-side apply: the live object with the applied fields laid over it and those that this manager gave up removed.
 * A 409 Status with all conflicts when others hold fields that would change; a 400 or 500 Status for a bad patch.
 */
export function applyConfiguration(write: FieldWrite, { live, patch, force }: Application): JsonObject {
  const held = decodeManagers(objectAt(live, 'metadata')['managedFields']);
  if (held === undefined) throw failure(500, '', 'failed to decode managed fields');
  assertApplicable(write, patch);
  const before = bare(write, live);
  const managers = held.size > 0 ? held : (firstManagers(write, before) ?? noManagers);
  const merged = mergeApplied(write, { before, patch, managers });
  const taken = takeOver(write, { ...merged, before });
  const conflicts = force ? [] : refusedConflicts(write, { before, conflicts: taken.conflicts });
  if (conflicts.length > 0) throw applyConflict(conflicts);
  const isChanged = !equalJson(before, merged.after);
  const result = new Map(taken.managers);
  const own = result.get(merged.self);
  result.delete(merged.self);
  const fields = difference(own?.fields ?? noFields, stripped);
  const time = isChanged ? write.now : held.get(merged.self)?.time;
  if (own !== undefined && fields.size > 0) result.set(merged.self, { ...own, time, fields });
  const noted = withLastApplied(write.manager, merged.after, patch);
  return withManagers(noted, result);
}

/** Everything in an object that nobody manages yet belongs to a manager of its own. */
function firstManagers(write: FieldWrite, before: JsonObject): Managers | undefined {
  const first = { ...write, manager: beforeFirstApply };
  return updateManagers(first, { old: undefined, next: before, managers: noManagers });
}

function assertApplicable(write: FieldWrite, patch: JsonObject): void {
  const apiVersion = textAt(patch, 'apiVersion') ?? '';
  const kind = textAt(patch, 'kind') ?? '';
  if (apiVersion !== write.apiVersion || kind !== write.kind) {
    throw badRequest(`invalid object type: ${showKind(apiVersion, kind)}`);
  }
  const managedFields = objectAt(patch, 'metadata')['managedFields'];
  if (managedFields !== undefined && managedFields !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const problems = shapeProblems(write.shape, patch, { allowsDuplicates: false });
  const [first] = problems;
  if (first === undefined) return;
  const text = problems.length === 1 ? first : ['errors:', ...problems.map((p) => `  ${p}`)].join('\n');
  const name = `${namespaceOf(patch) ?? ''}/${nameOf(patch)}; ${showKind(apiVersion, kind)}`;
  throw failure(500, '', `failed to create typed patch object (${name}): ${text}`);
}

const showKind = (apiVersion: string, kind: string): string =>
  `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;

interface Merge {
  readonly before: JsonObject;
  readonly patch: JsonObject;
  readonly managers: Managers;
}

function mergeApplied(write: FieldWrite, { before, patch, managers }: Merge) {
  const self = identityFor(write, 'Apply');
  const known = reconcile(write, managers);
  const last = known.get(self)?.fields ?? noFields;
  const fields = differenceBelow(fieldsOf(write.shape, patch), write.resets);
  const own = { ...entryFor(write, 'Apply'), time: undefined, fields };
  const next = new Map([...known, [self, own] as const]);
  const merged = toObject(mergeValues(write.shape, before, patch));
  return { self, managers: next, after: pruneGivenUp(write, { merged, managers: next, last }) };
}

interface Prune {
  readonly merged: JsonObject;
  readonly managers: Managers;
  /** What the applier held before. */
  readonly last: FieldSet;
}

/** Removes what the applier held and no longer mentions, unless somebody else holds it. */
function pruneGivenUp({ shape, versionState }: FieldWrite, { merged, managers, last }: Prune): JsonObject {
  if (last.size === 0) return merged;
  const complete = (set: FieldSet): FieldSet => withDeclaredMembers(set, shape);
  const allOf = complete(fieldsOf(shape, merged));
  const heldLast = complete(last);
  let pruned = toObject(removeFields(shape, merged, heldLast));
  let held = noFields;
  for (const { apiVersion, fields } of managers.values()) {
    if (versionState(apiVersion) === 'same-shape') held = union(held, fields);
  }
  const kept = union(complete(fieldsOf(shape, pruned)), complete(held));
  pruned = toObject(removeFields(shape, merged, difference(allOf, kept)));
  const gone = difference(allOf, complete(fieldsOf(shape, pruned)));
  return toObject(removeFields(shape, merged, intersection(gone, heldLast)));
}

const toObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

/** The conflicts that stand. Fields that kubectl wrote by its own kind of apply are its own here too. */
function refusedConflicts(
  write: FieldWrite,
  { before, conflicts }: { readonly before: JsonObject; readonly conflicts: readonly Conflict[] },
): readonly Conflict[] {
  if (write.manager !== lastAppliedManager || conflicts.length === 0) return conflicts;
  const allowed = allowedByLastApplied(write, before);
  if (allowed === undefined) return conflicts;
  return conflicts
    .map(({ holder, fields }) => ({ holder, fields: difference(fields, allowed) }))
    .filter(({ fields }) => fields.size > 0);
}
