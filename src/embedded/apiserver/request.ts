import type { IncomingHttpHeaders } from 'node:http';
import type { Resource, User } from './resource.ts';
import { plainRefusal, unknownPath } from './status.ts';

/** What a request asks of a resource, as authorization, admission and metrics see it. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** The place that a path of the resource API names. */
export interface ResourcePlace {
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** A request for a resource, with everything later stages need. */
export interface ResourceRequest {
  readonly verb: Verb;
  readonly resource: Resource;
  /** Empty for cluster-scoped resources; `undefined` for a collection across namespaces. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly user: User;
  readonly dryRun: boolean;
  /** Collects texts for Warning headers. */
  readonly warnings: string[];
}

/** Parses "/api/v1/…" and "/apis/group/version/…"; `undefined` for other paths. */
export function parseResourcePath(path: string): ResourcePlace | undefined {
  const parts = path.split('/').slice(1).map(decodePart);
  const isCore = parts[0] === 'api';
  const start = isCore ? 2 : 3;
  if ((!isCore && parts[0] !== 'apis') || parts.length <= start) return undefined;
  if (parts.at(-1) === '') parts.pop();
  const group = isCore ? '' : (parts[1] ?? '');
  const version = (isCore ? parts[1] : parts[2]) ?? '';
  const rest = parts.slice(start);
  if (rest.length === 0) return undefined;
  // "namespaces/x/status" is a sub-resource of the namespace, "namespaces/x/pods" a collection in it.
  const isNamespaced =
    rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize';
  const [plural, name, subresource, ...more] = isNamespaced ? rest.slice(2) : rest;
  if (plural === undefined || more.length > 0) throw unknownPath();
  const namespace = isNamespaced ? rest[1] : undefined;
  return { group, version, namespace, plural, name, subresource };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw plainRefusal(400, '400 Bad Request');
  }
}

/** The verb of a method at a place; `undefined` when there is none. */
export function toVerb(
  method: string,
  place: Pick<ResourcePlace, 'name' | 'subresource'>,
  query: URLSearchParams,
): Verb | undefined {
  const isOne = place.name !== undefined;
  switch (method) {
    case 'GET':
      if (isOne) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
    case 'POST':
      return isOne && place.subresource === undefined ? undefined : 'create';
    case 'PUT':
      return isOne ? 'update' : undefined;
    case 'PATCH':
      return isOne ? 'patch' : undefined;
    case 'DELETE':
      return isOne ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}

/** Is a query parameter true, as Go's parser of booleans sees it? An empty value given is true. */
export function isTrue(value: string | null): boolean {
  return value !== null && !['', '0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value);
}
