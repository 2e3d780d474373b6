import type { JsonObject } from '../../../base/index.ts';

/** A text. */
export const text = (description: string): JsonObject => ({ type: 'string', description });

/** One of these texts. */
export const oneOf = (description: string, values: readonly string[]): JsonObject => ({
  type: 'string',
  description,
  enum: values,
});

/** A whole number. */
export const integer = (description: string): JsonObject => ({
  type: 'integer',
  format: 'int32',
  description,
});

/** A truth value. */
export const bool = (description: string): JsonObject => ({ type: 'boolean', description });

/** A point in time. */
export const time = (description: string): JsonObject => ({
  type: 'string',
  format: 'date-time',
  description,
  nullable: true,
});

/** A list. */
export const list = (description: string, items: JsonObject): JsonObject => ({
  type: 'array',
  description,
  items,
});

/** A list of objects that are told apart by these members. */
export const listMap = (description: string, keys: readonly string[], items: JsonObject): JsonObject => ({
  type: 'array',
  description,
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
});

/** A list of objects that patches merge by a member; unlike a `listMap` it may hold several of a kind. */
export const mergedList = (description: string, key: string, items: JsonObject): JsonObject => ({
  type: 'array',
  description,
  items,
  'x-kubernetes-patch-strategy': 'merge',
  'x-kubernetes-patch-merge-key': key,
});

/** An object that is owned and replaced as one. */
export const atomic = (schema: JsonObject): JsonObject => ({ ...schema, 'x-kubernetes-map-type': 'atomic' });

/** An object with any members, of which these are known. */
export const openObject = (description: string, properties: JsonObject): JsonObject => ({
  ...object(description, properties),
  'x-kubernetes-preserve-unknown-fields': true,
});

/** A map from text to a schema. */
export const map = (description: string, values: JsonObject): JsonObject => ({
  type: 'object',
  description,
  additionalProperties: values,
});

/** An object with these members. */
export const object = (
  description: string,
  properties: JsonObject,
  required: readonly string[] = [],
): JsonObject => ({
  type: 'object',
  description,
  properties,
  ...(required.length === 0 ? {} : { required }),
});

/** An object with any members. */
export const anything = (description: string): JsonObject => ({
  type: 'object',
  description,
  'x-kubernetes-preserve-unknown-fields': true,
});

/** The schema of a whole object: the usual three members and these. */
export const kindSchema = (description: string, properties: JsonObject): JsonObject =>
  object(description, {
    apiVersion: text('The versioned schema of this representation of an object.'),
    kind: text('The REST resource this object represents.'),
    metadata: { type: 'object', description: "Standard object's metadata." },
    ...properties,
  });
