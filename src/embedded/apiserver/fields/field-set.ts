import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import {
  compareElements,
  memberElement,
  type PathElement,
  readElement,
  showElement,
} from './path-element.ts';
import { type MapShape, memberShape, type Shape } from './shape.ts';

/** A set of fields as a tree. A node without `isMember` is there for what is under it. */
export type FieldSet = ReadonlyMap<PathElement, FieldNode>;

/** What a set says of one field. */
export interface FieldNode {
  readonly isMember: boolean;
  readonly under: FieldSet;
}

/** No fields. */
export const noFields: FieldSet = new Map();

/** Collects fields into a set. */
export interface FieldCollector {
  add(path: readonly PathElement[]): void;
  readonly set: FieldSet;
}

interface GrowingNode {
  isMember: boolean;
  readonly under: Map<PathElement, GrowingNode>;
}

/** A collector without fields; the empty path is passed over, as nobody owns an object as such. */
export function collectFields(): FieldCollector {
  const set = new Map<PathElement, GrowingNode>();
  return {
    set,
    add(path) {
      let level = set;
      let node: GrowingNode | undefined;
      for (const element of path) {
        node = level.get(element);
        if (node === undefined) {
          node = { isMember: false, under: new Map() };
          level.set(element, node);
        }
        level = node.under;
      }
      if (node !== undefined) node.isMember = true;
    },
  };
}

/** The set of these paths of members, e.g. ["metadata", "name"]. */
export function fieldSetOf(...paths: readonly (readonly string[])[]): FieldSet {
  const fields = collectFields();
  for (const path of paths) fields.add(path.map(memberElement));
  return fields.set;
}

type Combine = (a: FieldNode | undefined, b: FieldNode | undefined) => FieldNode | undefined;

function combine(a: FieldSet, b: FieldSet, join: Combine): FieldSet {
  const result = new Map<PathElement, FieldNode>();
  for (const element of new Set([...a.keys(), ...b.keys()])) {
    const node = join(a.get(element), b.get(element));
    if (node !== undefined && (node.isMember || node.under.size > 0)) result.set(element, node);
  }
  return result;
}

/** Fields of either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left ?? right;
    return { isMember: left.isMember || right.isMember, under: union(left.under, right.under) };
  });
}

/** Fields of both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (left, right) => {
    if (left === undefined || right === undefined) return undefined;
    return { isMember: left.isMember && right.isMember, under: intersection(left.under, right.under) };
  });
}

/** Fields of the first set alone; what is under a field of the second stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left;
    return { isMember: left.isMember && !right.isMember, under: difference(left.under, right.under) };
  });
}

/** Fields of the first set that are neither in the second nor under a field of it. */
export function differenceBelow(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left;
    if (right.isMember) return undefined;
    return { isMember: left.isMember, under: differenceBelow(left.under, right.under) };
  });
}

/** The paths of a set as messages show them: a level's own fields before what is under them. */
export function showPaths(set: FieldSet, prefix = ''): readonly string[] {
  const elements = [...set.keys()].sort(compareElements);
  const own = elements.filter((element) => set.get(element)?.isMember === true);
  return [
    ...own.map((element) => prefix + showElement(element)),
    ...elements.flatMap((element) =>
      showPaths(set.get(element)?.under ?? noFields, prefix + showElement(element)),
    ),
  ];
}

/** The set in the Kubernetes field format v1. */
export function encodeFields(set: FieldSet): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const element of [...set.keys()].sort(compareElements)) {
    const node = set.get(element);
    if (node === undefined) continue;
    const isBoth = node.isMember && node.under.size > 0;
    result[element] = { ...(isBoth ? { '.': {} } : {}), ...encodeFields(node.under) };
  }
  return result;
}

/** Reads the Kubernetes field format v1; `undefined` when it is not that. Elements of unknown kinds are dropped. */
export function decodeFields(json: JsonValue | undefined): FieldSet | undefined {
  if (json === undefined || json === null) return noFields;
  if (!isJsonObject(json)) return undefined;
  const set = new Map<PathElement, FieldNode>();
  for (const [name, inner] of Object.entries(json)) {
    if (name === '.' || inner === undefined) continue;
    const element = readElement(name);
    if (element === 'invalid') return undefined;
    if (element === undefined) continue;
    const under = decodeFields(inner);
    if (under === undefined) return undefined;
    const isMember = under.size === 0 || (isJsonObject(inner) && inner['.'] !== undefined);
    set.set(element, { isMember, under });
  }
  return set;
}

/** The set with every declared member that something of the set is under. */
export function withDeclaredMembers(set: FieldSet, shape: Shape | undefined): FieldSet {
  const result = new Map<PathElement, FieldNode>();
  for (const [element, node] of set) {
    const isDeclared = shape?.map !== undefined && declares(shape.map, element) && node.under.size > 0;
    const under = withDeclaredMembers(node.under, shapeBelow(shape, element));
    result.set(element, { isMember: node.isMember || isDeclared, under });
  }
  return result;
}

const declares = (map: MapShape, element: PathElement): boolean =>
  element.startsWith('f:') && map.fields.has(element.slice(2));

function shapeBelow(shape: Shape | undefined, element: PathElement): Shape | undefined {
  if (element.startsWith('f:')) {
    const name = element.slice(2);
    return shape?.map?.fields.get(name)?.shape ?? shape?.map?.others;
  }
  return element.startsWith('k:') ? shape?.list?.items : undefined;
}

/**
 * The set as it has to be after its schema has changed: what has become atomic is owned whole. What was atomic and is
 * granular now stays owned as it was written.
 */
export function reconcileFields(set: FieldSet, shape: Shape): FieldSet {
  const result = new Map<PathElement, FieldNode>();
  for (const [element, node] of set) {
    const below = reconcilableBelow(shape, element);
    if (below === undefined || node.under.size === 0) result.set(element, node);
    else if (isAtomic(below)) result.set(element, { isMember: true, under: noFields });
    else result.set(element, { ...node, under: reconcileFields(node.under, below) });
  }
  return result;
}

function isAtomic(shape: Shape): boolean {
  if (shape.map !== undefined) return shape.map.isAtomic;
  return shape.scalar === undefined && shape.list?.kind === 'atomic';
}

function reconcilableBelow(shape: Shape, element: PathElement): Shape | undefined {
  const { map } = shape;
  if (map === undefined) return shape.scalar === undefined ? shape.list?.items : undefined;
  // Nothing is known of an object without a schema, so nothing in it can have changed.
  if (map.fields.size === 0 && map.others?.scalar === 'any') return undefined;
  const name = element.startsWith('f:') ? element.slice(2) : '';
  return map.fields.has(name) ? memberShape(map, name) : map.others;
}
