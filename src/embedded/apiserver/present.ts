import type { JsonObject } from '../../base/index.ts';
import { apiVersionOf, type Resource } from './resource.ts';

/** A stored object as a resource shows it: under its view and version. */
export function present(resource: Resource, stored: JsonObject): JsonObject {
  if (resource.view !== undefined) return resource.view.read(stored);
  const apiVersion = apiVersionOf(resource);
  return stored['apiVersion'] === apiVersion ? stored : { ...stored, apiVersion };
}

const encoded = new WeakMap<JsonObject, string>();

/** The JSON text of an object; kept for stored objects, which never change, so that watchers share one encoding. */
export function encode(object: JsonObject): string {
  if (!Object.isFrozen(object)) return JSON.stringify(object);
  const known = encoded.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  encoded.set(object, text);
  return text;
}
