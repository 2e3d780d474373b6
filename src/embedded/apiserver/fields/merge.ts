import type { JsonArray, JsonValue } from '../../../base/index.ts';
import type { PathElement } from './path-element.ts';
import { formOf, type ListShape, memberShape, membersOf, type Shape } from './shape.ts';
import { elementOf, groupItems, itemsOf } from './values.ts';

/**
 * A value with another laid over it: the second one's leaves win, nothing is removed. `undefined` when nothing is left to
 * say. Items of sets and maps keep the order of the first unless the second orders those that both have differently.
 */
export function mergeValues(
  shape: Shape,
  base: JsonValue | undefined,
  over: JsonValue | undefined,
): JsonValue | undefined {
  const form = formOf(shape, over === undefined ? base : over);
  const { map, list } = shape;
  if (form === 'map' && map !== undefined) {
    const before = membersOf(base);
    const after = membersOf(over);
    if (map.isAtomic || (before.size === 0 && after.size === 0)) return over === undefined ? base : over;
    const result: Record<string, JsonValue> = {};
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const merged = mergeValues(memberShape(map, name), before.get(name), after.get(name));
      if (merged !== undefined) result[name] = merged;
    }
    return Object.keys(result).length === 0 ? undefined : result;
  }
  if (form === 'list' && list !== undefined) {
    const before = itemsOf(base);
    const after = itemsOf(over);
    const isWhole = list.kind === 'atomic' || (before.length === 0 && after.length === 0);
    if (isWhole) return over === undefined ? base : over;
    const result = mergeItems(list, before, after);
    return result.length === 0 ? undefined : result;
  }
  return over === undefined ? base : over;
}

/** Two orders become one: those both have come in the order of `over`, the others stay behind those they followed. */
function mergeItems(list: ListShape, base: JsonArray, over: JsonArray): JsonArray {
  const baseElements = base.map((item) => elementOf(list, item));
  const overElements = over.map((item) => elementOf(list, item));
  const inBase = groupItems(list, base);
  const inOver = groupItems(list, over);
  const shared = overElements.filter((element) => inBase.has(element));
  const merged = new Set<PathElement>();
  const result: JsonValue[] = [];
  const emit = (left: JsonValue | undefined, right: JsonValue | undefined): void => {
    const value = mergeValues(list.items, left, right);
    if (value !== undefined) result.push(value);
  };
  const both = (element: PathElement): void => {
    merged.add(element);
    const known = inBase.get(element);
    // Duplicates are replaced by the one item that is laid over them.
    emit(known?.length === 1 ? known[0] : known === undefined ? undefined : null, inOver.get(element)?.[0]);
  };
  let next = shared.shift();
  for (let left = 0, right = 0; left < base.length || right < over.length; ) {
    const leftElement = baseElements[left];
    const rightElement = overElements[right];
    if (leftElement !== undefined && leftElement === rightElement) {
      both(leftElement);
      left += 1;
      right += 1;
      next = shared.shift();
      continue;
    }
    if (leftElement !== undefined && rightElement !== undefined) {
      const isLater = inOver.has(leftElement) && next !== undefined && next !== leftElement;
      if (isLater) {
        left += 1;
        continue;
      }
    }
    if (leftElement !== undefined && !inOver.has(leftElement)) {
      emit(base[left], undefined);
      left += 1;
      continue;
    }
    if (leftElement !== undefined && merged.has(leftElement)) left += 1;
    if (rightElement === undefined) continue;
    both(rightElement);
    right += 1;
    if (next === rightElement) next = shared.shift();
  }
  return result;
}
