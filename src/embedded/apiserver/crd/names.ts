import type { JsonObject } from '../../../base/index.ts';
import { listAt, nameOf, objectAt, textAt, textsAt } from '../json-path.ts';

/** What a definition's names come to beside those of its group. */
export interface Naming {
  readonly acceptedNames: JsonObject;
  readonly conflict: { readonly reason: string; readonly message: string } | undefined;
}

/** Compares the names that a definition asks for with those that others of its group have been given. */
export function resolveNames(spec: JsonObject, accepted: JsonObject, others: readonly JsonObject[]): Naming {
  const wanted = objectAt(spec, 'names');
  const taken = takenNames(spec, others);
  let conflict: Naming['conflict'];
  const names: Record<string, JsonObject[string]> = {};
  const take = (member: string, used: ReadonlySet<string>, reason: string): void => {
    const value = textAt(wanted, member) ?? '';
    if (value === '') return;
    const old = textAt(accepted, member);
    if (value !== old && used.has(value)) conflict = { reason, message: inUse(value) };
    else names[member] = value;
    if (names[member] === undefined && old !== undefined) names[member] = old;
  };
  take('plural', taken.resources, 'PluralConflict');
  take('singular', taken.resources, 'SingularConflict');
  const shorts = textsAt(wanted, 'shortNames');
  const known = textsAt(accepted, 'shortNames');
  const clashing = shorts.filter((name) => !known.includes(name) && taken.resources.has(name));
  if (clashing.length > 0) {
    const list = clashing.map(inUse);
    const message = list.length === 1 ? (list[0] ?? '') : `[${list.join(', ')}]`;
    conflict = { reason: 'ShortNamesConflict', message };
  }
  const given = clashing.length > 0 ? known : shorts;
  if (given.length > 0) names['shortNames'] = given;
  take('kind', taken.kinds, 'KindConflict');
  take('listKind', taken.kinds, 'ListKindConflict');
  const categories = textsAt(wanted, 'categories');
  if (categories.length > 0) names['categories'] = categories;
  return { acceptedNames: { plural: '', kind: '', ...names }, conflict };
}

const inUse = (name: string): string => `${JSON.stringify(name)} is already in use`;

function takenNames(
  spec: JsonObject,
  others: readonly JsonObject[],
): { readonly resources: ReadonlySet<string>; readonly kinds: ReadonlySet<string> } {
  const group = textAt(spec, 'group');
  const name = `${textAt(spec, 'names', 'plural') ?? ''}.${group ?? ''}`;
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const other of others) {
    if (nameOf(other) === name || textAt(other, 'spec', 'group') !== group) continue;
    const names = objectAt(other, 'status', 'acceptedNames');
    for (const member of ['plural', 'singular']) add(resources, textAt(names, member));
    for (const short of textsAt(names, 'shortNames')) add(resources, short);
    for (const member of ['kind', 'listKind']) add(kinds, textAt(names, member));
  }
  return { resources, kinds };
}

function add(set: Set<string>, name: string | undefined): void {
  if (name !== undefined && name !== '') set.add(name);
}

/** Is a definition served, by its condition? */
export function isEstablished(definition: JsonObject): boolean {
  return listAt(definition, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Established' && textAt(condition, 'status') === 'True',
  );
}
