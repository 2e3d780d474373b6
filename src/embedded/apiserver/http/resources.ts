import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeError, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { issueToken, userOfToken } from '../auth/index.ts';
import type { ServerContext } from '../context.ts';
import { subresourcesOf } from '../discovery/discovery.ts';
import { objectAt } from '../json-path.ts';
import { applyPatchType, parsePatch } from '../patch/patch.ts';
import { type Display, showObject, toDisplay } from '../read/forms.ts';
import { readPage, showPage } from '../read/list.ts';
import { streamWatch } from '../read/watch.ts';
import { type ResourcePlace, type ResourceRequest, toVerb } from '../request.ts';
import type { ReviewFacts, User } from '../resource.ts';
import {
  badRequest,
  failure,
  invalid,
  methodNotAllowed,
  notFound,
  unknownGroup,
  unknownPath,
} from '../status.ts';
import { applyObject } from '../write/apply.ts';
import { createObject } from '../write/create.ts';
import { decodeObject, toOwnKind } from '../write/decode.ts';
import { deleteAll, deleteObject, isDryRunBody, parseDeleteOptions } from '../write/delete.ts';
import { assertFieldManager } from '../write/field-write.ts';
import { readScale, toScaleChange, updateScale } from '../write/scale.ts';
import { updateObject } from '../write/update.ts';
import { negotiateForm } from './accept.ts';
import { decodeBody, mediaTypeOf, readBody } from './body.ts';
import { jsonDuplicates, yamlDuplicates } from './duplicates.ts';
import { parseJsonText } from './json.ts';
import { assertNumbers } from './query.ts';

/** The answer to a request that is not a stream. */
export interface Answer {
  readonly code: number;
  readonly text: string;
}

/** One exchange of the resource API. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly place: ResourcePlace;
  readonly query: URLSearchParams;
  readonly user: User;
  readonly warnings: string[];
}

/** Serves one request for resources; "streaming" when the response has been taken over by a watch. */
export async function serveResource(
  context: ServerContext,
  exchange: Exchange,
): Promise<Answer | 'streaming'> {
  const request = toResourceRequest(context, exchange);
  assertNumbers(request);
  const display = toDisplay(negotiateForm(exchange.request.headers.accept), request.query);
  switch (request.verb) {
    case 'get':
      return get(context, request, display);
    case 'list':
      return { code: 200, text: showPage(context, request, { page: readPage(context, request), display }) };
    case 'watch':
      streamWatch(context, request, { response: exchange.response, display });
      return 'streaming';
    default:
      return write(context, request, { exchange, display });
  }
}

function toResourceRequest(context: ServerContext, exchange: Exchange): ResourceRequest {
  const { place, query } = exchange;
  const resource = context.catalog.find(place.group, place.version, place.plural);
  if (resource === undefined) throw unknownKind(context, place.group);
  if (place.namespace !== undefined && !resource.namespaced) throw unknownPath();
  const verb = toVerb(exchange.request.method ?? '', place, query);
  const verbs =
    place.subresource === undefined
      ? resource.verbs
      : subresourcesOf(resource).find(([name]) => name === place.subresource)?.[1];
  if (verbs === undefined) throw resource.custom ? notFound(resource, place.name ?? '') : unknownPath();
  if (verb === undefined || !verbs.includes(verb)) throw methodNotAllowed();
  const isWithoutScope = resource.namespaced && place.namespace === undefined;
  if (isWithoutScope && (place.name !== undefined || verb === 'create')) throw methodNotAllowed();
  return {
    verb,
    resource,
    namespace: resource.namespaced ? place.namespace : '',
    name: place.name,
    subresource: place.subresource,
    query,
    headers: exchange.request.headers,
    user: exchange.user,
    dryRun: parseDryRun(query),
    warnings: exchange.warnings,
  };
}

/** A group of definitions answers as one that is not there; only groups of the server's own know their paths. */
function unknownKind({ catalog }: ServerContext, group: string): Error {
  const isOwn = catalog.all().some((one) => one.group === group && !one.custom);
  return isOwn ? unknownPath() : unknownGroup();
}

function parseDryRun(query: URLSearchParams): boolean {
  const given = query.getAll('dryRun');
  const wrong = given.find((value) => value !== 'All');
  if (wrong === undefined) return given.length > 0;
  throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
    {
      field: 'dryRun',
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ["${wrong}"]: supported values: "All"`,
    },
  ]);
}

function get(context: ServerContext, request: ResourceRequest, display: Display): Answer {
  const { resource } = request;
  if (request.subresource === 'scale' && resource.scale !== undefined) {
    return { code: 200, text: JSON.stringify(readScale(context, request, resource.scale)) };
  }
  const name = request.name ?? '';
  const key = { resource: resource.storage, namespace: request.namespace ?? '', name };
  const stored = context.store.get(key);
  if (stored === undefined) throw notFound(resource, name);
  return { code: 200, text: showObject(context, resource, { stored, display }) };
}

async function write(
  context: ServerContext,
  request: ResourceRequest,
  { exchange, display }: { readonly exchange: Exchange; readonly display: Display },
): Promise<Answer> {
  const mediaType = mediaTypeOf(exchange.request);
  const body = await readBody(exchange.request, context.options.maxBodyBytes);
  const show = (stored: JsonObject): string => showObject(context, request.resource, { stored, display });
  const isApply = request.verb === 'patch' && mediaType === applyPatchType;
  if (request.verb !== 'delete' && request.verb !== 'deletecollection') assertFieldManager(request, isApply);
  const { scale } = request.resource;
  if (request.subresource === 'scale' && scale !== undefined) {
    const change = isPatch(request)
      ? parsePatch(request, mediaType, body.toString('utf8'))
      : toScaleChange(decodeBody(body, mediaType) ?? null);
    const value = await updateScale(context, request, { paths: scale, change });
    return { code: 200, text: JSON.stringify(value) };
  }
  if (isApply) {
    const { isCreated, object } = await applyObject(context, request, body.toString('utf8'));
    return { code: isCreated ? 201 : 200, text: show(object) };
  }
  if (isPatch(request)) {
    const change = parsePatch(request, mediaType, body.toString('utf8'));
    return { code: 200, text: show(await updateObject(context, request, change)) };
  }
  const given = decodeFor(request, body, mediaType);
  if (request.verb === 'delete' || request.verb === 'deletecollection') {
    return remove(context, request, given);
  }
  if (given === undefined) throw badRequest('unable to decode an empty body');
  const origin = { kind: 'body', problems: duplicatesIn(body, mediaType) } as const;
  if (request.subresource === 'token') {
    return { code: 201, text: JSON.stringify(issueToken(context, request, objectAt(given))) };
  }
  if (request.resource.review !== undefined) {
    const object = decodeObject(toOwnKind(given, request), request, origin);
    return {
      code: 201,
      text: JSON.stringify(request.resource.review(object, reviewFacts(context, request))),
    };
  }
  if (request.verb === 'create') {
    return { code: 201, text: show(await createObject(context, request, given, { origin })) };
  }
  const change = {
    origin,
    needsVersion: true,
    apply: () => toOwnKind(given, request),
  } as const;
  return { code: 200, text: show(await updateObject(context, request, change)) };
}

function duplicatesIn(body: Buffer, mediaType: string): readonly string[] {
  if (mediaType === 'application/json') return jsonDuplicates(body.toString('utf8'));
  return mediaType === 'application/yaml' ? yamlDuplicates(body.toString('utf8')) : [];
}

/** Delete options that cannot be read are the server's failure, as they are the genuine one's. */
function decodeFor(request: ResourceRequest, body: Buffer, mediaType: string): JsonValue | undefined {
  const isDelete = request.verb === 'delete' || request.verb === 'deletecollection';
  if (!isDelete || mediaType !== 'application/json' || body.length === 0) return decodeBody(body, mediaType);
  try {
    return parseJsonText(body.toString('utf8'));
  } catch (error) {
    throw failure(500, '', `couldn't get version/kind; json parse error: ${describeError(error)}`);
  }
}

function reviewFacts(context: ServerContext, request: ResourceRequest): ReviewFacts {
  const { authorizer, authentication, tokens } = context;
  return {
    user: request.user,
    namespace: request.namespace ?? '',
    authorizer,
    audience: tokens.audience,
    userOfToken: (token, audiences) => userOfToken(authentication, token, audiences),
  };
}

const isPatch = (request: ResourceRequest): boolean => request.verb === 'patch';

async function remove(
  context: ServerContext,
  request: ResourceRequest,
  body: JsonValue | undefined,
): Promise<Answer> {
  const options = parseDeleteOptions(body, request.query);
  const asked = { ...request, dryRun: request.dryRun || isDryRunBody(body) };
  if (request.verb === 'delete') {
    const answer = await deleteObject(context, asked, options);
    return { code: 200, text: JSON.stringify(answer) };
  }
  const page = readPage(context, asked);
  await deleteAll(context, asked, { items: page.items, options });
  const display: Display = { form: 'object', includes: 'None' };
  return { code: 200, text: showPage(context, asked, { page, display }) };
}
