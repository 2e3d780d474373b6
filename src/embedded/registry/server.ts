import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../ports/index.ts';
import { isRepositoryName, writeNextLink } from '../../wire/oci/index.ts';
import { createGuard, type RegistryAuth } from './auth.ts';
import { answerBlob, answerUpload, startUpload } from './blobs.ts';
import { answerManifest, answerReferrers } from './manifests.ts';
import { type Call, jsonReply, problemReply, type Reply } from './reply.ts';
import type { Store } from './store.ts';

/** A request that the registry has answered. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly status: number;
}

/** An answer given instead of the usual one: how a registry misbehaves. */
export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How the registry behaves. */
export interface EmbeddedRegistryOptions {
  readonly auth?: RegistryAuth;
  /** The largest page of a tag list. */
  readonly maxTagsPerPage?: number;
  /** The largest blob or manifest that is accepted. */
  readonly maxBodyBytes?: number;
  /** Called once per answered request, for metrics and logs. */
  readonly onRequest?: (request: RecordedRequest) => void;
  /** Looks at each request first; a defined result is the answer. */
  readonly interfere?: (request: {
    readonly method: string;
    readonly target: string;
  }) => CannedAnswer | undefined;
}

/** A registry to be mounted on a `node:http` or `node:https` server. */
export interface EmbeddedRegistry {
  /** Answers requests below `/v2/` and the token endpoint; false, and nothing is done, for others. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
}

const defaultMaxTagsPerPage = 1000;
const defaultMaxBodyBytes = 512 * 1024 * 1024;
const tooLarge = problemReply(413, 'SIZE_INVALID', 'the content is too large');

// "/v2/<name>/<operation>", e.g. "/v2/example/app/manifests/v1".
const routeForm =
  /^\/v2\/(?<name>.+)\/(?:(?<tags>tags\/list)|manifests\/(?<manifest>[^/]+)|(?<start>blobs\/uploads\/?)|blobs\/uploads\/(?<upload>[^/]+)|blobs\/(?<blob>[^/]+)|referrers\/(?<referrers>[^/]+))$/;

/** Creates an empty registry. */
export function createEmbeddedRegistry(
  deps: { readonly clock: Clock },
  options: EmbeddedRegistryOptions = {},
): EmbeddedRegistry {
  const store: Store = new Map();
  const guard = createGuard(options.auth, deps.clock);
  const maxTagsPerPage = options.maxTagsPerPage ?? defaultMaxTagsPerPage;

  async function answer(path: string, origin: string, call: Call): Promise<Reply> {
    if (path === '/token') return guard.token(call);
    const route = routeForm.exec(path)?.groups;
    const repository = route?.['name'];
    const action = call.method === 'GET' || call.method === 'HEAD' ? 'pull' : 'push';
    const refusal = guard.check(call, { repository, action }, origin);
    if (refusal !== undefined) return refusal;
    if (path === '/v2/' || path === '/v2') return jsonReply({});
    if (path === '/v2/_catalog') return jsonReply({ repositories: [...store.keys()].sort() });
    if (route === undefined || repository === undefined)
      return problemReply(404, 'UNSUPPORTED', 'no such operation');
    if (!isRepositoryName(repository)) {
      return problemReply(400, 'NAME_INVALID', `"${repository}" is not a repository name`);
    }
    return answerRoute(store, repository, route, call, maxTagsPerPage);
  }

  return {
    handle(request, response) {
      const target = request.url ?? '/';
      const url = URL.canParse(target, 'http://registry') ? new URL(target, 'http://registry') : undefined;
      if (url === undefined || !(url.pathname === '/token' || /^\/v2(?:\/|$)/.test(url.pathname)))
        return false;
      const call = toCall(request, url, options.maxBodyBytes ?? defaultMaxBodyBytes);
      const canned = options.interfere?.({ method: call.method, target });
      const scheme = 'encrypted' in request.socket ? 'https' : 'http';
      const origin = `${scheme}://${request.headers.host ?? 'localhost'}`;
      const reply =
        canned === undefined
          ? answer(decodeURIComponentSafely(url.pathname), origin, call)
          : Promise.resolve(toReply(canned));
      void reply
        .catch((error: unknown) =>
          error === tooLarge ? tooLarge : problemReply(500, 'UNKNOWN', 'internal error'),
        )
        .then((settled) => {
          write(request, response, settled);
          options.onRequest?.({ method: call.method, target, status: settled.status });
        });
      return true;
    },
  };
}

async function answerRoute(
  store: Store,
  repository: string,
  route: Readonly<Record<string, string | undefined>>,
  call: Call,
  maxTagsPerPage: number,
): Promise<Reply> {
  if (route['tags'] !== undefined) return listTags(store, repository, call, maxTagsPerPage);
  if (route['manifest'] !== undefined) return answerManifest(store, repository, route['manifest'], call);
  if (route['referrers'] !== undefined) return answerReferrers(store, repository, route['referrers'], call);
  if (route['start'] !== undefined && call.method === 'POST') return startUpload(store, repository, call);
  if (route['upload'] !== undefined) return answerUpload(store, repository, route['upload'], call);
  if (route['blob'] !== undefined) return answerBlob(store, repository, route['blob'], call);
  return problemReply(405, 'UNSUPPORTED', `${call.method} is not supported`);
}

function listTags(store: Store, repository: string, call: Call, maxTagsPerPage: number): Reply {
  const found = store.get(repository);
  if (found === undefined || found.manifests.size === 0) {
    return problemReply(404, 'NAME_UNKNOWN', `no repository "${repository}"`);
  }
  const asked = call.query.get('n');
  if (asked !== null && !/^\d+$/.test(asked))
    return problemReply(400, 'PAGINATION_NUMBER_INVALID', `n is "${asked}"`);
  const count = Math.min(asked === null ? maxTagsPerPage : Number(asked), maxTagsPerPage);
  const last = call.query.get('last');
  const rest = [...found.tags.keys()].sort().filter((tag) => last === null || tag > last);
  const tags = rest.slice(0, count);
  const end = tags.at(-1);
  const hasMore = rest.length > tags.length && end !== undefined;
  const next = `/v2/${repository}/tags/list?n=${count}&last=${encodeURIComponent(end ?? '')}`;
  return jsonReply({ name: repository, tags }, hasMore ? { link: writeNextLink(next) } : {});
}

function toCall(request: IncomingMessage, url: URL, maxBodyBytes: number): Call {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return {
    method: request.method ?? 'GET',
    query: url.searchParams,
    headers,
    async readBody() {
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      for await (const chunk of request as AsyncIterable<Buffer>) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBodyBytes) throw tooLarge;
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
  };
}

function toReply(canned: CannedAnswer): Reply {
  return {
    status: canned.status,
    ...(canned.headers === undefined ? {} : { headers: canned.headers }),
    ...(canned.body === undefined ? {} : { body: new TextEncoder().encode(canned.body) }),
  };
}

function write(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  const body = reply.body ?? new Uint8Array();
  response.writeHead(reply.status, {
    'docker-distribution-api-version': 'registry/2.0',
    ...(reply.status === 204 || reply.status === 304 ? {} : { 'content-length': String(body.length) }),
    ...reply.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  // An unread body (a refused push) must not block the connection.
  request.resume();
}

function decodeURIComponentSafely(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not an encoding at all; taken as it is, it matches nothing.
    return path;
  }
}
