import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { Authorizer } from './auth/index.ts';
import type { FieldProblem } from './status.ts';

/** One column of the Table form. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority: number;
  cell(object: JsonObject, nowMs: number): JsonValue;
}

/** What a stage may know about the write it prepares or checks. */
export interface WriteFacts {
  /** RFC 3339, UTC, seconds. */
  readonly now: string;
  readonly subresource: string | undefined;
  /** The object's own. */
  readonly uid: string;
  /** All objects of the same collection. */
  siblings(): readonly JsonObject[];
}

/** One served resource in one version: what routing, discovery, storage and printing need to know of it. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** The name of its collection in the store, the same for all versions. */
  readonly storage: string;
  readonly verbs: readonly string[];
  /** Has the status a sub-resource of its own? Then it is removed on create and kept on update. */
  readonly hasStatus: boolean;
  /** Where the members are that its scale sub-resource shows; without one there is none. */
  readonly scale?: ScalePaths;
  /** Comes from a CustomResourceDefinition. */
  readonly custom: boolean;
  /** The structural schema; `undefined` accepts anything. */
  readonly schema: JsonObject | undefined;
  /** Is `metadata.generation` counted? */
  readonly counted: boolean;
  /** May an update come without resourceVersion? */
  readonly unconditionalUpdate: boolean;
  readonly columns: readonly Column[];
  /** Fields beyond metadata.name and metadata.namespace that a field selector may name. */
  readonly selectable: Readonly<Record<string, readonly string[]>>;
  /** What an object of the kind has even if nothing is written into it; it belongs to nobody. */
  readonly empty?: JsonObject;
  /** How dependents are dealt with when a delete does not say. */
  readonly defaultPropagation?: 'Orphan';
  /** Is the answer to a delete the object, and not only that it worked? */
  readonly answersDeleted?: true;
  /** Fills in what the kind's decoder does; whoever writes the object owns it. */
  readonly defaults?: (object: JsonObject) => JsonObject;
  /** Fills in what the server sets by itself, before admission sees the object. */
  readonly prepare?: (object: JsonObject, old: JsonObject | undefined, facts: WriteFacts) => JsonObject;
  /** Refuses what the user may not write, with a 403 or 404 Status; asked before the rules. */
  readonly assertPermitted?: (
    object: JsonObject,
    old: JsonObject | undefined,
    facts: PermissionFacts,
  ) => void;
  /** Rules beyond the schema. */
  readonly validate?: (object: JsonObject, old: JsonObject | undefined) => readonly FieldProblem[];
  /** Another shape of the same stored objects. */
  readonly view?: {
    readonly read: (stored: JsonObject) => JsonObject;
    readonly write: (given: JsonObject) => JsonObject;
  };
  /** A request for an answer that is computed and never stored. */
  readonly review?: (object: JsonObject, facts: ReviewFacts) => JsonObject;
}

/** What tells whether a user may write something. */
export interface PermissionFacts {
  readonly user: User;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly authorizer: Authorizer;
}

/** What a review may know of its request and of the server. */
export interface ReviewFacts {
  readonly user: User;
  readonly namespace: string;
  readonly authorizer: Authorizer;
  /** The audience of tokens that stands for the server. */
  readonly audience: string;
  userOfToken(token: string, audiences: readonly string[]): User | undefined;
}

/** Who makes a request. */
export interface User {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Paths of member names. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  readonly selector?: readonly string[];
}

/** The verbs of a resource that is stored. */
export const storedVerbs: readonly string[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** The `apiVersion` of a resource's objects. */
export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
