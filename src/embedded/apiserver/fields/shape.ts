import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { isList, objectAt, textAt, textsAt, valueAt } from '../json-path.ts';

/** How a value is merged and owned: what it may be, and in what pieces. A value may have several forms. */
export interface Shape {
  readonly scalar?: 'number' | 'string' | 'boolean' | 'any';
  readonly list?: ListShape;
  readonly map?: MapShape;
}

/** A list: owned whole ("atomic"), by value ("set"), or by the key members of its items ("map"). */
export interface ListShape {
  readonly kind: 'atomic' | 'set' | 'map';
  /** Sorted. */
  readonly keys: readonly string[];
  readonly items: Shape;
}

/** An object: owned whole ("atomic") or member by member. */
export interface MapShape {
  readonly isAtomic: boolean;
  readonly fields: ReadonlyMap<string, FieldShape>;
  /** The shape of members that are not declared; `undefined` allows none. */
  readonly others: Shape | undefined;
}

/** A declared member. */
export interface FieldShape {
  readonly shape: Shape;
  readonly defaultValue: JsonValue | undefined;
}

/** One of the forms that a value can have. */
export type Form = 'map' | 'scalar' | 'list';

const noFields: ReadonlyMap<string, FieldShape> = new Map();

/** A shape that refers to itself, as everything inside of it is the same again. */
function selfShape(isAtomic: boolean, inLists: Shape | undefined): Shape {
  const shape: { -readonly [name in keyof Shape]: Shape[name] } = { scalar: 'any' };
  shape.list = { kind: 'atomic', keys: [], items: inLists ?? shape };
  shape.map = { isAtomic, fields: noFields, others: shape };
  return shape;
}

const whole: Shape = selfShape(true, undefined);
/** Anything without a schema: objects member by member, lists whole. */
export const deducedShape: Shape = selfShape(false, whole);

const text: Shape = { scalar: 'string' };
const anyScalar: Shape = { scalar: 'any' };
const number: Shape = { scalar: 'number' };
const declared = (shapes: Readonly<Record<string, Shape>>): MapShape['fields'] =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape, defaultValue: undefined }]));
const texts: Shape = { map: { isAtomic: false, fields: noFields, others: text } };

/** The shape of `metadata`, the same for all kinds. */
const metadataShape: Shape = {
  map: {
    isAtomic: false,
    others: undefined,
    fields: declared({
      name: text,
      generateName: text,
      namespace: text,
      selfLink: text,
      uid: text,
      resourceVersion: text,
      generation: number,
      creationTimestamp: anyScalar,
      deletionTimestamp: anyScalar,
      deletionGracePeriodSeconds: number,
      labels: texts,
      annotations: texts,
      finalizers: { list: { kind: 'set', keys: [], items: text } },
      ownerReferences: {
        list: {
          kind: 'map',
          keys: ['uid'],
          items: {
            map: {
              isAtomic: true,
              others: undefined,
              fields: declared({
                apiVersion: text,
                kind: text,
                name: text,
                uid: text,
                controller: { scalar: 'boolean' },
                blockOwnerDeletion: { scalar: 'boolean' },
              }),
            },
          },
        },
      },
      managedFields: { list: { kind: 'atomic', keys: [], items: whole } },
    }),
  },
};

const known = new WeakMap<JsonObject, Shape>();

/** The shape of a kind's objects by its structural schema; everything is deduced when there is none. */
export function objectShape(schema: JsonObject | undefined): Shape {
  if (schema === undefined) return withStandardMembers(deducedShape);
  const found = known.get(schema);
  if (found !== undefined) return found;
  const shape = withStandardMembers(toShape(schema, false));
  known.set(schema, shape);
  return shape;
}

function withStandardMembers(shape: Shape): Shape {
  const { map } = shape;
  if (map === undefined) return shape;
  const standard = declared({ apiVersion: text, kind: text, metadata: metadataShape });
  return { ...shape, map: { ...map, fields: new Map([...map.fields, ...standard]) } };
}

function toShape(schema: JsonObject, isOpen: boolean): Shape {
  const opens = isOpen || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const type = textAt(schema, 'type');
  switch (type) {
    case 'object':
      return { map: toMap(schema, opens) };
    case 'array':
      return { list: toList(schema, opens) };
    case 'integer':
    case 'number':
      return number;
    case 'boolean':
      return { scalar: 'boolean' };
    case 'string':
      return isPlainText(schema) ? text : anyScalar;
    default:
      return { scalar: 'any', list: toList(schema, opens), map: toMap(schema, opens) };
  }
}

/** Texts with a format may be written as other scalars by some clients, so they are not checked. */
function isPlainText(schema: JsonObject): boolean {
  const format = textAt(schema, 'format') ?? '';
  return format === '' || format === 'byte';
}

function toMap(schema: JsonObject, isOpen: boolean): MapShape {
  const fields = new Map<string, FieldShape>();
  for (const [name, member] of Object.entries(objectAt(schema, 'properties'))) {
    if (!isJsonObject(member)) continue;
    fields.set(name, { shape: toShape(member, isOpen), defaultValue: member['default'] });
  }
  const shape: MapShape = {
    isAtomic: textAt(schema, 'x-kubernetes-map-type') === 'atomic',
    fields,
    others: toOthers(schema, isOpen, fields.size === 0),
  };
  if (schema['x-kubernetes-embedded-resource'] !== true) return shape;
  return withStandardMembers({ map: shape }).map ?? shape;
}

function toOthers(schema: JsonObject, isOpen: boolean, isBare: boolean): Shape | undefined {
  const given = schema['additionalProperties'];
  if (isJsonObject(given)) return toShape(given, isOpen);
  if (given === true) return deducedShape;
  if (given === false) return undefined;
  return isOpen || isBare ? deducedShape : undefined;
}

function toList(schema: JsonObject, isOpen: boolean): ListShape {
  const items = valueAt(schema, 'items');
  const shape = isJsonObject(items) ? toShape(items, isOpen) : whole;
  const kind = textAt(schema, 'x-kubernetes-list-type');
  if (kind === 'map') {
    return { kind, keys: [...textsAt(schema, 'x-kubernetes-list-map-keys')].sort(), items: shape };
  }
  if (kind !== undefined) return { kind: kind === 'set' ? 'set' : 'atomic', keys: [], items: shape };
  const isMerged = (textAt(schema, 'x-kubernetes-patch-strategy') ?? '').split(',').includes('merge');
  const key = textAt(schema, 'x-kubernetes-patch-merge-key');
  if (!isMerged) return { kind: 'atomic', keys: [], items: shape };
  return key === undefined
    ? { kind: 'set', keys: [], items: shape }
    : { kind: 'map', keys: [key], items: shape };
}

/** The form in which a value of this shape is looked at: its own where the shape has it, else the shape's first. */
export function formOf(shape: Shape, value: JsonValue | undefined): Form | undefined {
  const own = value === undefined || value === null ? undefined : ownForm(value);
  if (own !== undefined && shape[own] !== undefined) return own;
  if (shape.map !== undefined) return 'map';
  if (shape.scalar !== undefined) return 'scalar';
  return shape.list === undefined ? undefined : 'list';
}

function ownForm(value: JsonValue): Form {
  if (isList(value)) return 'list';
  return isJsonObject(value) ? 'map' : 'scalar';
}

/** The shape of a member; one that is not declared where none may be is taken as it comes. */
export function memberShape(map: MapShape, name: string): Shape {
  return map.fields.get(name)?.shape ?? map.others ?? deducedShape;
}

/** The members of a value that is an object; none for anything else. */
export function membersOf(value: JsonValue | undefined): ReadonlyMap<string, JsonValue> {
  const members = new Map<string, JsonValue>();
  if (!isJsonObject(value)) return members;
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members.set(name, member);
  }
  return members;
}
