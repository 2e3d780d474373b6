import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { isList } from '../json-path.ts';
import type { ListShape } from './shape.ts';

/**
 * One step into a value, in the form of the Kubernetes field format v1: "f:name" a member, `k:{"name":"x"}` the list item
 * with these keys, `v:"x"` the item of a set, "i:0" the item at an index. Keys and values are in canonical JSON.
 */
export type PathElement = string;

/** The step to a member. */
export const memberElement = (name: string): PathElement => `f:${name}`;

/** The step to an item of a list that is a set or a map; a text in `problem` says why there is none. */
export function itemElement(
  list: ListShape,
  item: JsonValue,
): { readonly element: PathElement } | { readonly problem: string } {
  return list.kind === 'map' && list.keys.length > 0 ? keyedElement(list, item) : valueElement(item);
}

function keyedElement(
  list: ListShape,
  item: JsonValue,
): { readonly element: PathElement } | { readonly problem: string } {
  if (item === null) return { problem: 'associative list with keys may not have a null element' };
  if (!isJsonObject(item)) return { problem: 'associative list with keys may not have non-map elements' };
  const pairs: Record<string, JsonValue> = {};
  for (const key of list.keys) {
    const value = item[key] ?? list.items.map?.fields.get(key)?.defaultValue;
    if (value !== undefined) pairs[key] = value;
  }
  if (Object.keys(pairs).length > 0) return { element: `k:${JSON.stringify(pairs)}` };
  const keys = list.keys.map((key) => JSON.stringify(key)).join(' ');
  return {
    problem: `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`,
  };
}

function valueElement(item: JsonValue): { readonly element: PathElement } | { readonly problem: string } {
  if (isList(item)) return { problem: 'not supported: associative list with lists as elements' };
  if (isJsonObject(item)) {
    return { problem: "associative list without keys has an element that's a map type" };
  }
  if (item === null) {
    return { problem: "associative list without keys has an element that's an explicit null" };
  }
  return { element: `v:${JSON.stringify(item)}` };
}

/** The canonical form of an element that a client wrote; `undefined` for kinds of the future, "invalid" for nonsense. */
export function readElement(given: string): PathElement | 'invalid' | undefined {
  if (given.length < 2 || given[1] !== ':') return 'invalid';
  const content = given.slice(2);
  switch (given[0]) {
    case 'f':
      return given;
    case 'i':
      return /^-?\d+$/.test(content) ? given : 'invalid';
    case 'v':
    case 'k':
      return readContent(given.slice(0, 2), content);
    default:
      return undefined;
  }
}

function readContent(prefix: string, content: string): PathElement {
  let value: JsonValue;
  try {
    value = JSON.parse(content) as JsonValue;
  } catch {
    return 'invalid';
  }
  if (prefix === 'v:') return `v:${JSON.stringify(value)}`;
  return isJsonObject(value) ? `k:${JSON.stringify(sorted(value))}` : 'invalid';
}

function sorted(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareTexts(a, b)));
}

/** The step as messages show it: ".name", `[name="x"]`, `[="x"]`, "[0]". */
export function showElement(element: PathElement): string {
  const content = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${content}`;
    case 'v':
      return `[=${content}]`;
    case 'k': {
      const pairs = Object.entries(JSON.parse(content) as JsonObject);
      return `[${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    }
    default:
      return `[${content}]`;
  }
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const kinds = ['f', 'k', 'v', 'i'];

/** The order of elements in a set: members, keys, values, indexes. */
export function compareElements(a: PathElement, b: PathElement): number {
  const kind = kinds.indexOf(a[0] ?? '');
  const difference = kind - kinds.indexOf(b[0] ?? '');
  if (difference !== 0 || a === b) return difference;
  if (kind === 0) return compareTexts(a, b);
  const left = JSON.parse(a.slice(2)) as JsonValue;
  const right = JSON.parse(b.slice(2)) as JsonValue;
  return kind === 1 ? compareKeys(left, right) : compareScalars(left, right);
}

function compareKeys(a: JsonValue, b: JsonValue): number {
  const left = Object.entries(isJsonObject(a) ? a : {});
  const right = Object.entries(isJsonObject(b) ? b : {});
  for (const [index, [name, value]] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const difference = compareTexts(name, other[0]) || compareScalars(value ?? null, other[1] ?? null);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const scalarKinds = ['number', 'string', 'boolean'];

function compareScalars(a: JsonValue, b: JsonValue): number {
  const difference = scalarKinds.indexOf(typeof a) - scalarKinds.indexOf(typeof b);
  if (difference !== 0) return difference;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return compareTexts(String(a), String(b));
}
