import type { JsonObject, JsonValue } from '../../base/index.ts';
import { type Need, needAll } from '../../expr/index.ts';

/** Where Freight comes from. */
export interface ArtifactOrigin {
  readonly kind: string;
  readonly name: string;
}

/** The Freight that functions look in: a part of a Promotion's or Stage's Freight collection. */
export interface FreightContents {
  readonly name: string;
  readonly origin: ArtifactOrigin;
  readonly commits?: readonly JsonObject[];
  readonly images?: readonly JsonObject[];
  readonly charts?: readonly JsonObject[];
  readonly artifacts?: readonly JsonObject[];
}

/** What was read so far, by kind and key of the need; null means that the object does not exist. */
export type Answers = ReadonlyMap<string, JsonObject | null>;

/** The kinds of needs. Keys are "namespace/name"; answers are the objects themselves. */
export type NeedKind = 'warehouse' | 'configMap' | 'secret' | 'freight' | 'stage';

/** Everything that the functions of a project see. */
export interface Snapshot {
  readonly project: string;
  /** Namespace of shared ConfigMaps and Secrets. */
  readonly sharedNamespace: string;
  /** Origins that the Stage requests Freight from. */
  readonly requestedOrigins: readonly ArtifactOrigin[];
  readonly freight: readonly FreightContents[];
  readonly answers: Answers;
}

/** The key under which the answer to a need is kept in a snapshot. */
export function answerKey(need: Need): string {
  return `${need.kind} ${need.key}`;
}

/** The object that was read, or null; throws the need when it was not read yet. Secrets carry decoded `data`. */
export function lookUp(
  snapshot: Snapshot,
  kind: NeedKind,
  namespace: string,
  name: string,
): JsonObject | null {
  const [answer = null] = lookUpAll(snapshot, kind, namespace, [name]);
  return answer;
}

// No object of Kubernetes has another name, and no other name must become part of an address.
const objectName = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** The same for several names; all that are missing are needed at once. A name that no object can have is not there. */
export function lookUpAll(
  snapshot: Snapshot,
  kind: NeedKind,
  namespace: string,
  names: readonly string[],
): readonly (JsonObject | null)[] {
  const needs = names.map((name) => ({ kind, key: `${namespace}/${name}` }));
  const missing = needs.filter(
    (need, index) =>
      namespace !== '' && objectName.test(names[index] ?? '') && !snapshot.answers.has(answerKey(need)),
  );
  if (missing.length > 0) throw needAll(missing);
  return needs.map((need) => snapshot.answers.get(answerKey(need)) ?? null);
}

/** A member of an object that is an object itself. */
export function objectAt(object: JsonObject | null, name: string): JsonObject | undefined {
  const value: JsonValue | undefined = object?.[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** A member of an object that is a text; empty when there is none. */
export function textAt(object: JsonObject | undefined, name: string): string {
  const value = object?.[name];
  return typeof value === 'string' ? value : '';
}
