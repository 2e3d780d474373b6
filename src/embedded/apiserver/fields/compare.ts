import { equalJson, type JsonValue } from '../../../base/index.ts';
import { collectFields, differenceBelow, type FieldSet } from './field-set.ts';
import { memberElement, type PathElement } from './path-element.ts';
import { type Form, formOf, type ListShape, memberShape, membersOf, type Shape } from './shape.ts';
import { groupItems, itemsOf } from './values.ts';

/** What differs between two values; no field is in two of the sets. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

interface Pair {
  readonly shape: Shape;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
  readonly path: readonly PathElement[];
}

/** Compares two values of a shape field by field. */
export function compareValues(shape: Shape, before: JsonValue, after: JsonValue): Comparison {
  const removed = collectFields();
  const modified = collectFields();
  const added = collectFields();

  const compareLeaf = ({ before, after, path }: Pair): void => {
    if (before === undefined) added.add(path);
    else if (after === undefined) removed.add(path);
    else if (!equalJson(before, after)) modified.add(path);
  };
  const compare = (pair: Pair): void => {
    let isLeaf = false;
    for (const form of formsOf(pair)) isLeaf = compareAs(form, pair);
    if (isLeaf) return;
    if (pair.before === undefined) added.add(pair.path);
    else if (pair.after === undefined) removed.add(pair.path);
  };
  /** Answers whether the pair was compared as one. */
  const compareAs = (form: Form, pair: Pair): boolean => {
    const { map, list } = pair.shape;
    const isWhole =
      form === 'scalar' ||
      (form === 'map' && (map?.isAtomic === true || areEmptyMaps(pair))) ||
      (form === 'list' && (list?.kind === 'atomic' || areEmptyLists(pair)));
    if (isWhole) {
      compareLeaf(pair);
      return true;
    }
    if (form === 'map' && map !== undefined) {
      const before = membersOf(pair.before);
      const after = membersOf(pair.after);
      for (const name of new Set([...before.keys(), ...after.keys()])) {
        const path = [...pair.path, memberElement(name)];
        compare({ shape: memberShape(map, name), before: before.get(name), after: after.get(name), path });
      }
    } else if (form === 'list' && list !== undefined) {
      compareItems(list, pair);
    }
    return false;
  };
  const compareItems = (list: ListShape, pair: Pair): void => {
    const before = groupItems(list, itemsOf(pair.before));
    const after = groupItems(list, itemsOf(pair.after));
    for (const element of new Set([...before.keys(), ...after.keys()])) {
      const path = [...pair.path, element];
      const old = before.get(element) ?? [];
      const next = after.get(element) ?? [];
      if (old.length <= 1 && next.length <= 1) {
        compare({ shape: list.items, before: old[0], after: next[0], path });
      } else if (old.length > 1 && next.length > 1) {
        if (!equalJson(old, next)) modified.add(path);
      } else if (old.length > 1) {
        if (next[0] !== undefined) compare({ shape: list.items, before: undefined, after: next[0], path });
        removed.add(path);
      } else {
        if (old[0] !== undefined) compare({ shape: list.items, before: old[0], after: undefined, path });
        added.add(path);
      }
    }
  };
  compare({ shape, before, after, path: [] });
  return { removed: removed.set, modified: modified.set, added: added.set };
}

/** A value that changes its form is looked at in both. */
function formsOf({ shape, before, after }: Pair): ReadonlySet<Form> {
  const forms = new Set<Form>();
  for (const value of [before, after]) {
    const form = value === undefined ? undefined : formOf(shape, value);
    if (form === undefined) continue;
    // The form after the change decides last.
    forms.delete(form);
    forms.add(form);
  }
  return forms;
}

const areEmptyMaps = ({ before, after }: Pair): boolean =>
  membersOf(before).size === 0 && membersOf(after).size === 0;
const areEmptyLists = ({ before, after }: Pair): boolean =>
  itemsOf(before).length === 0 && itemsOf(after).length === 0;

/** The comparison without fields that do not count, and all under them. */
export function withoutFields(comparison: Comparison, ignored: FieldSet): Comparison {
  if (ignored.size === 0) return comparison;
  return {
    removed: differenceBelow(comparison.removed, ignored),
    modified: differenceBelow(comparison.modified, ignored),
    added: differenceBelow(comparison.added, ignored),
  };
}
