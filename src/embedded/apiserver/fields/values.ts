import { isJsonObject, type JsonArray, type JsonValue } from '../../../base/index.ts';
import { isList } from '../json-path.ts';
import { collectFields, type FieldCollector, type FieldSet } from './field-set.ts';
import { itemElement, memberElement, type PathElement, showElement } from './path-element.ts';
import { deducedShape, formOf, type ListShape, memberShape, membersOf, type Shape } from './shape.ts';

/** The element of an item that has been checked before. */
export function elementOf(list: ListShape, item: JsonValue): PathElement {
  const found = itemElement(list, item);
  return 'element' in found ? found.element : 'v:null';
}

/** A value as a list; nothing for anything else. */
export const itemsOf = (value: JsonValue | undefined): JsonArray => (isList(value) ? value : []);

/** What keeps a value from being of a shape, each with its path. */
export function shapeProblems(
  shape: Shape,
  value: JsonValue,
  { allowsDuplicates }: { readonly allowsDuplicates: boolean },
): readonly string[] {
  const problems: string[] = [];
  const check = (part: Shape, given: JsonValue, at: string): void => {
    if (given === null) return;
    const form = formOf(part, given);
    const say = (text: string): unknown => problems.push(at === '' ? text : `${at}: ${text}`);
    if (form === 'scalar') {
      const wrong = scalarProblem(part.scalar ?? 'any', given);
      if (wrong !== undefined) say(wrong);
    } else if (form === 'list' && part.list !== undefined) {
      if (!isList(given)) say(`expected list, got ${showValue(given)}`);
      else checkItems(part.list, given, at);
    } else if (part.map !== undefined) {
      if (!isJsonObject(given)) say(`expected map, got ${showValue(given)}`);
      for (const [name, member] of membersOf(given)) {
        const below = part.map.fields.get(name)?.shape ?? part.map.others;
        if (below === undefined) problems.push(`${at}.${name}: field not declared in schema`);
        else check(below, member, `${at}.${name}`);
      }
    }
  };
  const checkItems = (list: ListShape, items: JsonArray, at: string): void => {
    const seen = new Set<PathElement>();
    for (const [index, item] of items.entries()) {
      const found = list.kind === 'atomic' ? { element: `i:${index}` } : itemElement(list, item);
      if ('problem' in found) {
        problems.push(`${at}: element ${index}: ${found.problem}`);
        return;
      }
      const shown = showElement(found.element);
      if (seen.has(found.element) && !allowsDuplicates) {
        problems.push(`${at}: duplicate entries for key ${shown}`);
      }
      seen.add(found.element);
      check(list.items, item, at + shown);
    }
  };
  check(shape, value, '');
  return problems;
}

/** As Go's `%v` shows the wrapper of a value. */
const showValue = (value: JsonValue): string => `&{${showPlain(value)}}`;

function showPlain(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (isList(value)) return `[${value.map(showPlain).join(' ')}]`;
  if (!isJsonObject(value)) return String(value);
  const members = [...membersOf(value)].sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${members.map(([name, member]) => `${name}:${showPlain(member)}`).join(' ')}]`;
}

function scalarProblem(kind: NonNullable<Shape['scalar']>, value: JsonValue): string | undefined {
  if (kind === 'number' && typeof value !== 'number') {
    return `expected numeric (int or float), got ${goType(value)}`;
  }
  if (kind === 'string' && typeof value !== 'string') {
    return `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
  }
  if (kind === 'boolean' && typeof value !== 'boolean') return `expected boolean, got ${showValue(value)}`;
  if (typeof value === 'object') return `expected any scalar, got ${showValue(value)}`;
  return undefined;
}

function goType(value: JsonValue): string {
  if (isList(value)) return '[]interface {}';
  return typeof value === 'object'
    ? 'map[string]interface {}'
    : typeof value === 'boolean'
      ? 'bool'
      : 'string';
}

function goSyntax(value: JsonValue): string {
  return typeof value === 'object' ? `${goType(value)}{…}` : JSON.stringify(value);
}

/** The fields that a value mentions: its leaves, its list items, members that no schema declares. */
export function fieldsOf(shape: Shape, value: JsonValue): FieldSet {
  const fields = collectFields();
  addFields(fields, { shape, value, path: [] });
  return fields.set;
}

interface Place {
  readonly shape: Shape;
  readonly value: JsonValue;
  readonly path: readonly PathElement[];
}

function addFields(fields: FieldCollector, { shape, value, path }: Place): void {
  const form = formOf(shape, value);
  if (form === 'scalar') {
    fields.add(path);
  } else if (form === 'list' && shape.list !== undefined) {
    if (shape.list.kind === 'atomic') fields.add(path);
    else addItemFields(fields, shape.list, { value, path });
  } else if (shape.map !== undefined) {
    if (shape.map.isAtomic) {
      fields.add(path);
      return;
    }
    for (const [name, member] of membersOf(value)) {
      const at = [...path, memberElement(name)];
      addFields(fields, { shape: memberShape(shape.map, name), value: member, path: at });
      const isEmpty = member === null || (isJsonObject(member) && Object.keys(member).length === 0);
      if (isEmpty || !shape.map.fields.has(name)) fields.add(at);
    }
  }
}

function addItemFields(
  fields: FieldCollector,
  list: ListShape,
  { value, path }: Pick<Place, 'value' | 'path'>,
): void {
  const groups = groupItems(list, itemsOf(value));
  for (const [element, items] of groups) {
    const at = [...path, element];
    const [only] = items;
    if (items.length === 1 && only !== undefined)
      addFields(fields, { shape: list.items, value: only, path: at });
    fields.add(at);
  }
}

/** The items by their elements; an element with several items is a duplicate. */
export function groupItems(list: ListShape, items: JsonArray): ReadonlyMap<PathElement, JsonArray> {
  const groups = new Map<PathElement, JsonValue[]>();
  for (const item of items) {
    const element = elementOf(list, item);
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [item]);
    else group.push(item);
  }
  return groups;
}

/** The value without the fields of a set. What has nothing left becomes null, an atomic value that is named inside too. */
export function removeFields(shape: Shape, value: JsonValue, gone: FieldSet): JsonValue {
  const form = formOf(shape, value);
  if (form === 'scalar') return value;
  if (form === 'list' && shape.list !== undefined) {
    const { list } = shape;
    if (list.kind === 'atomic') return null;
    const items = itemsOf(value).flatMap((item) => {
      const node = gone.get(elementOf(list, item));
      if (node?.isMember === true) return [];
      return [node === undefined ? item : removeFields(list.items, item, node.under)];
    });
    return items.length === 0 ? null : items;
  }
  if (shape.map === undefined || shape.map.isAtomic) return null;
  const members: Record<string, JsonValue> = {};
  for (const [name, member] of membersOf(value)) {
    const node = gone.get(memberElement(name));
    if (node?.isMember === true) continue;
    const below = shape.map.fields.get(name)?.shape ?? shape.map.others ?? deducedShape;
    members[name] = node === undefined ? member : removeFields(below, member, node.under);
  }
  return Object.keys(members).length === 0 ? null : members;
}
