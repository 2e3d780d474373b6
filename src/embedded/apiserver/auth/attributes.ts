import type { ResourcePlace, ResourceRequest } from '../request.ts';
import type { User } from '../resource.ts';

/** What somebody wants to do, as authorization sees it. */
export type Attributes = ResourceAttributes | PathAttributes;

/** Something done to resources. */
export interface ResourceAttributes {
  readonly kind: 'resource';
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty for all namespaces and for what has none. */
  readonly namespace: string;
  /** Empty for a whole collection. */
  readonly name: string;
}

/** A request for a path outside of the resources. */
export interface PathAttributes {
  readonly kind: 'path';
  readonly user: User;
  /** The method in lower case. */
  readonly verb: string;
  readonly path: string;
}

/** The outcome of authorization; `reason` is shown to the user. */
export interface Decision {
  readonly isAllowed: boolean;
  readonly reason: string;
}

/** What may be done to what. Empty lists name nothing, but no names mean all names. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
  readonly paths: readonly string[];
}

/** Names a role as a binding does. */
export interface RoleReference {
  /** "Role" or "ClusterRole". */
  readonly kind: string;
  readonly name: string;
  /** Where a Role lives. */
  readonly namespace: string;
}

/** Decides who may do what. */
export interface Authorizer {
  decide(attributes: Attributes): Decision;
  /** All that a user may do in a namespace. */
  rulesOf(user: User, namespace: string): readonly Rule[];
  /** The rules of a role; `undefined` when there is no such role. */
  rulesOfRole(role: RoleReference): readonly Rule[] | undefined;
}

/** What a request for a place wants, whether anything is served there or not. */
export function attributesOfPlace(
  place: ResourcePlace,
  { user, verb, query }: { readonly user: User; readonly verb: string; readonly query: URLSearchParams },
): ResourceAttributes {
  const { group, plural, name, subresource = '' } = place;
  // A namespace is in itself, so that a role in it can let somebody see it.
  const isNamespace = group === '' && plural === 'namespaces';
  const namespace = place.namespace ?? (isNamespace ? name : undefined) ?? '';
  const selected = /(?:^|,)metadata\.name==?(?<name>[^,]+)/.exec(query.get('fieldSelector') ?? '')?.groups?.[
    'name'
  ];
  return {
    kind: 'resource',
    user,
    verb,
    group,
    resource: plural,
    subresource,
    namespace,
    name: name ?? selected ?? '',
  };
}

/** What a request wants under another verb than its own. */
export function attributesOf(request: ResourceRequest, verb: string): ResourceAttributes {
  const { resource, user, query, namespace, name, subresource } = request;
  const { group, version, plural } = resource;
  const place = {
    group,
    version,
    plural,
    name,
    subresource,
    namespace: resource.namespaced ? namespace : undefined,
  };
  return attributesOfPlace(place, { user, verb, query });
}

/** Everything. */
export const anything: Rule = { verbs: ['*'], groups: ['*'], resources: ['*'], names: [], paths: [] };

/** Every path. */
export const anywhere: Rule = { verbs: ['*'], groups: [], resources: [], names: [], paths: ['*'] };

/** Lets everybody do everything. */
export const allowAll: Authorizer = {
  decide: () => ({ isAllowed: true, reason: 'every authenticated user is allowed' }),
  rulesOf: () => [anything, anywhere],
  rulesOfRole: () => [],
};
