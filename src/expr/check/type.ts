/** What is known about a value before evaluation. "any" is decided at run time. */
export type Type =
  | { readonly kind: SimpleKind }
  | { readonly kind: 'list'; readonly of: Type }
  | { readonly kind: 'map'; readonly key: 'string' | 'any'; readonly of: Type };

type SimpleKind =
  | 'any'
  | 'nil'
  | 'bool'
  | 'int'
  | 'float'
  | 'string'
  | 'time'
  | 'duration'
  | 'zone'
  | 'bytes'
  | 'function';

/** Nothing is known. */
export const anyType: Type = { kind: 'any' };
/** The literal nil. */
export const nilType: Type = { kind: 'nil' };
/** true or false. */
export const boolType: Type = { kind: 'bool' };
/** A 64-bit integer. */
export const intType: Type = { kind: 'int' };
/** A 64-bit float. */
export const floatType: Type = { kind: 'float' };
/** A text. */
export const stringType: Type = { kind: 'string' };
/** A moment. */
export const timeType: Type = { kind: 'time' };
/** A span of time. */
export const durationType: Type = { kind: 'duration' };
/** A time zone. */
export const zoneType: Type = { kind: 'zone' };
/** Bytes. */
export const bytesType: Type = { kind: 'bytes' };
/** Something that can be called. */
export const functionType: Type = { kind: 'function' };
/** A list of anything. */
export const listType: Type = { kind: 'list', of: anyType };
/** A map with text keys. */
export const mapType: Type = { kind: 'map', key: 'string', of: anyType };
/** A map with keys of any kind. */
export const keyedMapType: Type = { kind: 'map', key: 'any', of: anyType };

/** A list of items of this type. */
export function listOf(type: Type): Type {
  return { kind: 'list', of: type };
}

/** Is the kind unknown or one of these? */
export function maybe(type: Type, ...kinds: readonly Type['kind'][]): boolean {
  return type.kind === 'any' || kinds.includes(type.kind);
}

/** Is it a number for sure? */
export function isNumeric(type: Type): boolean {
  return type.kind === 'int' || type.kind === 'float';
}

/** May two values be compared with `==`? */
export function isComparable(a: Type, b: Type): boolean {
  if (a.kind === 'any' || b.kind === 'any' || a.kind === 'nil' || b.kind === 'nil') return true;
  return a.kind === b.kind || (isNumeric(a) && isNumeric(b)) || (isListLike(a) && isListLike(b));
}

/** Can a value of `type` be handed to a parameter of type `parameter`? */
export function isAssignable(type: Type, parameter: Type): boolean {
  if (type.kind === 'any' || parameter.kind === 'any') return true;
  if (parameter.kind === 'float') return isNumeric(type);
  if (parameter.kind === 'map')
    return type.kind === 'map' && (parameter.key === 'any' || type.key === parameter.key);
  return type.kind === parameter.kind;
}

/** Is it a list or bytes? */
export function isListLike(type: Type): boolean {
  return type.kind === 'list' || type.kind === 'bytes';
}

/** Type of the items of a list. */
export function itemOf(type: Type): Type {
  if (type.kind === 'list') return type.of;
  return type.kind === 'bytes' ? intType : anyType;
}

/** A type as messages name it. */
export function describeType(type: Type): string {
  if (type.kind === 'list' && type.of.kind !== 'any') return `list of ${type.of.kind}`;
  return type.kind;
}
