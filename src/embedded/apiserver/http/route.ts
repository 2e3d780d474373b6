import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeError, type JsonObject } from '../../../base/index.ts';
import { assertAllowed, attributesOfPlace, authenticate } from '../auth/index.ts';
import type { ServerContext } from '../context.ts';
import {
  listAggregated,
  listApiGroups,
  listApiResources,
  listCoreVersions,
  showApiGroup,
  subresourcesOf,
  versionInfo,
} from '../discovery/discovery.ts';
import { emptyOpenApiV2, listOpenApi, openApiV2Type, showOpenApi } from '../discovery/openapi.ts';
import { parseResourcePath, toVerb } from '../request.ts';
import { badRequest, failure, methodNotAllowed, StatusError, unknownGroup } from '../status.ts';
import { wantsAggregatedDiscovery } from './accept.ts';
import { assertLocal } from './guard.ts';
import type { RequestLabels, RequestMetrics } from './request-metrics.ts';
import { serveResource } from './resources.ts';

/** What the front of the server needs beyond the context. */
export interface Front {
  /** The values of Host that are this server. */
  readonly hosts: ReadonlySet<string>;
  readonly metrics: RequestMetrics;
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const healthPaths = ['/healthz', '/readyz', '/livez'];
const maxUrlLength = 1024 * 1024;

/** Serves one request from guard to answer; never throws. */
export async function serve(
  context: ServerContext,
  front: Front,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const warnings: string[] = [];
  // A client that leaves in the middle must not end the process.
  request.on('error', () => {});
  response.on('error', () => {});
  response.on('finish', () => countRequest(context, front, { request, response }));
  try {
    await route(context, front, { request, response, warnings });
  } catch (error) {
    const refused = error instanceof StatusError ? error : internal(context, error);
    const { httpCode, body, headers, plain: text = JSON.stringify(body) } = refused;
    send(response, httpCode, { text, warnings, headers });
    if (!request.complete) request.resume();
  }
}

function internal(context: ServerContext, error: unknown): StatusError {
  context.log.error('request failed', { reason: describeError(error) });
  return failure(500, 'InternalError', 'Internal error occurred: the server could not serve this request');
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly warnings: string[];
}

async function route(context: ServerContext, front: Front, incoming: Incoming): Promise<void> {
  const { request, response, warnings } = incoming;
  assertLocal(request, front.hosts);
  const target = request.url ?? '/';
  if (target.length > maxUrlLength || !target.startsWith('/'))
    throw badRequest('the request path is not valid');
  const { pathname, searchParams } = new URL(target, 'http://server.invalid');
  if (healthPaths.some((path) => pathname === path || pathname.startsWith(`${path}/`))) {
    plain(response, 'ok');
    return;
  }
  const user = authenticate(request, context.authentication);
  const place = parseResourcePath(pathname);
  const method = (request.method ?? '').toLowerCase();
  if (place === undefined) {
    assertAllowed(context.authorizer, { kind: 'path', user, verb: method, path: pathname });
    serveOther(context, front, { ...incoming, pathname });
    return;
  }
  const verb = toVerb(request.method ?? '', place, searchParams) ?? method;
  assertAllowed(context.authorizer, attributesOfPlace(place, { user, verb, query: searchParams }));
  const exchange = { request, response, place, query: searchParams, user, warnings };
  const result = await serveResource(context, exchange);
  if (result === 'streaming') return;
  send(response, result.code, { text: result.text, warnings, headers: {} });
}

function serveOther(
  context: ServerContext,
  front: Front,
  { request, response, pathname }: Incoming & { readonly pathname: string },
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  if (pathname === '/metrics') {
    plain(response, front.metrics.render());
    return;
  }
  if (pathname === '/openapi/v2' && request.headers.accept?.includes('proto-openapi.spec.v2') === true) {
    plain(response, emptyOpenApiV2(), openApiV2Type);
    return;
  }
  const isRoot = pathname === '/api' || pathname === '/apis';
  const headers: Record<string, string> = isRoot ? { vary: 'Accept' } : {};
  if (isRoot && wantsAggregatedDiscovery(request.headers.accept)) {
    const value = listAggregated(context.catalog, pathname === '/api');
    answer(response, 200, { value, warnings: [], headers: { ...headers, 'content-type': aggregatedType } });
    return;
  }
  const value = showDocument(context, front, pathname);
  answer(response, 200, { value, warnings: [], headers });
}

function showDocument(context: ServerContext, front: Front, pathname: string): JsonObject {
  const { catalog } = context;
  const [, first, second, third, ...rest] = pathname.replace(/\/$/, '').split('/');
  if (first === undefined || pathname === '/') {
    return {
      paths: ['/api', '/apis', '/healthz', '/livez', '/metrics', '/openapi/v3', '/readyz', '/version'],
    };
  }
  if (first === 'version' && second === undefined) return versionInfo;
  if (first === 'openapi' && second === 'v3') {
    return third === undefined ? listOpenApi(catalog) : showOpenApi(catalog, [third, ...rest].join('/'));
  }
  if (first === 'api' && second === undefined) return listCoreVersions([...front.hosts][0] ?? '');
  if (first === 'api' && second !== undefined && third === undefined)
    return listApiResources(catalog, '', second);
  if (first !== 'apis' || rest.length > 0) throw unknownGroup();
  if (second === undefined) return listApiGroups(catalog);
  return third === undefined ? showApiGroup(catalog, second) : listApiResources(catalog, second, third);
}

interface Body {
  readonly warnings: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

function answer(response: ServerResponse, code: number, body: Body & { readonly value: JsonObject }): void {
  send(response, code, { ...body, text: JSON.stringify(body.value) });
}

function send(response: ServerResponse, code: number, body: Body & { readonly text: string }): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const content = Buffer.from(`${body.text}\n`, 'utf8');
  if (body.warnings.length > 0) response.setHeader('warning', [...new Set(body.warnings)].map(toWarning));
  response.writeHead(code, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
    'content-length': content.length,
    ...body.headers,
  });
  response.end(content);
}

/** A value of the Warning header: quoted, one line, no control characters. */
function toWarning(text: string): string {
  const clean = [...text].map((c) => ((c.codePointAt(0) ?? 0) < 0x20 || c > '~' ? ' ' : c)).join('');
  return `299 - "${clean.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function plain(response: ServerResponse, content: string | Buffer, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(content) });
  response.end(content);
}

/** Requests outside of the served resources are counted without labels of one, so that clients cannot make up labels. */
function countRequest(
  context: ServerContext,
  front: Front,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  const code = String(response.statusCode);
  const other = { group: '', version: '', resource: '', subresource: '', code, verb: request.method ?? '' };
  front.metrics.count(labelsOf(context, request, code) ?? other);
}

function labelsOf(context: ServerContext, request: IncomingMessage, code: string): RequestLabels | undefined {
  try {
    const url = new URL(request.url ?? '/', 'http://server.invalid');
    const place = parseResourcePath(url.pathname);
    if (place === undefined) return undefined;
    const resource = context.catalog.find(place.group, place.version, place.plural);
    const verb = toVerb(request.method ?? '', place, url.searchParams)?.toUpperCase();
    if (resource === undefined || verb === undefined) return undefined;
    const { group, version, plural } = resource;
    const isKnown = subresourcesOf(resource).some(([name]) => name === place.subresource);
    const subresource = isKnown ? (place.subresource ?? '') : '';
    return { group, version, resource: plural, subresource, code, verb: names[verb] ?? verb };
  } catch {
    // A path that cannot be read names no resource; it has been answered with a 400 already.
    return undefined;
  }
}

/** The verbs as the genuine counter names them. */
const names: Readonly<Record<string, string>> = {
  CREATE: 'POST',
  UPDATE: 'PUT',
};
