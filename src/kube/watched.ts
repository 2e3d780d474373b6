import type { KubeObject, ResourceType } from '../api/meta/index.ts';

/** One resource type that the process keeps in its cache. */
export interface WatchedType<T extends KubeObject = KubeObject> {
  readonly type: ResourceType<T>;
  /** Named look-ups: each gives the values under which an object is found. */
  readonly indexes?: Readonly<Record<string, IndexValues<T>>>;
  /** Only objects with these labels, in Kubernetes's own syntax. */
  readonly labelSelector?: string;
  /** Only objects of this namespace. */
  readonly namespace?: string;
}

/** The values under which one index finds an object. Pure. */
export type IndexValues<T extends KubeObject> = { values(object: T): readonly string[] }['values'];

/** A text that is the same for two descriptions of one resource type. */
export function typeText(type: ResourceType): string {
  return `${type.plural}.${type.version}.${type.group}`;
}
