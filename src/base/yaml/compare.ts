import { type Document, isAlias, isMap, isScalar, isSeq, type Scalar } from 'yaml';
import type { YamlScalarValue } from './scalar.ts';

/**
 * Are two documents the same node for node (kind, value, anchor, tag), but for the scalars in `values`, which hold the
 * given values in the second one?
 */
export function isSameButFor(
  before: Document.Parsed,
  after: Document.Parsed,
  values: ReadonlyMap<Scalar, YamlScalarValue>,
): boolean {
  return isSameNode(before.contents, after.contents, values);
}

function isSameNode(a: unknown, b: unknown, values: ReadonlyMap<Scalar, YamlScalarValue>): boolean {
  if (a === null || b === null || a === undefined || b === undefined) return (a ?? null) === (b ?? null);
  if (isScalar(a)) return isScalar(b) && a.anchor === b.anchor && isSameScalar(a, b, values);
  if (isAlias(a)) return isAlias(b) && a.source === b.source;
  if (isMap(a)) {
    if (!isMap(b) || a.items.length !== b.items.length || a.anchor !== b.anchor || a.tag !== b.tag)
      return false;
    return a.items.every((pair, index) => {
      const other = b.items[index];
      return isSameNode(pair.key, other?.key, values) && isSameNode(pair.value, other?.value, values);
    });
  }
  if (!isSeq(a) || !isSeq(b) || a.items.length !== b.items.length) return false;
  if (a.anchor !== b.anchor || a.tag !== b.tag) return false;
  return a.items.every((item, index) => isSameItem(item, b.items[index], values));
}

/** Items of a flow sequence may be pairs: `[a: 1]`. */
function isSameItem(a: unknown, b: unknown, values: ReadonlyMap<Scalar, YamlScalarValue>): boolean {
  return isSameNode(a, b, values);
}

function isSameScalar(a: Scalar, b: Scalar, values: ReadonlyMap<Scalar, YamlScalarValue>): boolean {
  if (!values.has(a)) return a.source === b.source && a.tag === b.tag && a.type === b.type;
  const wanted = values.get(a);
  if (typeof wanted === 'bigint') return b.source === String(wanted);
  // Zero has no sign in YAML.
  if (typeof wanted === 'number') return b.value === wanted;
  return Object.is(b.value, wanted);
}
